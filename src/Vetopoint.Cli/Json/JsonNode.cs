namespace Vetopoint.Cli.Json;

internal enum JsonNodeKind { Object, Array, Text, Number, True, False, Null }

/// <summary>A value in a JSON text, with where it stands: <see cref="Start"/> to <see cref="End"/> are bytes of the file.</summary>
internal sealed class JsonNode(JsonNodeKind kind, int start)
{
    public JsonNodeKind Kind { get; } = kind;

    public int Start { get; } = start;

    /// <summary>After the last byte.</summary>
    public int End { get; set; }

    public List<JsonMember> Members { get; } = [];

    public List<JsonNode> Items { get; } = [];

    /// <summary>The decoded text of a string, the written form of a number.</summary>
    public string Text { get; set; } = string.Empty;

    public int Length => End - Start;

    /// <summary>The member of this name; null when there is none or this is no object. Names occur once: the parser refuses others.</summary>
    public JsonNode? Find(string name)
    {
        foreach (var member in Members)
        {
            if (string.Equals(member.Name, name, StringComparison.Ordinal))
                return member.Value;
        }

        return null;
    }

    /// <summary>The text of a member that is a string; null when there is no such.</summary>
    public string? FindText(string name) => Find(name) is { Kind: JsonNodeKind.Text } node ? node.Text : null;

    /// <summary>True when both say the same, however they are written. The order of members does not count.</summary>
    public bool Says(JsonNode other) =>
        Kind == other.Kind
        && string.Equals(Text, other.Text, StringComparison.Ordinal)
        && Items.Count == other.Items.Count
        && Members.Count == other.Members.Count
        && Items.Zip(other.Items).All(pair => pair.First.Says(pair.Second))
        && Members.All(member => other.Find(member.Name) is { } value && member.Value.Says(value));
}

internal sealed record JsonMember(string Name, int NameStart, JsonNode Value);
