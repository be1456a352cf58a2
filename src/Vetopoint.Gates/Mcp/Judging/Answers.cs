using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Control.Decisions;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>Writes the answers the gate gives itself, in the shape the request's method and revision ask for.</summary>
internal static class Answers
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An answer to a request that did not go on: a tool's result that is an error, else a JSON-RPC error.</summary>
    /// <param name="hasOutputSchema">
    /// True when the tool promises a shape for its structured content: strict clients check it on errors too, so the facts
    /// then are in <c>_meta</c> alone.
    /// </param>
    public static byte[] Refused(McpMessage request, Refusal refusal, bool isStateless, bool hasOutputSchema) =>
        request.Method == "tools/call"
            ? ToolRefused(request, refusal, isStateless, hasOutputSchema)
            : Write(json =>
            {
                Open(json, request.Id);
                WriteError(json, Errors.Refused, refusal.ToText(), refusal);
            });

    /// <summary>A JSON-RPC error.</summary>
    /// <param name="id">The raw id; empty for none.</param>
    public static byte[] Error(ReadOnlyMemory<byte> id, int code, string message) => Write(json =>
    {
        Open(json, id);
        WriteError(json, code, message, null);
    });

    /// <summary>The answer to a message that was refused before it was judged.</summary>
    public static byte[] Problem(MessageProblem problem) =>
        Error(problem.Id, problem.JsonRpcCode, problem.ToString());

    /// <summary>The answer to a retry that mixes the answer to our question with others.</summary>
    public static byte[] MixedAnswers(McpMessage request) => Error(request.Id, Errors.InvalidParams,
        "VP5039: The request answers the offered link and something else. Repeat it with `inputResponses.vetopoint` alone.");

    /// <summary>The answer to a request of a revision that is not spoken here.</summary>
    public static byte[] UnsupportedRevision(ReadOnlyMemory<byte> id, string requested) => Write(json =>
    {
        Open(json, id);
        json.WriteStartObject("error");
        json.WriteNumber("code", Errors.UnsupportedProtocolVersion);
        json.WriteString("message", $"VP5020: The revision `{requested}` is not known. Use one of those in `data.supported`.");
        json.WriteStartObject("data");
        json.WriteStartArray("supported");
        foreach (var revision in Revisions.Known.Order(StringComparer.Ordinal))
            json.WriteStringValue(revision);
        json.WriteEndArray();
        json.WriteString("requested", requested);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Offers the approval of a hold as a link, in the way of 2025-11-25: an error that asks for the link to be opened.</summary>
    public static byte[] LinkRequired(McpMessage request, Refusal refusal, Uri link) => Write(json =>
    {
        Open(json, request.Id);
        json.WriteStartObject("error");
        json.WriteNumber("code", Errors.UrlElicitationRequired);
        json.WriteString("message", refusal.ToText());
        json.WriteStartObject("data");
        json.WriteStartArray("elicitations");
        json.WriteStartObject();
        WriteLink(json, refusal, link);
        json.WriteString("elicitationId", refusal.Hold.ToString());
        json.WriteEndObject();
        json.WriteEndArray();
        WriteFacts(json, refusal);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>Offers the approval of a hold as a link, in the way of 2026-07-28: a result that asks for input.</summary>
    public static byte[] LinkAsInput(McpMessage request, Refusal refusal, Uri link, string requestState) => Write(json =>
    {
        Open(json, request.Id);
        json.WriteStartObject("result");
        json.WriteString("resultType", "input_required");
        json.WriteStartObject("inputRequests");
        json.WriteStartObject(HoldLinks.InputName);
        json.WriteString("method", "elicitation/create");
        json.WriteStartObject("params");
        WriteLink(json, refusal, link);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("requestState", requestState);
        json.WriteEndObject();
    });

    /// <summary>Tells a waiting client that its call is still held.</summary>
    /// <param name="progressToken">The raw token of the call.</param>
    /// <param name="step">Grows by one with each notice.</param>
    public static byte[] HoldProgress(ReadOnlyMemory<byte> progressToken, int step, string message) => Write(json =>
    {
        json.WriteString("jsonrpc", "2.0");
        json.WriteString("method", "notifications/progress");
        json.WriteStartObject("params");
        json.WritePropertyName("progressToken");
        json.WriteRawValue(progressToken.Span);
        // Progress has to grow, and the upstream's own starts at zero after this: the steps stay far below its first.
        json.WriteNumber("progress", step * 1e-6);
        json.WriteString("message", message);
        json.WriteEndObject();
    });

    /// <summary>Tells an upstream that a request is not waited for any more.</summary>
    public static byte[] Cancelled(ReadOnlyMemory<byte> requestId, string reason) => Write(json =>
    {
        json.WriteString("jsonrpc", "2.0");
        json.WriteString("method", "notifications/cancelled");
        json.WriteStartObject("params");
        json.WritePropertyName("requestId");
        json.WriteRawValue(requestId.Span);
        json.WriteString("reason", reason);
        json.WriteEndObject();
    });

    /// <summary>The facts of a downgrade, for <c>_meta</c> of the result.</summary>
    public static byte[] FactsOf(Judgement judgement, string form, string change)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("verdict", judgement.Verdict.ToName());
            json.WriteString("attempt", judgement.Attempt?.ToString());
            json.WriteString("form", form);
            json.WriteString("ran", change);
            WriteTexts(json, "policies", judgement.Policies);
            WriteTexts(json, "reasons", judgement.Reasons);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>One block of text for the content of a tool's result.</summary>
    public static byte[] TextBlock(string text)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] ToolRefused(McpMessage request, Refusal refusal, bool isStateless, bool hasOutputSchema) =>
        Write(json =>
        {
            Open(json, request.Id);
            json.WriteStartObject("result");
            if (isStateless)
                json.WriteString("resultType", "complete");
            json.WriteStartArray("content");
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", refusal.ToText());
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteBoolean("isError", true);
            json.WriteStartObject(hasOutputSchema ? "_meta" : "structuredContent");
            WriteFacts(json, refusal);
            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static void WriteError(Utf8JsonWriter json, int code, string message, Refusal? refusal)
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        if (refusal is not null)
        {
            json.WriteStartObject("data");
            WriteFacts(json, refusal);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject("vetopoint");
        json.WriteString("verdict", refusal.Verdict.ToName());
        json.WriteString("code", refusal.Code);
        json.WriteString("attempt", refusal.Attempt?.ToString());
        if (refusal.Hold is { } hold)
            json.WriteString("hold", hold.ToString());
        if (refusal.ExpiresAt is { } expiresAt)
            json.WriteString("expires_at", expiresAt);
        WriteTexts(json, "policies", refusal.Policies);
        WriteTexts(json, "reasons", refusal.Reasons);
        WriteTexts(json, "would_allow", refusal.WouldAllow);
        json.WriteEndObject();
    }

    private static void WriteLink(Utf8JsonWriter json, Refusal refusal, Uri link)
    {
        json.WriteString("mode", "url");
        json.WriteString("url", link.AbsoluteUri);
        json.WriteString("message", refusal.ToText());
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Open(Utf8JsonWriter json, ReadOnlyMemory<byte> id)
    {
        json.WriteString("jsonrpc", "2.0");
        json.WritePropertyName("id");
        if (id.IsEmpty)
            json.WriteNullValue();
        else
            json.WriteRawValue(id.Span);
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
