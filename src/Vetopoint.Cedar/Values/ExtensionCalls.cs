namespace Vetopoint.Cedar.Values;

/// <summary>Computes the functions of the extensions.</summary>
internal static class ExtensionCalls
{
    private const long SecondMilliseconds = 1000;
    private const long MinuteMilliseconds = 60 * SecondMilliseconds;
    private const long HourMilliseconds = 60 * MinuteMilliseconds;

    /// <summary>
    /// Makes a value from text; null with a message when the text is wrong. The message does not repeat the text, which may be
    /// anything, and continues a sentence.
    /// </summary>
    public static CedarValue? Construct(ExtensionFunction function, string text, out string? error)
    {
        CedarValue? value = function switch
        {
            ExtensionFunction.Decimal => CedarDecimal.TryParse(text, out var number) ? number : null,
            ExtensionFunction.Ip => CedarIpAddress.TryParse(text, out var address) ? address : null,
            ExtensionFunction.DateTime => CedarDateTime.TryParse(text, out var moment) ? moment : null,
            ExtensionFunction.Duration => CedarDuration.TryParse(text, out var duration) ? duration : null,
            _ => throw new ArgumentOutOfRangeException(nameof(function), function, "Only a constructor takes text."),
        };
        error = value is null ? $"is not {Expected(function)}" : null;
        return value;
    }

    /// <summary>Calls a method on arguments whose kinds fit its signature; null with a message when the result does not fit.</summary>
    public static CedarValue? Call(ExtensionFunction function, CedarValue target, CedarValue? argument, out string? error)
    {
        error = null;
        switch (function)
        {
            case ExtensionFunction.LessThan:
                return Digits(target) < Digits(argument);
            case ExtensionFunction.LessThanOrEqual:
                return Digits(target) <= Digits(argument);
            case ExtensionFunction.GreaterThan:
                return Digits(target) > Digits(argument);
            case ExtensionFunction.GreaterThanOrEqual:
                return Digits(target) >= Digits(argument);
            case ExtensionFunction.IsIpv4:
                return !((CedarIpAddress)target).IsIpv6;
            case ExtensionFunction.IsIpv6:
                return ((CedarIpAddress)target).IsIpv6;
            case ExtensionFunction.IsLoopback:
                return ((CedarIpAddress)target).IsLoopback;
            case ExtensionFunction.IsMulticast:
                return ((CedarIpAddress)target).IsMulticast;
            case ExtensionFunction.IsInRange:
                return ((CedarIpAddress)target).IsInRange((CedarIpAddress)argument!);
            case ExtensionFunction.Offset:
                return Fit((Int128)Moment(target) + Length(argument), out error) is { } moved ? new CedarDateTime(moved) : null;
            case ExtensionFunction.DurationSince:
                return Fit((Int128)Moment(target) - Moment(argument), out error) is { } since ? new CedarDuration(since) : null;
            case ExtensionFunction.ToDate:
                return Fit((Int128)Moment(target) - TimeOfDay(target), out error) is { } date ? new CedarDateTime(date) : null;
            case ExtensionFunction.ToTime:
                return new CedarDuration(TimeOfDay(target));
            case ExtensionFunction.ToMilliseconds:
                return Length(target);
            case ExtensionFunction.ToSeconds:
                return Length(target) / SecondMilliseconds;
            case ExtensionFunction.ToMinutes:
                return Length(target) / MinuteMilliseconds;
            case ExtensionFunction.ToHours:
                return Length(target) / HourMilliseconds;
            case ExtensionFunction.ToDays:
                return Length(target) / CedarDateTime.DayMilliseconds;
            default:
                throw new ArgumentOutOfRangeException(nameof(function), function, "A constructor takes text.");
        }
    }

    private static string Expected(ExtensionFunction function) => function switch
    {
        ExtensionFunction.Decimal => "a decimal such as `\"-1.25\"`, with one to four digits behind the point, within 64 bits",
        ExtensionFunction.Ip => "an IPv4 or IPv6 address or range such as `\"10.0.0.0/8\"`",
        ExtensionFunction.DateTime => "a datetime such as `\"2024-10-15\"` or `\"2024-10-15T11:35:00.000+0100\"`",
        _ => "a duration such as `\"1d2h30m\"`, within 64 bits of milliseconds",
    };

    private static long Digits(CedarValue? value) => ((CedarDecimal)value!).TenThousandths;

    private static long Moment(CedarValue? value) => ((CedarDateTime)value!).Milliseconds;

    private static long Length(CedarValue? value) => ((CedarDuration)value!).Milliseconds;

    private static long TimeOfDay(CedarValue value)
    {
        var remainder = Moment(value) % CedarDateTime.DayMilliseconds;
        return remainder < 0 ? remainder + CedarDateTime.DayMilliseconds : remainder;
    }

    private static long? Fit(Int128 value, out string? error)
    {
        var fits = value >= long.MinValue && value <= long.MaxValue;
        error = fits ? null : "the result does not fit in 64 bits of milliseconds";
        return fits ? (long)value : null;
    }
}
