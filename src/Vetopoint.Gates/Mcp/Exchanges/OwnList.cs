using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>
/// The gate's own <c>tools/list</c>. A client may call a tool that it never listed; its definition is then not pinned, and the
/// call could only be read as one of an unknown tool. The list is an attempt of the same task, judged and recorded like any other.
/// </summary>
internal static class OwnList
{
    // Only what the protocol itself puts into `_meta` since 2026-07-28; what else a client writes there belongs to its own message.
    private const string ProtocolMeta = "io.modelcontextprotocol/";
    private const int IdBytes = 12;

    /// <summary>A request for one page, in the revision of the call that needs it.</summary>
    /// <param name="call">The client's call.</param>
    /// <param name="cursor">Raw JSON of the page's cursor; empty for the first page.</param>
    public static McpMessage Request(McpMessage call, ReadOnlyMemory<byte> cursor)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteString("id"u8, "vp-list-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)));
            json.WriteString("method"u8, "tools/list"u8);
            json.WriteStartObject("params"u8);
            WriteMeta(json, call.Param("_meta"));
            if (!cursor.IsEmpty)
            {
                json.WritePropertyName("cursor"u8);
                json.WriteRawValue(cursor.Span);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return McpMessage.TryParse(buffer.WrittenMemory, buffer.WrittenCount, out var message, out var problem)
            ? message
            : throw new InvalidOperationException($"our own message is not one: {problem}");
    }

    /// <summary>Raw JSON of the cursor of the page after this one; empty when there is none, or it is no list.</summary>
    public static ReadOnlyMemory<byte> NextPage(ReadOnlyMemory<byte> answer)
    {
        if (!McpMessage.TryParse(answer, answer.Length, out var message, out _) || message.Kind != McpMessageKind.Response)
            return default;
        var cursor = message.ResultMember("nextCursor");
        return !cursor.IsEmpty && cursor.Span[0] == (byte)'"' ? cursor : default;
    }

    private static void WriteMeta(Utf8JsonWriter json, ReadOnlyMemory<byte> meta)
    {
        if (meta.IsEmpty || meta.Span[0] != (byte)'{')
            return;
        using var given = JsonDocument.Parse(meta);
        json.WriteStartObject("_meta"u8);
        foreach (var member in given.RootElement.EnumerateObject())
        {
            if (member.Name.StartsWith(ProtocolMeta, StringComparison.Ordinal))
                member.WriteTo(json);
        }

        json.WriteEndObject();
    }
}
