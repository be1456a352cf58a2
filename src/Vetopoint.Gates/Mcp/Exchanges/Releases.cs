using System.Text;
using System.Text.Json;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>What is done to a result before it is released: lists are observed and kept private, a downgrade is told.</summary>
internal sealed class Releases(OfferedTools offered, ServerReader reader)
{
    private const string CacheScope = "cacheScope";

    /// <summary>The bytes to release.</summary>
    /// <exception cref="Vetopoint.Ledger.Entries.LedgerException">What was offered could not be recorded: release nothing.</exception>
    public async ValueTask<McpMessage> PrepareAsync(
        McpMessage request, McpMessage answer, Passage.Open passage, CancellationToken cancellationToken)
    {
        if (answer.Kind != McpMessageKind.Response)
            return answer;
        if (request.Method == "tools/list")
            await offered.ObserveAsync(answer, cancellationToken);
        else if (request.Method is "resources/list" or "resources/templates/list")
            reader.ObserveResources(answer);

        // What one caller may see is not what another may: no shared cache keeps it.
        var prepared = answer.WithResultText(CacheScope, "public", "private");
        return passage.Form == FormKind.Full ? prepared : Told(request, prepared, passage);
    }

    /// <summary>The result with what really ran in it: a block of text for the model, facts for programs.</summary>
    private static McpMessage Told(McpMessage request, McpMessage answer, Passage.Open passage)
    {
        var facts = passage.Judgement is { } judgement
            ? Answers.FactsOf(judgement, passage.Form.ToName(), passage.Change)
            : throw new InvalidOperationException("a weaker form without a judgement");
        var told = answer.WithResultMember("_meta", Meta(answer.ResultMember("_meta"), facts));
        return request.Method == "tools/call" ? told.WithResultMember("content", Content(told, passage)) : told;
    }

    private static ReadOnlyMemory<byte> Content(McpMessage answer, Passage.Open passage)
    {
        var block = Answers.TextBlock(
            $"Vetopoint ran a weaker form of this call. What ran: {passage.Change}"
            + $" Why: {string.Join(' ', passage.Judgement!.Reasons)}");
        var content = answer.ResultMember("content");
        if (content.IsEmpty || content.Span[0] != (byte)'[')
            return Encoding.UTF8.GetBytes($"[{Encoding.UTF8.GetString(block)}]");
        var isEmpty = content.Span[1..^1].TrimStart(" \t\r\n"u8).IsEmpty;
        return (byte[])[.. content.Span[..^1], .. isEmpty ? ReadOnlySpan<byte>.Empty : ","u8, .. block, (byte)']'];
    }

    private static byte[] Meta(ReadOnlyMemory<byte> meta, byte[] facts)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (!meta.IsEmpty && meta.Span[0] == (byte)'{')
            {
                using var present = JsonDocument.Parse(meta);
                foreach (var member in present.RootElement.EnumerateObject())
                {
                    if (member.Name != "vetopoint")
                        member.WriteTo(json);
                }
            }

            json.WritePropertyName("vetopoint");
            json.WriteRawValue(facts);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
