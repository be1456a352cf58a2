using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>Values of the body as header fields, and back: plain where they are plain, in base64 between two marks where not.</summary>
internal static class HeaderValues
{
    private const string Prefix = "=?base64?";
    private const string Suffix = "?=";

    /// <summary>The text of a header's value; null when it cannot be one.</summary>
    public static string? Decode(string header)
    {
        foreach (var character in header)
        {
            if (character is not ('\t' or (>= ' ' and <= '~')))
                return null;
        }

        if (!IsMarked(header))
            return header;
        var base64 = header.AsSpan(Prefix.Length, header.Length - Prefix.Length - Suffix.Length);
        var bytes = new byte[(base64.Length * 3 / 4) + 3];
        if (!Convert.TryFromBase64Chars(base64, bytes, out var count))
            return null;
        try
        {
            return Strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The header's value for a text.</summary>
    public static string Encode(string text)
    {
        var isPlain = text.Length > 0 && text[0] is not (' ' or '\t') && text[^1] is not (' ' or '\t') && !IsMarked(text);
        foreach (var character in text)
            isPlain &= character is '\t' or (>= ' ' and <= '~');
        return isPlain || text.Length == 0 ? text : Prefix + Convert.ToBase64String(Strict.GetBytes(text)) + Suffix;
    }

    /// <summary>A value of the body as text; null for what has no header, such as null, an object or a fraction.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.TryGetInt64(out var integer)
            ? integer.ToString(CultureInfo.InvariantCulture)
            : value.GetRawText(),
        JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null => null,
        _ => null,
    };

    /// <summary>Whether a header's text says the same as a value: numbers as numbers, all else as text.</summary>
    public static bool Says(string text, JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var header)
            && value.TryGetDecimal(out var body) && header == body
        : text == TextOf(value);

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static bool IsMarked(string text) =>
        text.Length >= Prefix.Length + Suffix.Length
        && text.StartsWith(Prefix, StringComparison.Ordinal) && text.EndsWith(Suffix, StringComparison.Ordinal);
}
