using System.Collections.Frozen;
using Vetopoint.Readers.Mcp.Calls;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// The members that the protocol gives the parameters of each method. What is beside them is forwarded like all else, so
/// that a server may act on it: a message with more is not understood.
/// </summary>
internal static class ParameterShapes
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> Members = new Dictionary<string, FrozenSet<string>>(StringComparer.Ordinal)
    {
        ["ping"] = Set("_meta"),
        ["initialize"] = Set("protocolVersion capabilities clientInfo _meta"),
        ["server/discover"] = Set("_meta"),
        ["tools/list"] = Set("cursor _meta"),
        ["prompts/list"] = Set("cursor _meta"),
        ["resources/list"] = Set("cursor _meta"),
        ["resources/templates/list"] = Set("cursor _meta"),
        ["tools/call"] = Set("name arguments task inputResponses requestState _meta"),
        ["resources/read"] = Set("uri inputResponses requestState _meta"),
        ["resources/subscribe"] = Set("uri _meta"),
        ["resources/unsubscribe"] = Set("uri _meta"),
        ["prompts/get"] = Set("name arguments inputResponses requestState _meta"),
        ["completion/complete"] = Set("ref argument context _meta"),
        ["subscriptions/listen"] = Set("notifications _meta"),
        ["logging/setLevel"] = Set("level _meta"),
        ["tasks/get"] = Set("taskId _meta"),
        ["tasks/result"] = Set("taskId _meta"),
        ["tasks/list"] = Set("cursor _meta"),
        ["tasks/cancel"] = Set("taskId _meta"),
        ["tasks/update"] = Set("taskId inputResponses requestState _meta"),
        ["notifications/initialized"] = Set("_meta"),
        ["notifications/roots/list_changed"] = Set("_meta"),
        ["notifications/cancelled"] = Set("requestId reason _meta"),
        ["notifications/progress"] = Set("progressToken progress total message _meta"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Envelope = Set("jsonrpc id method params");

    private static readonly FrozenSet<string> ProtocolMeta = Set(
        "progressToken io.modelcontextprotocol/protocolVersion io.modelcontextprotocol/clientCapabilities io.modelcontextprotocol/clientInfo "
        + "io.modelcontextprotocol/logLevel io.modelcontextprotocol/subscriptionId io.modelcontextprotocol/related-task traceparent tracestate");

    /// <summary>Why a message to the server says more than its method does; null when it does not.</summary>
    public static string? DoubtOf(McpMessage message)
    {
        if (message.Method is not { } method || !Members.TryGetValue(method, out var known))
            return null;
        foreach (var (name, _) in JsonBytes.Members(message.Bytes))
        {
            if (!Envelope.Contains(name))
                return $"Beside its parameters it has `{Shown(name)}`, which the protocol does not know.";
        }

        foreach (var (name, value) in JsonBytes.Members(message.Params))
        {
            if (!known.Contains(name))
                return $"Its parameters have `{Shown(name)}`, which the protocol does not know.";
            if (!Fits(name, value))
                return $"The parameter `{Shown(name)}` holds more than the protocol puts there.";
        }

        return DoubtOfMeta(message);
    }

    private static bool Fits(string name, ReadOnlyMemory<byte> value) => name switch
    {
        "cursor" or "taskId" or "requestId" or "protocolVersion" => value.Length <= McpLimits.ParameterBytesMax && IsOneWord(value),
        "requestState" => IsOneWord(value),
        "capabilities" or "clientInfo" or "ref" or "level" or "reason" => value.Length <= McpLimits.ParameterBytesMax,
        "task" => JsonBytes.Members(value).TrueForAll(static member => member.Name == "ttl" && JsonBytes.IsNumber(member.Value.Span)),
        "notifications" => value.Length <= McpLimits.ProtocolFilterBytesMax && JsonBytes.Members(value).TrueForAll(static member =>
            member.Value.Span.SequenceEqual("true"u8) || member.Value.Span.SequenceEqual("false"u8) || JsonBytes.IsArray(member.Value.Span)),
        _ => true,
    };

    private static string? DoubtOfMeta(McpMessage message)
    {
        foreach (var (name, value) in JsonBytes.Members(message.Meta))
        {
            var fits = ProtocolMeta.Contains(name) ? value.Length <= McpLimits.ParameterBytesMax : IsLabel(name, value);
            if (!fits)
                return $"Its metadata has `{Shown(name)}`, which holds more than a number or a short label.";
        }

        return null;
    }

    /// <summary>Clients correlate their calls in members of their own: a number or an id is no order and no statement.</summary>
    private static bool IsLabel(string name, ReadOnlyMemory<byte> value)
    {
        var roles = ArgumentRoleNames.Of(name, null, false);
        if ((roles & (ArgumentRoles.Code | ArgumentRoles.Action | ArgumentRoles.Destination | ArgumentRoles.Output)) != 0
            || (EffectWords.OfWords(name) is not (null or Effect.Read) && !EffectWords.IsNounOfArgument(name)))
        {
            return FlagValues.IsOff(value);
        }

        return FlagValues.IsOff(value) || JsonBytes.IsNumber(value.Span)
            || (JsonBytes.TextOf(value.Span) is { Length: <= McpLimits.MetaValueCharsMax } text && EffectWords.OfOrder(text) is null
                && text.All(static one => char.IsAsciiLetterOrDigit(one) || one is '_' or '-' or '.' or ':'));
    }

    private static bool IsOneWord(ReadOnlyMemory<byte> value) =>
        JsonBytes.IsNumber(value.Span) || JsonBytes.IsNull(value.Span)
        || (JsonBytes.TextOf(value.Span) is { } text && !text.Any(static one => char.IsWhiteSpace(one) || char.IsControl(one)));

    private static string Shown(string name) => PrintableText.Of(name, McpLimits.QuotedNameCharsMax);

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
