using System.Buffers;
using System.Text.Json;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>What a server asks of the client inside a result: the pattern of 2026-07-28 in place of requests of its own.</summary>
internal static class InputRequests
{
    public const string Member = "inputRequests";

    /// <summary>Each request for input as the message it would have been in earlier revisions.</summary>
    /// <param name="message">A response, or a notification of a task that waits for input.</param>
    /// <exception cref="FormatException">One of them is not a request: the message cannot be judged.</exception>
    public static IReadOnlyList<McpMessage> In(McpMessage message)
    {
        var raw = message.Kind switch
        {
            McpMessageKind.Response => message.ResultMember(Member),
            McpMessageKind.Notification => message.Param(Member),
            McpMessageKind.None or McpMessageKind.Request or McpMessageKind.ErrorResponse => default,
        };
        if (raw.IsEmpty)
            return [];

        using var json = JsonDocument.Parse(raw);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw new FormatException("VP5013: `inputRequests` is not an object.");
        var asked = new List<McpMessage>();
        foreach (var member in json.RootElement.EnumerateObject())
            asked.Add(AsMessage(member));
        return asked;
    }

    private static McpMessage AsMessage(JsonProperty member)
    {
        if (member.Value.ValueKind != JsonValueKind.Object)
            throw new FormatException("VP5013: a request for input is not an object.");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteString("id", member.Name.Length <= IdCharsMax ? member.Name : "input");
            foreach (var part in member.Value.EnumerateObject())
            {
                if (part.Name is not ("jsonrpc" or "id"))
                    part.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return McpMessage.TryParse(buffer.WrittenMemory, buffer.WrittenCount, out var message, out var problem)
            && message.Kind == McpMessageKind.Request
                ? message
                : throw new FormatException($"VP5013: a request for input cannot be read. {problem}");
    }

    private const int IdCharsMax = 64;
}
