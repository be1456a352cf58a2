namespace Vetopoint.Ledger.Canonical;

/// <summary>Times as entries write them: UTC, with seven digits of a second, which is the whole precision of <see cref="DateTimeOffset"/>.</summary>
internal static class CanonicalTime
{
    /// <summary>Bytes of a time.</summary>
    public const int Bytes = 28;

    // 2026-01-31T09:30:00.0000000Z; a digit stands for any.
    private static ReadOnlySpan<byte> Shape => "0000-00-00T00:00:00.0000000Z"u8;

    /// <summary>Reads a time that is written exactly so.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != Bytes)
            return false;
        for (var n = 0; n < Bytes; n++)
        {
            if (Shape[n] == (byte)'0' ? !char.IsAsciiDigit((char)text[n]) : text[n] != Shape[n])
                return false;
        }

        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        var (hour, minute, second) = (Number(text[11..13]), Number(text[14..16]), Number(text[17..19]));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
            return false;
        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).AddTicks(Number(text[20..27]));
        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
            number = (number * 10) + (digit - '0');
        return number;
    }
}
