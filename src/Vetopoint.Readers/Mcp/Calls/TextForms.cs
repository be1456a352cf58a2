using System.Buffers;
using System.Net;
using System.Text;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>What a server may make of a text before it uses it: the text as it is, unescaped, and decoded.</summary>
internal static class TextForms
{
    /// <summary>The forms of a text, the text itself first.</summary>
    /// <param name="isCertain">False when it is escaped more often than is looked at.</param>
    public static List<string> Of(string text, out bool isCertain)
    {
        var forms = new List<string> { text };
        isCertain = true;
        for (var i = 0; i < forms.Count; i++)
        {
            foreach (var next in Next(forms[i]))
            {
                if (forms.Contains(next, StringComparer.Ordinal))
                    continue;
                if (forms.Count == McpLimits.TextFormsMax)
                {
                    isCertain = false;
                    return forms;
                }

                forms.Add(next);
            }
        }

        return forms;
    }

    private static IEnumerable<string> Next(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal))
            yield return Uri.UnescapeDataString(text);
        if (text.Contains('+', StringComparison.Ordinal) && text.AsSpan().IndexOfAny("?=&%") >= 0)
            yield return text.Replace('+', ' '); // as in a query
        if (text.Contains('&', StringComparison.Ordinal) && text.Contains(';', StringComparison.Ordinal))
            yield return WebUtility.HtmlDecode(text);
        if (Decoded(text.Trim()) is { } decoded)
            yield return decoded;
    }

    /// <summary>The words that a text is in base64; null when it is none, or of what is not text.</summary>
    private static string? Decoded(string text)
    {
        const int CharsMin = 8;
        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && text.IndexOf(',', StringComparison.Ordinal) is var comma and > 0)
            text = text[(comma + 1)..];
        if (text.Length < CharsMin || text.AsSpan().ContainsAnyExcept(Base64Letters))
            return null;
        var plain = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        plain = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        var bytes = new byte[plain.Length];
        if (!Convert.TryFromBase64String(plain, bytes, out var written))
            return null;
        var decoded = Encoding.UTF8.GetString(bytes, 0, written);
        return decoded.All(static one => one is >= ' ' and <= '~' or '\n' or '\r' or '\t') ? decoded : null;
    }

    private static readonly SearchValues<char> Base64Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=");
}
