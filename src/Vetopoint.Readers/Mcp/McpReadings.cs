using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// What the reader makes of a call, without running it: one line of JSON in, one line of JSON out.
/// <code>
/// { "server": "ops", "tool": { …definition… }, "call": { "jsonrpc": "2.0", … } or { "name": …, "arguments": … },
///   "mapping": { …the server's object in the config… }, "reviewed": false, "direction": "to-server",
///   "resources": { …a result of resources/list or resources/templates/list… } }
/// </code>
/// Only <c>call</c> is needed. The answer has <c>kind</c> (<c>action</c> or <c>protocol</c>), <c>understood</c>,
/// <c>operations</c>, <c>forms</c> and <c>suspicion</c>, or a <c>problem</c>.
/// </summary>
public static class McpReadings
{
    private const int LineBytesMax = 64 * 1024 * 1024;

    private static readonly string[] Members = ["server", "tool", "call", "mapping", "reviewed", "direction", "resources"];

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads one line. Whatever is wrong with it is in the answer: this never throws.</summary>
    public static string Explain(string line)
    {
        try
        {
            return Read(line);
        }
#pragma warning disable CA1031 // A line of a batch must not end the batch; what is wrong is said in its answer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Problem("VP3400", $"The line could not be read: {exception.GetType().Name}.", "This is a defect; please report it.");
        }
    }

    /// <summary>A reading as the members of a JSON object that is open.</summary>
    public static void Write(Utf8JsonWriter writer, Reading reading)
    {
        writer.WriteString("kind", reading.Kind == ReadingKind.Protocol ? "protocol" : "action");
        writer.WriteBoolean("understood", reading.Forms[0].Operations.All(static operation => operation.Understood));
        writer.WriteBoolean("reviewed", reading.Reviewed);
        writer.WriteString("suspicion", reading.Suspicion);
        writer.WritePropertyName("operations");
        Write(writer, reading.Forms[0]);
        writer.WriteStartArray("forms");
        foreach (var form in reading.Forms.Skip(1))
        {
            writer.WriteStartObject();
            writer.WriteString("form", JsonNamingPolicy.SnakeCaseLower.ConvertName(form.Kind.ToString()));
            writer.WriteString("change", form.Change);
            writer.WritePropertyName("operations");
            Write(writer, form);
            writer.WriteString("sends", form.Bytes.Span);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Read(string line)
    {
        var json = (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(line.Trim());
        if (json.Length > LineBytesMax)
            return Problem("VP3401", $"The line has more than {LineBytesMax} bytes.", "Send less in one line.");
        if (!EnvelopeParser.IsOneValue(json) || !JsonBytes.IsObject(json.Span))
            return Problem("VP3402", "The line is not one JSON object, or has a member twice.", "Send one object per line.");
        foreach (var (name, _) in JsonBytes.Members(json))
        {
            if (Array.IndexOf(Members, name) < 0)
            {
                return Problem("VP3403", $"There is no member `{PrintableText.Of(name, McpLimits.QuotedNameCharsMax)}`.",
                    Nearest.To(name, Members) is { } near ? $"Did you mean `{near}`?" : $"Known are: {string.Join(", ", Members)}.");
            }
        }

        if (!TryMessage(JsonBytes.Member(json, "call"), out var message, out var answer))
            return answer;
        var mapping = ServerMapping.Empty;
        if (JsonBytes.Member(json, "mapping") is { IsEmpty: false } mapped && !JsonBytes.IsNull(mapped.Span))
        {
            (var own, var problems) = ServerMapping.Parse(mapped, "mapping");
            if (own is null)
                return Problem(problems[0].Code, $"{problems[0].Path}: {problems[0].Message}", problems[0].Help);
            mapping = own;
        }

        ToolDefinition? definition = null;
        if (JsonBytes.Member(json, "tool") is { IsEmpty: false } tool && !JsonBytes.IsNull(tool.Span)
            && !ToolDefinition.TryParse(tool, out definition, out var refused))
        {
            return Problem(refused.Code, refused.Message, refused.Help);
        }

        if (definition is not null && message.NameText != definition.Name)
            return Problem("VP3404", "The definition is not of the tool that is called.", "Give the definition of the called tool.");
        return Explained(message, new ToolContext
        {
            Server = JsonBytes.TextOf(JsonBytes.Member(json, "server").Span) ?? "server",
            Direction = JsonBytes.TextOf(JsonBytes.Member(json, "direction").Span) == "to-client"
                ? McpDirection.ToClient
                : McpDirection.ToServer,
            Mapping = mapping,
            ResourceSchemes = ResourceSchemes.Of(JsonBytes.Member(json, "resources")),
            Definition = definition,
            Reviewed = JsonBytes.Member(json, "reviewed").Span.SequenceEqual("true"u8),
            Suspicion = definition is null ? null : ToolSuspicions.Of(definition) is { IsEmpty: false } reasons ? string.Join(' ', reasons) : null,
        });
    }

    /// <summary>The call as a message: as it is, or put into one.</summary>
    private static bool TryMessage(ReadOnlyMemory<byte> call, out McpMessage message, out string answer)
    {
        message = null!;
        answer = "";
        if (!JsonBytes.IsObject(call.Span))
        {
            answer = Problem("VP3405", "The line has no object `call`.", "Give it a message, or a `name` and `arguments`.");
            return false;
        }

        if (JsonBytes.Member(call, "jsonrpc").IsEmpty && JsonBytes.Member(call, "method").IsEmpty)
        {
            call = new[] { """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"""u8.ToArray(), call.ToArray(), "}"u8.ToArray() }
                .SelectMany(static part => part).ToArray();
        }

        if (McpMessage.TryParse(call, LineBytesMax, out var parsed, out var problem))
        {
            message = parsed;
            return true;
        }

        answer = Problem(problem.Code, problem.Message, problem.Help);
        return false;
    }

    private static string Explained(McpMessage message, ToolContext context)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, OneLine))
        {
            writer.WriteStartObject();
            writer.WriteString("server", context.Server);
            writer.WriteString("method", message.Method);
            writer.WriteString("name", message.NameText);
            Write(writer, McpReader.Read(message, context));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, Form form)
    {
        writer.WriteStartArray();
        foreach (var operation in form.Operations)
        {
            writer.WriteStartObject();
            writer.WriteString("effect", operation.Effect.ToName());
            Write(writer, "target", operation.Target);
            if (operation.Destination is { } destination)
                Write(writer, "destination", destination);
            WriteNumber(writer, "objects", operation.BlastRadius.Objects);
            writer.WriteString("reversible", JsonNamingPolicy.SnakeCaseLower.ConvertName(operation.BlastRadius.Reversibility.ToString()));
            writer.WriteString("knowledge", JsonNamingPolicy.SnakeCaseLower.ConvertName(operation.BlastRadius.Knowledge.ToString()));
            writer.WriteBoolean("understood", operation.Understood);
            writer.WriteStartArray("evidence");
            foreach (var evidence in operation.Evidence)
            {
                writer.WriteStartObject();
                writer.WriteString("source", JsonNamingPolicy.SnakeCaseLower.ConvertName(evidence.Source.ToString()));
                writer.WriteString("text", evidence.Text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, Target target)
    {
        writer.WriteStartObject(name);
        writer.WriteString("kind", target.Kind);
        writer.WriteString("name", PrintableText.Of(target.Name, McpLimits.TargetNameCharsMax));
        writer.WriteString("environment", target.Environment);
        writer.WriteStartArray("sensitivity");
        foreach (var label in target.Sensitivity)
            writer.WriteStringValue(label);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? number)
    {
        if (number is { } known)
            writer.WriteNumber(name, known);
        else
            writer.WriteNull(name);
    }

    private static string Problem(string code, string message, string help)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, OneLine))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("problem");
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            writer.WriteString("help", help);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
