using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Vetopoint.Api.Configuration;

/// <summary>The bytes of a config file, its values, and the places of both in lines and columns.</summary>
internal sealed class ConfigText
{
    private readonly byte[] _bytes;

    private ConfigText(string file, byte[] bytes)
    {
        File = file;
        _bytes = bytes;
    }

    public string File { get; }

    /// <summary>Null when the text is not JSON; the problems then say why.</summary>
    public ConfigNode? Root { get; private set; }

    public List<Problem> Problems { get; } = [];

    public static ConfigText Parse(string file, ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        var text = new ConfigText(file, bytes.ToArray());
        if (bytes.Length > ConfigLimits.FileBytesMax)
            text.Report("VP1011", 0, $"The config has {bytes.Length} bytes; it may have {ConfigLimits.FileBytesMax}.", "");
        else if (!Utf8.IsValid(bytes))
            text.Report("VP1001", text.FirstInvalidByte(), "The config is not valid UTF-8 here.", "Save it as UTF-8.");
        else
            text.ParseRoot();
        return text;
    }

    public void Report(string code, int offset, string message, string help)
    {
        var (line, column) = PlaceOf(offset);
        Problems.Add(new Problem(code, File, line, column, message, help));
    }

    /// <summary>A value as written, at its own line and column: all that is before it is blank.</summary>
    /// <remarks>Whoever parses the copy reports places that are right in the file.</remarks>
    public byte[] InPlace(ConfigNode node)
    {
        var copy = _bytes.AsSpan(0, node.End).ToArray();
        for (var i = 0; i < node.Offset; i++)
        {
            if (copy[i] != (byte)'\n')
                copy[i] = (byte)' ';
        }

        return copy;
    }

    private void ParseRoot()
    {
        var reader = new Utf8JsonReader(_bytes, new JsonReaderOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
            MaxDepth = ConfigLimits.DepthMax,
        });
        try
        {
            reader.Read();
            var root = ReadValue(ref reader);
            reader.Read(); // anything after the value is refused by the reader
            Root = root;
        }
        catch (JsonException fault)
        {
            Problems.Add(new Problem("VP1001", File, (int)(fault.LineNumber ?? 0) + 1, (int)(fault.BytePositionInLine ?? 0) + 1,
                "The config is not valid JSON here.", "Comments and trailing commas are fine; look for a missing comma, quote or brace."));
        }
        catch (InvalidOperationException)
        {
            // The reader says so for an escape that is half a surrogate pair.
            Report("VP1001", (int)reader.TokenStartIndex, "This string has half of a surrogate pair.", "Write the character itself.");
        }
    }

    private ConfigNode ReadValue(ref Utf8JsonReader reader)
    {
        var offset = (int)reader.TokenStartIndex;
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => ReadObject(ref reader, offset),
            JsonTokenType.StartArray => ReadArray(ref reader, offset),
            JsonTokenType.String => Leaf(ref reader, JsonValueKind.String, offset, reader.GetString()!),
            JsonTokenType.Number => Leaf(ref reader, JsonValueKind.Number, offset, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.True => Leaf(ref reader, JsonValueKind.True, offset, ""),
            JsonTokenType.False => Leaf(ref reader, JsonValueKind.False, offset, ""),
            _ => Leaf(ref reader, JsonValueKind.Null, offset, ""),
        };
    }

    private static ConfigNode Leaf(ref Utf8JsonReader reader, JsonValueKind kind, int offset, string text) =>
        new() { Kind = kind, Offset = offset, End = (int)reader.BytesConsumed, Text = text };

    private ConfigNode ReadObject(ref Utf8JsonReader reader, int offset)
    {
        var members = new List<ConfigMember>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var nameOffset = (int)reader.TokenStartIndex;
            var name = reader.GetString()!;
            reader.Read();
            var value = ReadValue(ref reader);
            if (seen.Add(name))
                members.Add(new ConfigMember(name, nameOffset, value));
            else
                Report("VP1002", nameOffset, $"The key `{name}` stands twice in the same object.", "Keep one of them.");
        }

        return new ConfigNode { Kind = JsonValueKind.Object, Offset = offset, End = (int)reader.BytesConsumed, Members = members };
    }

    private ConfigNode ReadArray(ref Utf8JsonReader reader, int offset)
    {
        var items = new List<ConfigNode>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(ReadValue(ref reader));
        return new ConfigNode { Kind = JsonValueKind.Array, Offset = offset, End = (int)reader.BytesConsumed, Items = items };
    }

    private (int Line, int Column) PlaceOf(int offset)
    {
        var before = _bytes.AsSpan(0, Math.Min(offset, _bytes.Length));
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    private int FirstInvalidByte()
    {
        var consumed = 0;
        while (consumed < _bytes.Length
            && Rune.DecodeFromUtf8(_bytes.AsSpan(consumed), out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            consumed += length;
        }

        return consumed;
    }
}
