namespace Vetopoint.Readers.Mcp;

/// <summary>Whether escapes of surrogates come in pairs, high then low. JSON readers check this only on unescaping.</summary>
internal static class Surrogates
{
    /// <param name="text">The raw inside of a JSON string whose escapes are known to be well formed.</param>
    public static bool ArePaired(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'\\') is var at and >= 0)
        {
            if (text[at + 1] != (byte)'u')
            {
                text = text[(at + 2)..];
                continue;
            }

            var unit = HexOf(text.Slice(at + 2, 4));
            text = text[(at + 6)..];
            if (unit is < 0xD800 or > 0xDFFF)
                continue;
            var paired = unit < 0xDC00 && text.StartsWith("\\u"u8) && HexOf(text.Slice(2, 4)) is >= 0xDC00 and <= 0xDFFF;
            if (!paired)
                return false;
            text = text[6..];
        }

        return true;
    }

    /// <summary>The value of four hexadecimal digits, which the reader has already checked to be such.</summary>
    private static int HexOf(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return value;
    }
}
