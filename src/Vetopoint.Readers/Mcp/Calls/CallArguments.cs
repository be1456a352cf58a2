using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Vetopoint.Readers.Mcp.Calls;

/// <summary>The arguments of one call, as the model chose them.</summary>
internal sealed class CallArguments
{
    private ArgumentNodes? _nodes;

    private CallArguments(ReadOnlyMemory<byte> json)
    {
        Json = json;
        Top = JsonBytes.Members(json, McpLimits.ArgumentsMax + 1);
        if (Top.Count > McpLimits.ArgumentsMax)
        {
            // Looking at each would cost more than the call is worth; those kept are for the evidence alone.
            HasTooMany = true;
            Top.RemoveAt(McpLimits.ArgumentsMax);
        }

        var folded = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, _) in Top)
            HasCaseVariants |= !folded.Add(MemberNames.Fold(Encoding.UTF8.GetBytes(name)));
    }

    private CallArguments(string name, ReadOnlyMemory<byte> value) => Top = [(name, value)];

    public static CallArguments Of(ReadOnlyMemory<byte> json) => new(json);

    /// <summary>One argument alone.</summary>
    public static CallArguments OfOne(string name, ReadOnlyMemory<byte> value) => new(name, value);

    /// <summary>The raw object; empty when there are no arguments.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The arguments themselves, in order.</summary>
    public List<(string Name, ReadOnlyMemory<byte> Value)> Top { get; }

    /// <summary>True when there are more arguments than are looked at.</summary>
    public bool HasTooMany { get; }

    /// <summary>True when two names differ only by case: a server that ignores case takes only one of them.</summary>
    public bool HasCaseVariants { get; }

    /// <summary>Every value at any depth, in order, up to a limit.</summary>
    public ArgumentNodes Nodes => _nodes ??= ArgumentNodes.Of(Top);

    /// <summary>The raw value at a path with dots, such as <c>filter.table</c>; empty when there is none or it is null.</summary>
    public ReadOnlyMemory<byte> Find(string path)
    {
        var value = Member(Json, path);
        if (value.IsEmpty)
        {
            value = Json;
            foreach (var step in path.Split('.'))
                value = Member(value, step);
        }

        return JsonBytes.IsNull(value.Span) ? default : value;
    }

    /// <summary>Every text in a raw value with the nearest name above it, read in one pass.</summary>
    /// <param name="textsMax">How many texts are read at most.</param>
    public static List<(string Name, string Text)> Texts(string name, ReadOnlyMemory<byte> value, int textsMax)
    {
        var texts = new List<(string, string)>();
        var names = new string[McpLimits.DepthMax + 2];
        names[0] = name;
        var reader = JsonBytes.Reader(value.Span);
        while (texts.Count < textsMax && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    names[reader.CurrentDepth] = reader.GetString()!;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    names[reader.CurrentDepth + 1] = names[reader.CurrentDepth];
                    break;
                case JsonTokenType.String:
                    texts.Add((names[reader.CurrentDepth], reader.GetString()!));
                    break;
            }
        }

        return texts;
    }

    /// <summary>A scalar as text: a string's text, a number or flag as written; null for anything else.</summary>
    public static string? ScalarText(ReadOnlyMemory<byte> value) =>
        value.IsEmpty || JsonBytes.IsObject(value.Span) || JsonBytes.IsArray(value.Span) || JsonBytes.IsNull(value.Span)
            ? null
            : JsonBytes.TextOf(value.Span) ?? Encoding.UTF8.GetString(value.Span);

    /// <summary>A whole number that is not negative, also where it is written as text; null for anything else.</summary>
    public static long? Whole(ReadOnlyMemory<byte> value) =>
        long.TryParse(ScalarText(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ReadOnlyMemory<byte> Member(ReadOnlyMemory<byte> json, string name) => JsonBytes.Member(json, name);
}
