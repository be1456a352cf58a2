using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Secrets;

/// <summary>Looks for secrets in one server's entry of a client's config.</summary>
internal static class SecretSearch
{
    /// <summary>Every secret below a value, with the bytes it stands in.</summary>
    public static IEnumerable<(ReadableSecret Secret, JsonNode Value)> In(byte[] file, JsonNode node) =>
        Search(node, string.Empty, string.Empty)
            .Select(found => (new ReadableSecret(found.Kind, found.Where, Line(file, found.Value.Start)), found.Value));

    private static IEnumerable<(string Kind, string Where, JsonNode Value)> Search(JsonNode node, string where, string name)
    {
        if (node.Kind is JsonNodeKind.Text)
        {
            if (SecretPatterns.Kind(name, node.Text) is { } kind)
                yield return (kind, where, node);
            yield break;
        }

        foreach (var member in node.Members)
        {
            foreach (var found in Search(member.Value, where.Length is 0 ? member.Name : $"{where}.{member.Name}", member.Name))
                yield return found;
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            foreach (var found in Search(node.Items[i], $"{where}[{i}]", OptionName(node.Items, i)))
                yield return found;
        }
    }

    /// <summary>An argument's name: <c>--api-key=VALUE</c> has it before the sign, <c>--api-key VALUE</c> in the argument before.</summary>
    private static string OptionName(List<JsonNode> items, int index)
    {
        var text = items[index].Text;
        if (text.StartsWith('-'))
            return text.IndexOf('=', StringComparison.Ordinal) is var sign and > 0 ? text[..sign] : string.Empty;
        return index > 0 && items[index - 1].Text.StartsWith('-') ? items[index - 1].Text : string.Empty;
    }

    private static int Line(byte[] file, int at) => file.AsSpan(0, at).Count((byte)'\n') + 1;
}
