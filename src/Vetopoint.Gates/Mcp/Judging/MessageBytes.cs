using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>Edits of a message that the readers do not have: every other byte stays as it was.</summary>
internal static class MessageBytes
{
    /// <summary>The message with another raw value in place of one of its own.</summary>
    /// <param name="value">A slice of the message's bytes.</param>
    public static McpMessage WithValue(McpMessage message, ReadOnlyMemory<byte> value, ReadOnlyMemory<byte> with)
    {
        var at = OffsetOf(message.Bytes.Span, value.Span);
        return Parsed([.. message.Bytes.Span[..at], .. with.Span, .. message.Bytes.Span[(at + value.Length)..]]);
    }

    /// <summary>The bytes without one member of <c>params</c>.</summary>
    public static byte[] WithoutParam(McpMessage message, string member)
    {
        var parameters = message.Params.Span;
        var reader = new Utf8JsonReader(parameters, new JsonReaderOptions { MaxDepth = McpLimits.DepthMax });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isIt = reader.ValueTextEquals(member);
            reader.Read();
            reader.Skip();
            if (isIt)
                return Cut(message, start, (int)reader.BytesConsumed);
        }

        return message.Bytes.ToArray();
    }

    private static byte[] Cut(McpMessage message, int start, int end)
    {
        var all = message.Bytes.Span;
        var parameters = message.Params.Span;
        var offset = OffsetOf(all, parameters);

        // The comma after the member goes with it; the last member takes the one before it.
        var next = end;
        while (parameters[next] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            next++;
        if (parameters[next] == (byte)',')
            end = next + 1;
        else
            start = parameters[..start].TrimEnd(" \t\r\n,"u8).Length;
        return [.. all[..(offset + start)], .. all[(offset + end)..]];
    }

    private static McpMessage Parsed(byte[] bytes) =>
        McpMessage.TryParse(bytes, bytes.Length, out var message, out var problem)
            ? message
            : throw new InvalidOperationException($"an edit made no message: {problem}");

    private static int OffsetOf(ReadOnlySpan<byte> all, ReadOnlySpan<byte> part)
    {
        var offset = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetReference(all), ref MemoryMarshal.GetReference(part));
        return offset >= 0 && offset + part.Length <= all.Length
            ? offset
            : throw new ArgumentException("the value is not a part of the message", nameof(part));
    }
}
