using System.Collections.Frozen;
using System.Text.Json;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// What a message of the closed table may look like. A <c>ping</c> with a megabyte in an extra member is not a ping:
/// it carries data, so it is judged.
/// </summary>
internal static class ClosedShapes
{
    private static readonly FrozenSet<string> LogLevels = FrozenSet.Create(
        StringComparer.Ordinal,
        "debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    /// <summary>
    /// The metadata of such a message: what correlates it and traces it. Anything else could carry data of the sender's
    /// choosing past every judgement.
    /// </summary>
    private static readonly FrozenSet<string> MetaMembers = FrozenSet.Create(
        StringComparer.Ordinal,
        "progressToken", "io.modelcontextprotocol/subscriptionId", "io.modelcontextprotocol/related-task", "traceparent",
        "tracestate");

    public static bool Fits(McpMessage message, McpMethod method)
    {
        if (!JsonBytes.Members(message.Meta).TrueForAll(static member => MetaMembers.Contains(member.Name)))
            return false;
        if (message.Meta.Length > McpLimits.ProtocolMetaBytesMax || !HasOnlyEnvelopeMembers(message.Bytes.Span))
            return false;
        if (message.Params.IsEmpty)
            return method.Name != "logging/setLevel";

        var reader = JsonBytes.Reader(message.Params.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString()!;
            var value = JsonBytes.ReadValue(ref reader).Of(message.Params).Span;
            if (member != "_meta" && !Allows(method.Name, member, value))
                return false;
        }

        return true;
    }

    private static bool Allows(string method, string member, ReadOnlySpan<byte> value) => (method, member) switch
    {
        ("notifications/cancelled", "requestId") => IsShortId(value),
        ("notifications/cancelled", "reason") => IsShortText(value),
        ("notifications/progress", "progressToken") => IsShortId(value),
        ("notifications/progress", "progress" or "total") => IsShortNumber(value),
        ("notifications/resources/updated", "uri") => IsShortText(value),
        ("notifications/elicitation/complete", "elicitationId") => IsShortText(value),
        ("notifications/subscriptions/acknowledged", "notifications") =>
            JsonBytes.IsObject(value) && value.Length <= McpLimits.ProtocolFilterBytesMax,
        ("logging/setLevel", "level") => JsonBytes.TextOf(value) is { } level && LogLevels.Contains(level),
        _ => false,
    };

    private static bool HasOnlyEnvelopeMembers(ReadOnlySpan<byte> message)
    {
        var reader = JsonBytes.Reader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var known = reader.ValueTextEquals("jsonrpc"u8) || reader.ValueTextEquals("id"u8)
                || reader.ValueTextEquals("method"u8) || reader.ValueTextEquals("params"u8);
            if (!known)
                return false;
            JsonBytes.ReadValue(ref reader);
        }

        return true;
    }

    private static bool IsShortText(ReadOnlySpan<byte> value) =>
        JsonBytes.IsString(value) && value.Length <= McpLimits.ProtocolTextBytesMax;

    private static bool IsShortId(ReadOnlySpan<byte> value) => IsShortText(value) || IsShortNumber(value);

    private static bool IsShortNumber(ReadOnlySpan<byte> value) =>
        JsonBytes.IsNumber(value) && value.Length <= McpLimits.ProtocolNumberBytesMax;
}
