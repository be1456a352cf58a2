using System.Text;
using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp;

/// <summary>Small readings of raw JSON values that the envelope reader has already checked.</summary>
internal static class Texts
{
    /// <summary>The text of a raw JSON string; null when it is absent or something else.</summary>
    public static string? Of(ReadOnlyMemory<byte> raw)
    {
        if (raw.IsEmpty || raw.Span[0] != (byte)'"')
            return null;
        var reader = new Utf8JsonReader(raw.Span);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>A raw id as <see cref="McpMessage.IdKey"/> has it; empty for no id.</summary>
    public static string IdKey(ReadOnlyMemory<byte> rawId)
    {
        if (rawId.IsEmpty)
            return "";
        return Of(rawId) is { } text ? "s:" + text : "n:" + Encoding.ASCII.GetString(rawId.Span);
    }

    /// <summary>The method of a message as logs and traces show it: what its sender made up is <c>_other</c>.</summary>
    public static string MethodOf(McpMessage message) =>
        (McpMethods.Find(message, McpDirection.ToServer) ?? McpMethods.Find(message, McpDirection.ToClient))?.Name ?? "_other";

    public static ReadOnlyMemory<byte> Quoted(string text) => JsonSerializer.SerializeToUtf8Bytes(text);
}
