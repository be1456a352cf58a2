using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vetopoint.Readers.Mcp.Tools;

/// <summary>
/// One byte string for all spellings of a JSON value that differ only in white space, order of members and escapes.
/// Numbers keep their text.
/// </summary>
internal static class CanonicalJson
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = McpLimits.DepthMax + 1 };

    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = McpLimits.DepthMax + 1,
    };

    /// <param name="json">One JSON value without duplicate names.</param>
    /// <param name="without">A member of the outermost object that does not count; null for none.</param>
    public static byte[] Of(ReadOnlyMemory<byte> json, string? without = null)
    {
        using var document = JsonDocument.Parse(json, Reading);
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            Write(writer, document.RootElement, without);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, string? without)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(static member => member.Name, StringComparer.Ordinal))
                {
                    if (member.Name == without)
                        continue;
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, null);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(writer, item, null);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(element.GetString());
                break;
            default:
                writer.WriteRawValue(element.GetRawText(), skipInputValidation: true);
                break;
        }
    }
}
