using ModelContextProtocol.Protocol;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>The way back of one request over HTTP, and the names it had when it came.</summary>
/// <remarks>
/// Clients without sessions share one process of an upstream that is not HTTP, and each chooses ids and progress tokens as if it
/// were alone. So their requests get names of their own before they are judged, and the answers theirs back.
/// </remarks>
internal sealed class Way(ITransport transport, McpMessage came, McpMessage renamed)
{
    private const string SubscriptionId = "io.modelcontextprotocol/subscriptionId";

    public ITransport Transport => transport;

    /// <summary>The request with names that no other request to the same process has.</summary>
    public static McpMessage Renamed(McpMessage request, string name)
    {
        var raw = Texts.Quoted(name);
        var renamed = request.WithId(raw);
        return renamed.ProgressToken.IsEmpty ? renamed : renamed.WithMeta("progressToken", raw);
    }

    /// <summary>A message for the client with the names it knows.</summary>
    public ReadOnlyMemory<byte> Restored(ReadOnlyMemory<byte> bytes)
    {
        if (ReferenceEquals(came, renamed) || !McpMessage.TryParse(bytes, bytes.Length, out var message, out _))
            return bytes;
        if (message.IdKey == renamed.IdKey && message.Kind is McpMessageKind.Response or McpMessageKind.ErrorResponse)
            return message.WithId(came.Id).Bytes;
        if (message.Method == "notifications/progress" && !came.ProgressToken.IsEmpty)
            return MessageBytes.WithValue(message, message.Param("progressToken"), came.ProgressToken).Bytes;
        return message.MetaMember(SubscriptionId).IsEmpty ? bytes : message.WithMeta(SubscriptionId, came.Id).Bytes;
    }
}
