using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>
/// The digest by which an identical retry is known: server, method and the exact bytes of the parameters, without what a
/// client changes from call to call.
/// </summary>
/// <remarks>
/// Each part goes in with its length, so that no two different calls give the same bytes to the hash. What is left out
/// cannot carry a decision: the progress token, trace context and the protocol's own keys of <c>_meta</c>.
/// </remarks>
internal static class ActionDigests
{
    public static ReadOnlyMemory<byte> Of(string server, string method, McpMessage message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Encoding.UTF8.GetBytes(server));
        Add(hash, Encoding.UTF8.GetBytes(method));
        switch (message.Kind)
        {
            case McpMessageKind.Request or McpMessageKind.Notification:
                AddMembers(hash, message.Params.Span, isMeta: false);
                break;
            case McpMessageKind.Response or McpMessageKind.ErrorResponse or McpMessageKind.None:
                Add(hash, message.Result.Span);
                Add(hash, message.Error.Span);
                break;
        }

        return hash.GetHashAndReset();
    }

    private static void AddMembers(IncrementalHash hash, ReadOnlySpan<byte> json, bool isMeta)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            Add(hash, json);
            return;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = McpLimits.DepthMax });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var value = json[start..(int)reader.BytesConsumed];
            if (isMeta && Changes(name))
                continue;
            Add(hash, Encoding.UTF8.GetBytes(name));
            if (!isMeta && name == "_meta")
                AddMembers(hash, value, isMeta: true);
            else
                Add(hash, value);
        }
    }

    private static bool Changes(string metaName) =>
        metaName is "progressToken" or "traceparent" or "tracestate"
            or "io.modelcontextprotocol/protocolVersion" or "io.modelcontextprotocol/clientInfo"
            or "io.modelcontextprotocol/clientCapabilities" or "io.modelcontextprotocol/logLevel";

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
