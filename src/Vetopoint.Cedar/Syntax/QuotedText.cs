using System.Collections.Immutable;
using System.Text;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads quoted text with the escapes of Rust, as Cedar does.</summary>
internal static class QuotedText
{
    private const int UnicodeDigitsMax = 6;
    private const int LargestAscii = 0x7F;

    /// <summary>Reads plain text.</summary>
    /// <param name="quoted">With its quotes.</param>
    /// <param name="bad">The escape that is wrong, counted from the opening quote.</param>
    public static string? Read(ReadOnlySpan<char> quoted, out TextSpan bad)
    {
        var inner = quoted[1..^1];
        bad = default;
        if (inner.IndexOfAny('\\', '\r') < 0 && !HasSurrogate(inner))
            return inner.ToString();
        return ReadParts(quoted, isPattern: false, out bad) is { IsDefault: false } parts ? parts[0] : null;
    }

    /// <summary>Reads the right side of <c>like</c>, where <c>*</c> stands for any text and <c>\*</c> for a star.</summary>
    public static LikePattern? ReadPattern(ReadOnlySpan<char> quoted, out TextSpan bad) =>
        ReadParts(quoted, isPattern: true, out bad) is { IsDefault: false } parts ? new LikePattern(parts) : null;

    private static bool HasSurrogate(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    private static ImmutableArray<string> ReadParts(ReadOnlySpan<char> quoted, bool isPattern, out TextSpan bad)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var builder = new StringBuilder();
        var end = quoted.Length - 1;
        var position = 1;
        bad = default;
        while (position < end)
        {
            var c = quoted[position];
            if (c == '\\')
            {
                var length = ReadEscape(quoted[position..end], isPattern, out var rune);
                if (rune is null)
                {
                    bad = new TextSpan(position, length);
                    return default;
                }

                builder.Append(rune.Value.ToString());
                position += length;
            }
            else if (c == '*' && isPattern)
            {
                parts.Add(builder.ToString());
                builder.Clear();
                position++;
            }
            else if (c == '\r' || Rune.DecodeFromUtf16(quoted[position..end], out var rune, out var width) != System.Buffers.OperationStatus.Done)
            {
                bad = new TextSpan(position, 1);
                return default;
            }
            else
            {
                builder.Append(rune.ToString());
                position += width;
            }
        }

        parts.Add(builder.ToString());
        return parts.DrainToImmutable();
    }

    /// <summary>Reads one escape; its rune is null when it is wrong. Returns how long it is.</summary>
    private static int ReadEscape(ReadOnlySpan<char> text, bool isPattern, out Rune? rune)
    {
        rune = null;
        if (text.Length < 2)
            return text.Length;
        switch (text[1])
        {
            case 'n':
                rune = new Rune('\n');
                return 2;
            case 'r':
                rune = new Rune('\r');
                return 2;
            case 't':
                rune = new Rune('\t');
                return 2;
            case '0':
                rune = new Rune('\0');
                return 2;
            case '\\' or '"' or '\'':
                rune = new Rune(text[1]);
                return 2;
            case '*' when isPattern:
                rune = new Rune('*');
                return 2;
            case 'x':
                return ReadByteEscape(text, out rune);
            case 'u':
                return ReadUnicodeEscape(text, out rune);
            default:
                return 2;
        }
    }

    private static int ReadByteEscape(ReadOnlySpan<char> text, out Rune? rune)
    {
        rune = null;
        const int Length = 4;
        if (text.Length < Length)
            return text.Length;
        if (!char.IsAsciiHexDigit(text[2]) || !char.IsAsciiHexDigit(text[3]))
            return Length;
        var value = (HexValue(text[2]) << 4) | HexValue(text[3]);
        if (value <= LargestAscii)
            rune = new Rune(value);
        return Length;
    }

    private static int ReadUnicodeEscape(ReadOnlySpan<char> text, out Rune? rune)
    {
        rune = null;
        var close = text.IndexOf('}');
        if (text.Length < 3 || text[2] != '{' || close < 0)
            return Math.Min(3, text.Length);
        var digits = 0;
        var value = 0;
        foreach (var c in text[3..close])
        {
            if (c == '_' && digits > 0)
                continue;
            if (!char.IsAsciiHexDigit(c) || ++digits > UnicodeDigitsMax)
                return close + 1;
            value = (value << 4) | HexValue(c);
        }

        if (digits > 0 && Rune.IsValid(value))
            rune = new Rune(value);
        return close + 1;
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
