using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>Writes values and entities in Cedar's own JSON, so that they can be read without a schema.</summary>
internal static class CedarJsonWriter
{
    private static readonly JsonWriterOptions Readable =
        new() { Indented = true, MaxDepth = CedarLimits.PolicyJsonNestingMax, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    public static void Write(EntityStore entities, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var entity in entities.Entities.OrderBy(entity => entity.Uid.ToString(), StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WritePropertyName("uid");
            WriteUid(entity.Uid, json);
            json.WritePropertyName("attrs");
            Write(entity.Attributes, json);
            json.WriteStartArray("parents");
            foreach (var ancestor in entity.Ancestors.OrderBy(ancestor => ancestor.ToString(), StringComparer.Ordinal))
                WriteUid(ancestor, json);
            json.WriteEndArray();
            if (entity.Tags.Count > 0)
            {
                // Only names inside of values can be taken for escapes; the names of tags cannot.
                json.WriteStartObject("tags");
                for (var i = 0; i < entity.Tags.Count; i++)
                {
                    json.WritePropertyName(entity.Tags.Names[i]);
                    Write(entity.Tags.Values[i], json);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Write(CedarValue value, Utf8JsonWriter json)
    {
        switch (value)
        {
            case CedarBool boolean:
                json.WriteBooleanValue(boolean.Value);
                break;
            case CedarLong number:
                json.WriteNumberValue(number.Value);
                break;
            case CedarString text:
                json.WriteStringValue(text.Value);
                break;
            case EntityUid uid:
                json.WriteStartObject();
                json.WritePropertyName("__entity");
                WriteUid(uid, json);
                json.WriteEndObject();
                break;
            case CedarSet set:
                json.WriteStartArray();
                foreach (var element in set.Elements)
                    Write(element, json);
                json.WriteEndArray();
                break;
            case CedarRecord record:
                json.WriteStartObject();
                for (var i = 0; i < record.Count; i++)
                {
                    if (record.Names[i] is "__entity" or "__extn")
                        throw new ArgumentException($"A record has the attribute `{record.Names[i]}`, which Cedar's JSON would read as something else. Rename it.", nameof(value));
                    json.WritePropertyName(record.Names[i]);
                    Write(record.Values[i], json);
                }

                json.WriteEndObject();
                break;
            case CedarDateTime time:
                // No shape of a datetime holds every one, so it is written as its distance from a day that has one.
                json.WriteStartObject();
                json.WriteStartObject("__extn");
                json.WriteString("fn", "offset");
                json.WriteStartArray("args");
                WriteExtension("datetime", "1970-01-01", json);
                WriteExtension("duration", string.Create(CultureInfo.InvariantCulture, $"{time.Milliseconds}ms"), json);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            default:
                // Cedar's own text of such a value is a call of the function that makes it: `decimal("1.5")`.
                var call = value.ToString()!;
                var open = call.IndexOf('(', StringComparison.Ordinal);
                WriteExtension(call[..open], call[(open + 2)..^2], json);
                break;
        }
    }

    private static void WriteExtension(string function, string argument, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("__extn");
        json.WriteString("fn", function);
        json.WriteString("arg", argument);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteUid(EntityUid uid, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", uid.Type);
        json.WriteString("id", uid.Id);
        json.WriteEndObject();
    }
}
