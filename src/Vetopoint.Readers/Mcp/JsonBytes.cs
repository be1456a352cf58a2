using System.Text.Json;

namespace Vetopoint.Readers.Mcp;

/// <summary>Small look-ups in raw JSON that the envelope parser has already checked.</summary>
internal static class JsonBytes
{
    private static readonly JsonReaderOptions Checked = new() { MaxDepth = McpLimits.DepthMax + 1 };

    /// <summary>A reader over bytes that were checked before.</summary>
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> json) => new(json, Checked);

    /// <summary>The text of a raw JSON string; null when the value is absent or not a string.</summary>
    public static string? TextOf(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty || raw[0] != (byte)'"')
            return null;
        var reader = Reader(raw);
        reader.Read();
        return reader.GetString();
    }

    public static bool IsObject(ReadOnlySpan<byte> raw) => !raw.IsEmpty && raw[0] == (byte)'{';

    public static bool IsArray(ReadOnlySpan<byte> raw) => !raw.IsEmpty && raw[0] == (byte)'[';

    public static bool IsString(ReadOnlySpan<byte> raw) => !raw.IsEmpty && raw[0] == (byte)'"';

    public static bool IsNumber(ReadOnlySpan<byte> raw) => !raw.IsEmpty && raw[0] is (byte)'-' or >= (byte)'0' and <= (byte)'9';

    public static bool IsNull(ReadOnlySpan<byte> raw) => raw.SequenceEqual("null"u8);

    /// <summary>The raw value of a member of a raw object; empty when the object or the member is absent.</summary>
    public static ReadOnlyMemory<byte> Member(ReadOnlyMemory<byte> json, string name) =>
        TryFindMember(json.Span, name, out var value) ? value.Of(json) : default;

    /// <summary>Where the value of a member lies in a raw object.</summary>
    public static bool TryFindMember(ReadOnlySpan<byte> json, string name, out Slice value)
    {
        value = default;
        if (json.IsEmpty)
            return false;
        var reader = Reader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            value = ReadValue(ref reader);
            if (found)
                return true;
        }

        value = default;
        return false;
    }

    /// <summary>Reads the next value whole and says where it lies; the reader then stands on its last token.</summary>
    public static Slice ReadValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new Slice(start, (int)reader.BytesConsumed - start);
    }

    /// <summary>The members of a raw object with their raw values, in order; none when it is not an object.</summary>
    /// <param name="membersMax">How many are read at most.</param>
    public static List<(string Name, ReadOnlyMemory<byte> Value)> Members(
        ReadOnlyMemory<byte> json, int membersMax = int.MaxValue)
    {
        var members = new List<(string, ReadOnlyMemory<byte>)>();
        var reader = Reader(json.Span);
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return members;
        while (members.Count < membersMax && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            members.Add((name, ReadValue(ref reader).Of(json)));
        }

        return members;
    }

    /// <summary>The raw items of a raw array, in order; none when it is not an array.</summary>
    /// <param name="itemsMax">How many are read at most.</param>
    public static List<ReadOnlyMemory<byte>> Items(ReadOnlyMemory<byte> json, int itemsMax = int.MaxValue)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var reader = Reader(json.Span);
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            return items;
        while (items.Count < itemsMax && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(json[start..(int)reader.BytesConsumed]);
        }

        return items;
    }
}
