using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vetopoint.Ledger.Approvals;

/// <summary>What a person is shown before signing: one sentence, facts, and longer texts.</summary>
public sealed record ApprovalPaper(
    string Act, string Subject, string Summary, ImmutableArray<(string Name, string Value)> Facts,
    ImmutableArray<(string Title, ImmutableArray<string> Lines)> Sections)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The exact bytes that the statement's digest covers: JSON with sorted members and without white space.</summary>
    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("act"u8, Act);
            json.WriteStartArray("facts"u8);
            foreach (var (name, value) in Facts)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteString("value"u8, value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("sections"u8);
            foreach (var (title, lines) in Sections)
            {
                json.WriteStartObject();
                json.WriteStartArray("lines"u8);
                foreach (var line in lines)
                    json.WriteStringValue(line);
                json.WriteEndArray();
                json.WriteString("title"u8, title);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("subject"u8, Subject);
            json.WriteString("summary"u8, Summary);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The value of a fact; empty when there is none.</summary>
    public string FactOf(string name) => Facts.FirstOrDefault(fact => fact.Name == name).Value ?? "";

    /// <summary>The lines of a section; null when there is none.</summary>
    public ImmutableArray<string>? LinesOf(string title)
    {
        foreach (var section in Sections)
        {
            if (section.Title == title)
                return section.Lines;
        }

        return null;
    }

    /// <summary>Reads a paper; null when the bytes are none. Whether they are exactly what <see cref="Encode"/> makes of it is not checked here.</summary>
    public static ApprovalPaper? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var json = JsonElement.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return new ApprovalPaper(
                Text(json, "act"), Text(json, "subject"), Text(json, "summary"),
                [.. json.GetProperty("facts").EnumerateArray().Select(fact => (Text(fact, "name"), Text(fact, "value")))],
                [
                    .. json.GetProperty("sections").EnumerateArray().Select(section => (
                        Text(section, "title"),
                        (ImmutableArray<string>)[.. section.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!)])),
                ]);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
