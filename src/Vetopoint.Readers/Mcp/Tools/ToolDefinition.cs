using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Vetopoint.Readers.Mcp.Calls;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>A tool as its server describes it. Everything in it is the server's own word.</summary>
public sealed class ToolDefinition
{
    private ToolProfile? _profile;

    private ToolDefinition(ReadOnlyMemory<byte> json, string name)
    {
        Json = json;
        Name = name;
        Title = JsonBytes.TextOf(JsonBytes.Member(json, "title").Span);
        Description = JsonBytes.TextOf(JsonBytes.Member(json, "description").Span);
        InputSchema = JsonBytes.Member(json, "inputSchema");
        Annotations = ToolAnnotations.Of(JsonBytes.Member(json, "annotations"));
        Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(json, "_meta")));
    }

    /// <summary>The definition exactly as it came.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public string Name { get; }

    public string? Title { get; }

    public string? Description { get; }

    /// <summary>The raw JSON Schema of the arguments; empty when the server gives none.</summary>
    public ReadOnlyMemory<byte> InputSchema { get; }

    public ToolAnnotations Annotations { get; }

    /// <summary>
    /// <c>sha256:</c> and 64 hexadecimal digits over every member but <c>_meta</c>, with members sorted and strings in one
    /// spelling: equal for two servers' lists that differ only in order or white space. A number written another way is
    /// another definition: a false alarm costs one look, a missed change costs more.
    /// </summary>
    public string Digest { get; }

    /// <summary>What the definition says of calls. Racing threads may make it twice; both are the same.</summary>
    internal ToolProfile Profile => _profile ??= ToolProfile.Of(this);

    /// <summary>Reads one definition.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> json,
        [NotNullWhen(true)] out ToolDefinition? definition,
        [NotNullWhen(false)] out ToolProblem? problem)
    {
        definition = null;
        problem = null;
        if (json.Length > McpLimits.ToolDefinitionBytesMax)
            problem = ToolProblem.TooLarge();
        else if (!EnvelopeParser.IsOneValue(json))
            problem = ToolProblem.NotJson();
        else if (!JsonBytes.IsObject(json.Span.TrimStart(" \t\r\n"u8)))
            problem = ToolProblem.NotAnObject();
        else if (HasMisspeltMember(json, out var member))
            problem = ToolProblem.Misspelt(member);
        else if (JsonBytes.TextOf(JsonBytes.Member(json, "name").Span) is not { Length: > 0 and <= McpLimits.ToolNameCharsMax } name)
            problem = ToolProblem.NoName();
        else if (JsonBytes.Member(json, "inputSchema") is { Length: > 0 } schema && !JsonBytes.IsObject(schema.Span))
            problem = ToolProblem.BadSchema(name);
        else
            definition = new ToolDefinition(json, name);
        return definition is not null;
    }

    /// <summary>The arguments the schema declares, by name; empty when it declares none.</summary>
    internal IEnumerable<(string Name, ReadOnlyMemory<byte> Schema)> Properties() =>
        JsonBytes.Members(JsonBytes.Member(InputSchema, "properties"));

    /// <summary>A client that ignores case would take <c>Name</c> or <c>InputSchema</c> for the member.</summary>
    private static bool HasMisspeltMember(ReadOnlyMemory<byte> json, out string member)
    {
        foreach (var (name, _) in JsonBytes.Members(json))
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            if (ProtocolMembers.IsMisspelt(bytes, ProtocolMembers.Tool))
            {
                member = MemberNames.Printable(bytes);
                return true;
            }
        }

        member = "";
        return false;
    }
}

/// <summary>What a server says of its tool's behaviour. Null is what it does not say.</summary>
public sealed record ToolAnnotations(
    string? Title, bool? ReadOnly, bool? Destructive, bool? Idempotent, bool? OpenWorld)
{
    internal static ToolAnnotations Of(ReadOnlyMemory<byte> json) => new(
        JsonBytes.TextOf(JsonBytes.Member(json, "title").Span),
        Flag(json, "readOnlyHint"),
        Flag(json, "destructiveHint"),
        Flag(json, "idempotentHint"),
        Flag(json, "openWorldHint"));

    private static bool? Flag(ReadOnlyMemory<byte> json, string name)
    {
        var value = JsonBytes.Member(json, name).Span;
        return value.SequenceEqual("true"u8) ? true : value.SequenceEqual("false"u8) ? false : null;
    }
}

/// <summary>Why a tool's definition is not taken. A tool without a definition is not understood.</summary>
/// <param name="Code">The stable code, <c>VP32nn</c>.</param>
public sealed record ToolProblem(string Code, string Message, string Help)
{
    /// <summary>
    /// Every name that some client may take the definition's for; empty when it cannot be told which tools are concerned.
    /// </summary>
    public ImmutableArray<string> Names { get; init; } = [];

    public override string ToString() => $"{Code}: {Message} {Help}";

    internal static ToolProblem TooLarge() => new(
        "VP3201", $"A tool's definition has more than {McpLimits.ToolDefinitionBytesMax} bytes.",
        "Ask the server's author to shorten it; until then calls to it are not understood.");

    internal static ToolProblem NotJson() => new(
        "VP3202", "A tool's definition is not valid JSON, or has a member twice.", "Report it to the server's author.");

    internal static ToolProblem NotAnObject() => new(
        "VP3203", "A tool's definition is not a JSON object.", "Report it to the server's author.");

    internal static ToolProblem Misspelt(string member) => new(
        "VP3204", $"A tool's definition has a member `{member}` that differs from the protocol's only by case.",
        "Clients disagree on whether it counts. Report it to the server's author.");

    internal static ToolProblem NoName() => new(
        "VP3205", $"A tool's definition has no name, or one longer than {McpLimits.ToolNameCharsMax} characters.",
        "Report it to the server's author.");

    internal static ToolProblem BadSchema(string name) => new(
        "VP3206", $"The tool `{MemberNames.Printable(Encoding.UTF8.GetBytes(name))}` has an `inputSchema` that is not an object.",
        "Report it to the server's author.");

    internal static ToolProblem Twice(string name) => new(
        "VP3207", $"The server lists the tool `{MemberNames.Printable(Encoding.UTF8.GetBytes(name))}` twice.",
        "None of them is taken: which of them a call would reach is not known.")
    {
        Names = [name],
    };

    internal static ToolProblem TooMany() => new(
        "VP3208", $"The server lists more than {McpLimits.ToolsMax} tools on one page.",
        "Those beyond the limit are not taken; calls to them are not understood.");

    internal static ToolProblem NoList() => new(
        "VP3209", "The result of `tools/list` has no array `tools`.", "Report it to the server's author.");
}
