using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace Vetopoint.Scenarios.Tests.Clients;

/// <summary>What Vetopoint says to a program about a call, in the structured content or the metadata of its result.</summary>
internal sealed record Facts(string Verdict, string? Attempt, string? Form, IReadOnlyList<string> Policies, IReadOnlyList<string> Reasons)
{
    /// <summary>Null when the result is the upstream's own, unchanged.</summary>
    public static Facts? Of(CallToolResult result)
    {
        var content = result.StructuredContent is { ValueKind: JsonValueKind.Object } structured
            ? JsonObject.Create(structured)
            : null;
        return (content?["vetopoint"] ?? result.Meta?["vetopoint"]) is JsonObject facts
            ? new Facts(
                (string)facts["verdict"]!,
                (string?)facts["attempt"],
                (string?)facts["form"],
                Texts(facts["policies"]),
                Texts(facts["reasons"]))
            : null;
    }

    /// <summary>The facts of a result that must have them.</summary>
    public static Facts Required(CallToolResult result)
    {
        var facts = Of(result);
        Assert.True(facts is not null, "Vetopoint said nothing about: " + JsonSerializer.Serialize(result));
        return facts;
    }

    private static IReadOnlyList<string> Texts(JsonNode? node) =>
        node is JsonArray texts ? [.. texts.Select(text => (string)text!)] : [];
}
