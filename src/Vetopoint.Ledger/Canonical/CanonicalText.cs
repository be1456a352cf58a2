using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Unicode;

namespace Vetopoint.Ledger.Canonical;

/// <summary>How a text of JSON was read.</summary>
internal enum TextForm
{
    NotWellFormed = 0,

    /// <summary>Well-formed, but not the one spelling that canonical JSON has for it.</summary>
    NotCanonical,

    Canonical,
}

/// <summary>
/// Reads texts as RFC 8785 (section 3.2.2.2) writes them: nothing is escaped but quote, backslash and controls, each in its shortest
/// form with lower-case digits; everything else stands as itself in UTF-8.
/// </summary>
internal static class CanonicalText
{
    private static readonly SearchValues<byte> Special = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\"u8);

    /// <summary>Reads a text.</summary>
    /// <param name="bytes">What begins right after its opening quote.</param>
    /// <param name="text">What it says, when it is canonical.</param>
    /// <param name="used">Bytes up to and with the closing quote.</param>
    public static TextForm Read(ReadOnlySpan<byte> bytes, out string? text, out int used)
    {
        var end = bytes.IndexOfAny(Special);
        used = end + 1;
        if (end >= 0 && bytes[end] == (byte)'"')
            return TryDecode(bytes[..end], out text) ? TextForm.Canonical : TextForm.NotWellFormed;
        text = null;
        return end >= 0 && bytes[end] == (byte)'\\' ? ReadEscaped(bytes, out text, out used) : TextForm.NotWellFormed;
    }

    private static TextForm ReadEscaped(ReadOnlySpan<byte> bytes, out string? text, out int used)
    {
        // A text is never longer than it is escaped.
        var buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            (text, used) = (null, 0);
            for (var length = 0; ;)
            {
                var plain = bytes[used..].IndexOfAny(Special);
                if (plain < 0)
                    return TextForm.NotWellFormed;
                bytes.Slice(used, plain).CopyTo(buffer.AsSpan(length));
                length += plain;
                used += plain + 1;
                switch (bytes[used - 1])
                {
                    case (byte)'"':
                        return TryDecode(buffer.AsSpan(0, length), out text) ? TextForm.Canonical : TextForm.NotWellFormed;
                    case (byte)'\\':
                        var form = Unescape(bytes[used..], out buffer[length++], out var escape);
                        if (form != TextForm.Canonical)
                            return form;
                        used += escape;
                        break;
                    default:
                        return TextForm.NotWellFormed;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static TextForm Unescape(ReadOnlySpan<byte> escape, out byte value, out int used)
    {
        (value, used) = (0, 1);
        if (escape.IsEmpty)
            return TextForm.NotWellFormed;
        switch (escape[0])
        {
            case (byte)'"' or (byte)'\\':
                value = escape[0];
                return TextForm.Canonical;
            case (byte)'b':
                value = (byte)'\b';
                return TextForm.Canonical;
            case (byte)'t':
                value = (byte)'\t';
                return TextForm.Canonical;
            case (byte)'n':
                value = (byte)'\n';
                return TextForm.Canonical;
            case (byte)'f':
                value = (byte)'\f';
                return TextForm.Canonical;
            case (byte)'r':
                value = (byte)'\r';
                return TextForm.Canonical;
            case (byte)'/':
                return TextForm.NotCanonical;
            case (byte)'u' when TryUnit(escape[1..], out var unit):
                used = 5;
                if (char.IsSurrogate(unit))
                    return IsPair(unit, escape[used..]) ? TextForm.NotCanonical : TextForm.NotWellFormed;
                if (unit >= 0x20 || unit is '\b' or '\t' or '\n' or '\f' or '\r' || escape[1..used].ContainsAnyInRange((byte)'A', (byte)'F'))
                    return TextForm.NotCanonical;
                value = (byte)unit;
                return TextForm.Canonical;
            default:
                return TextForm.NotWellFormed;
        }
    }

    private static bool IsPair(char first, ReadOnlySpan<byte> rest) =>
        char.IsHighSurrogate(first) && rest.StartsWith("\\u"u8) && TryUnit(rest[2..], out var second) && char.IsLowSurrogate(second);

    private static bool TryUnit(ReadOnlySpan<byte> digits, out char unit)
    {
        unit = default;
        if (digits.Length < 4 || !ushort.TryParse(digits[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        unit = (char)value;
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text)
    {
        text = Utf8.IsValid(utf8) ? KnownTexts.Of(utf8) : null;
        return text is not null;
    }
}
