using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vetopoint.Control.Acts;

/// <summary>What a person is shown before signing: one sentence, facts, and longer texts.</summary>
internal sealed record ActPaper(
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
}
