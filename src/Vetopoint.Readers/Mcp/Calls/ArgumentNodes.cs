using System.Text.Json;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>The values of a call at any depth: a server may look for what it is asked anywhere.</summary>
internal sealed class ArgumentNodes
{
    private readonly List<ArgumentNode> _all = [];

    private ArgumentNodes()
    {
    }

    public IReadOnlyList<ArgumentNode> All => _all;

    /// <summary>True when there are more values than are looked at.</summary>
    public bool IsCut { get; private set; }

    public static ArgumentNodes Of(List<(string Name, ReadOnlyMemory<byte> Value)> arguments)
    {
        var nodes = new ArgumentNodes();
        foreach (var (name, value) in arguments)
            nodes.Read(name, value);
        return nodes;
    }

    private void Read(string top, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
            return;
        var names = new string[McpLimits.DepthMax + 2];
        var open = new int[McpLimits.DepthMax + 2];
        names[0] = top;
        open[0] = -1;
        var reader = JsonBytes.Reader(value.Span);
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    names[depth] = reader.GetString()!;
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    continue;
            }

            if (_all.Count >= McpLimits.TextsMax)
            {
                IsCut = true;
                return;
            }

            var isInArray = open[depth] is var parent and >= 0 && _all[parent].Type == JsonTokenType.StartArray;
            if (open[depth] >= 0 && (!isInArray || IsThing(ref reader)))
                _all[open[depth]] = _all[open[depth]] with { Count = _all[open[depth]].Count + 1 };
            var isOpening = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            var raw = isOpening ? default : value[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
            _all.Add(new ArgumentNode(top, names[depth], depth, raw, reader.TokenType, 0));
            if (isOpening)
            {
                names[depth + 1] = names[depth];
                open[depth + 1] = _all.Count - 1;
            }
        }
    }

    /// <summary>A list in a list is counted by its own items, and a fraction (of a vector) names nothing.</summary>
    private static bool IsThing(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.StartArray
        && (reader.TokenType != JsonTokenType.Number || reader.TryGetInt64(out _) || !reader.TryGetDouble(out var number) || Math.Floor(number) == number);
}

/// <summary>One value somewhere in the arguments.</summary>
/// <param name="Top">The argument it is in.</param>
/// <param name="Name">The nearest name above it; an item has the name of its list.</param>
/// <param name="Depth">Objects and lists around it, within the argument.</param>
/// <param name="Raw">A raw scalar; empty for an object or a list.</param>
/// <param name="Count">The members of an object, or the items of a list that name something.</param>
internal readonly record struct ArgumentNode(
    string Top, string Name, int Depth, ReadOnlyMemory<byte> Raw, JsonTokenType Type, int Count)
{
    public bool IsContainer => Type is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>The text of a string or number; null for anything else.</summary>
    public string? Text => Type is JsonTokenType.String or JsonTokenType.Number ? CallArguments.ScalarText(Raw) : null;
}
