using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>Turns JSON from an untrusted party into a Cedar record. Total: every input has an answer, and no number changes.</summary>
/// <remarks>
/// <para>An object becomes a record, an array a set, text a String, an integer within 64 bits a Long, true and false a Bool.</para>
/// <para>
/// Not understood, hence absent: null; every other number; a name given twice, with all its values; an array with a part
/// that is not understood; nesting beyond <see cref="CedarLimits.JsonNestingMax"/>; what does not fit the type.
/// The escapes of Cedar's own JSON (<c>__entity</c>, <c>__extn</c>) have no meaning here: nobody outside can name an
/// entity. Where the type wants a decimal, an address, a datetime or a duration, text in its form is read as one.
/// </para>
/// </remarks>
public static class JsonInput
{
    /// <summary>Maps a JSON object.</summary>
    /// <param name="utf8">The whole JSON text.</param>
    /// <param name="type">
    /// What the record must look like: what does not fit is omitted and marked. Null when nothing is known of it.
    /// </param>
    public static JsonMapping ToRecord(ReadOnlySpan<byte> utf8, RecordType? type)
    {
        var reader = new JsonInputReader(utf8);
        return reader.Read(type);
    }
}

/// <summary>One walk over a JSON text.</summary>
internal ref struct JsonInputReader
{
    private readonly ImmutableArray<NotUnderstood>.Builder _marks = ImmutableArray.CreateBuilder<NotUnderstood>();
    private Utf8JsonReader _json;

    public JsonInputReader(ReadOnlySpan<byte> utf8) =>

        // The reader's own limit would refuse the whole text; deep parts are skipped without recursion instead.
        _json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = int.MaxValue });

    public JsonMapping Read(RecordType? type)
    {
        try
        {
            _json.Read();
            if (_json.TokenType != JsonTokenType.StartObject)
                return Nothing("The text is not a JSON object.");
            var record = ReadObject(type, "", 1);
            _json.Read();
            return new JsonMapping(record, _marks.ToImmutable());
        }
        catch (JsonException)
        {
            return Nothing("The text is not well-formed JSON.");
        }
    }

    private static JsonMapping Nothing(string why) => new(CedarRecord.Empty, [new NotUnderstood("", why)]);

    private CedarRecord ReadObject(RecordType? type, string path, int depth)
    {
        var attributes = new Dictionary<string, CedarValue?>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            var name = ReadText();
            _json.Read();
            if (name is null)
            {
                Mark(path, "A name in this object is not well-formed Unicode.");
                _json.Skip();
                continue;
            }

            var inner = $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
            AttributeDefinition? attribute = null;
            if (type is not null && !type.TryGet(name, out attribute))
            {
                Mark(inner, "The type has no such attribute.");
                _json.Skip();
            }
            else if (attributes.ContainsKey(name))
            {
                Mark(inner, "The name is given twice.");
                _json.Skip();
                attributes[name] = null;
            }
            else
            {
                attributes.Add(name, ReadValue(attribute?.Type, inner, depth));
            }
        }

        if (type is not null)
            MarkMissing(type, attributes, path);
        return CedarRecord.Of(attributes.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)));
    }

    private void MarkMissing(RecordType type, Dictionary<string, CedarValue?> attributes, string path)
    {
        foreach (var attribute in type.Attributes)
            if (attribute.Required && !attributes.ContainsKey(attribute.Name))
                Mark(path, $"The attribute `{attribute.Name}` is required but missing.");
    }

    /// <summary>Reads the value the reader stands on, to its end; null when it is not understood.</summary>
    private CedarValue? ReadValue(CedarType? type, string path, int depth)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.StartObject when type is not (null or RecordType):
            case JsonTokenType.StartArray when type is not (null or SetType):
                _json.Skip();
                return Mark(path, $"The type wants {type}.");
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth >= CedarLimits.JsonNestingMax:
                _json.Skip();
                return Mark(path, $"The value nests deeper than {CedarLimits.JsonNestingMax} levels.");
            case JsonTokenType.StartObject:
                return ReadObject(type as RecordType, path, depth + 1);
            case JsonTokenType.StartArray:
                return ReadArray((type as SetType)?.Element, path, depth + 1);
            case JsonTokenType.String:
                return ReadText() is { } text ? OfText(text, type, path) : Mark(path, "The text is not well-formed Unicode.");
            case JsonTokenType.Number:
                return ReadNumber(type, path);
            case JsonTokenType.True or JsonTokenType.False:
                return type is null || type == PrimitiveType.Bool
                    ? CedarBool.Of(_json.TokenType == JsonTokenType.True)
                    : Mark(path, $"The type wants {type}.");
            default:
                return Mark(path, "Cedar has no null.");
        }
    }

    private CedarSet? ReadArray(CedarType? element, string path, int depth)
    {
        var values = new List<CedarValue>();
        var marksBefore = _marks.Count;
        for (var index = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; index++)
            if (ReadValue(element, $"{path}/{index}", depth) is { } value)
                values.Add(value);

        // A set that lacks a part is another value, not a lesser one.
        return _marks.Count == marksBefore ? CedarSet.Of(values) : null;
    }

    private CedarLong? ReadNumber(CedarType? type, string path)
    {
        if (type is not null && type != PrimitiveType.Long)
        {
            Mark(path, $"The type wants {type}.");
            return null;
        }

        if (_json.TryGetInt64(out var number))
            return CedarLong.Of(number);
        Mark(path, "The number is not an integer within 64 bits.");
        return null;
    }

    private CedarValue? OfText(string text, CedarType? type, string path)
    {
        if (type is null || type == PrimitiveType.String)
            return new CedarString(text);
        if (type is PrimitiveType { IsExtension: true } extension
            && ExtensionCalls.Construct(ExtensionText.ConstructorOf(extension), text, out _) is { } value)
            return value;
        return Mark(path, $"The type wants {type}.");
    }

    /// <summary>The text the reader stands on; null when it holds bytes or escapes that are no Unicode.</summary>
    private readonly string? ReadText()
    {
        try
        {
            return _json.GetString();
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for malformed UTF-8 and for half a surrogate pair; there is no call that only asks.
            return null;
        }
    }

    private readonly CedarValue? Mark(string path, string why)
    {
        _marks.Add(new NotUnderstood(path, why));
        return null;
    }
}
