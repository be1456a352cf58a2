using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>datetime</c>: a moment in milliseconds around 1970-01-01T00:00:00Z. Wider than <see cref="System.DateTime"/>.</summary>
public sealed class CedarDateTime : CedarValue
{
    internal const long DayMilliseconds = 24L * 60 * 60 * 1000;

    private const int DateLength = 10;
    private const int SecondsLength = 19;
    private const int MillisecondsLength = 23;
    private const int OffsetLength = 5;

    /// <summary>An instant by its milliseconds since 1970-01-01, in UTC.</summary>
    public CedarDateTime(long milliseconds) => Milliseconds = milliseconds;

    /// <summary>Since 1970-01-01T00:00:00Z.</summary>
    public long Milliseconds { get; }

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.DateTime;

    /// <summary>
    /// Reads one of five shapes: <c>2024-10-15</c>, <c>2024-10-15T11:35:00Z</c>, <c>…00.000Z</c>, <c>…00+0100</c>,
    /// <c>…00.000+0100</c>. Any year from 0000 to 9999 is legal.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CedarDateTime? value)
    {
        value = null;
        if (!TryParseDate(text, out var days))
            return false;
        var milliseconds = days * DayMilliseconds;
        if (text.Length > DateLength)
        {
            if (!TryParseTime(text, out var timeOfDay, out var zone) || !TryParseZone(zone, out var offset))
                return false;
            milliseconds += timeOfDay - offset;
        }

        value = new CedarDateTime(milliseconds);
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) => other is CedarDateTime moment && moment.Milliseconds == Milliseconds;

    /// <inheritdoc/>
    public override int GetHashCode() => SeededHash.Of(CedarValueKind.DateTime, Milliseconds);

    /// <summary>As an offset from 1970, because not every moment a computation can reach has a shape of its own.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"datetime(\"1970-01-01\").offset(duration(\"{Milliseconds}ms\"))");

    private static bool TryParseDate(ReadOnlySpan<char> text, out long days)
    {
        days = 0;
        if (text.Length < DateLength || text[4] != '-' || text[7] != '-'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month))
            return false;
        days = DaysSinceEpoch(year, month, day);
        return true;
    }

    private static bool TryParseTime(ReadOnlySpan<char> text, out long milliseconds, out ReadOnlySpan<char> zone)
    {
        milliseconds = 0;
        zone = default;
        if (text.Length <= SecondsLength || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second)
            || hour > 23 || minute > 59 || second > 59)
            return false;
        milliseconds = ((((hour * 60L) + minute) * 60) + second) * 1000;
        zone = text[SecondsLength..];
        if (zone[0] != '.')
            return true;
        if (text.Length <= MillisecondsLength || !TryDigits(text[(SecondsLength + 1)..MillisecondsLength], out var fraction))
            return false;
        milliseconds += fraction;
        zone = text[MillisecondsLength..];
        return true;
    }

    private static bool TryParseZone(ReadOnlySpan<char> zone, out long milliseconds)
    {
        milliseconds = 0;
        if (zone is "Z")
            return true;
        if (zone.Length != OffsetLength || zone[0] is not ('+' or '-')
            || !TryDigits(zone[1..3], out var hours) || !TryDigits(zone[3..5], out var minutes) || hours > 23 || minutes > 59)
            return false;
        milliseconds = ((hours * 60L) + minutes) * 60 * 1000 * (zone[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Counts in the proleptic Gregorian calendar, with years that begin in March so that the leap day comes last.</summary>
    private static long DaysSinceEpoch(int year, int month, int day)
    {
        const int DaysPerEra = 146_097; // 400 years
        const int DaysBefore1970 = 719_468; // from 0000-03-01
        long marchYear = month <= 2 ? year - 1 : year;
        var era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400;
        var yearOfEra = marchYear - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * DaysPerEra) + dayOfEra - DaysBefore1970;
    }
}
