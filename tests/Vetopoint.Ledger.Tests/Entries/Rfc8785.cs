using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vetopoint.Ledger.Tests.Entries;

/// <summary>Another canonicaliser, written the slow and obvious way, to compare with.</summary>
internal static class Rfc8785
{
    public static string Canonicalise(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return Write(document.RootElement);
    }

    public static bool IsWholeUnicode(this string text) =>
        text.All(character => !char.IsSurrogate(character));

    private static string Write(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject()
            .OrderBy(member => member.Name, StringComparer.Ordinal)
            .Select(member => Quote(member.Name) + ":" + Write(member.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Write)) + "]",
        JsonValueKind.String => Quote(element.GetString()!),
        JsonValueKind.Number => element.GetInt64().ToString(CultureInfo.InvariantCulture),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new InvalidOperationException("entries hold no null"),
    };

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' => "\\u" + ((int)character).ToString("x4", CultureInfo.InvariantCulture),
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
