using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>The SDK's own view of a message, made from exactly the bytes that were checked.</summary>
internal static class SdkMessages
{
    private static readonly JsonTypeInfo<JsonRpcMessage> Type =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    /// <summary>The parsed message; null when the SDK does not take it, such as an id beyond 64 bits.</summary>
    public static JsonRpcMessage? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes.Span, Type);
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return null;
        }
    }
}
