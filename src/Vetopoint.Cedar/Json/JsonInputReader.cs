using System.Text.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>One walk over a JSON text of a stranger. What it costs grows with the length of the text and with nothing else.</summary>
internal ref struct JsonInputReader
{
    private readonly JsonMarks _marks = new();
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
            var record = ReadObject(type, 1);
            _json.Read();
            return new JsonMapping(record, _marks.ToImmutable());
        }
        catch (JsonException)
        {
            return Nothing("The text is not well-formed JSON.");
        }
    }

    private static JsonMapping Nothing(string why) => new(CedarRecord.Empty, [new NotUnderstood("", why)]);

    private CedarRecord ReadObject(RecordType? type, int depth)
    {
        var attributes = new Dictionary<string, CedarValue?>(StringComparer.Ordinal);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndObject)
        {
            var name = ReadText();
            _json.Read();
            if (name is null)
            {
                Mark("A name in this object is not well-formed Unicode.");
                _json.Skip();
                continue;
            }

            _marks.Enter(name);
            ReadMember(name, type, attributes, depth);
            _marks.Leave();
        }

        if (type is not null)
            MarkMissing(type, attributes);
        return CedarRecord.Of(attributes.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)));
    }

    private void ReadMember(string name, RecordType? type, Dictionary<string, CedarValue?> attributes, int depth)
    {
        AttributeDefinition? attribute = null;
        if (type is not null && !type.TryGet(name, out attribute))
        {
            Mark("The type has no such attribute.");
            _json.Skip();
        }
        else if (attributes.ContainsKey(name))
        {
            Mark("The name is given twice.");
            _json.Skip();
            attributes[name] = null;
        }
        else
        {
            attributes.Add(name, ReadValue(attribute?.Type, depth));
        }
    }

    private readonly void MarkMissing(RecordType type, Dictionary<string, CedarValue?> attributes)
    {
        foreach (var attribute in type.Attributes)
            if (attribute.Required && !attributes.ContainsKey(attribute.Name))
                Mark($"The attribute `{attribute.Name}` is required but missing.");
    }

    /// <summary>Reads the value the reader stands on, to its end; null when it is not understood.</summary>
    private CedarValue? ReadValue(CedarType? type, int depth)
    {
        switch (_json.TokenType)
        {
            case JsonTokenType.StartObject when type is not (null or RecordType):
            case JsonTokenType.StartArray when type is not (null or SetType):
                _json.Skip();
                return MarkType(type);
            case JsonTokenType.StartObject or JsonTokenType.StartArray when depth >= CedarLimits.JsonNestingMax:
                _json.Skip();
                return Mark($"The value nests deeper than {CedarLimits.JsonNestingMax} levels.");
            case JsonTokenType.StartObject:
                return ReadObject(type as RecordType, depth + 1);
            case JsonTokenType.StartArray:
                return ReadArray((type as SetType)?.Element, depth + 1);
            case JsonTokenType.String:
                return ReadText() is { } text ? OfText(text, type) : Mark("The text is not well-formed Unicode.");
            case JsonTokenType.Number:
                return ReadNumber(type);
            case JsonTokenType.True or JsonTokenType.False:
                return type is null || type == PrimitiveType.Bool ? CedarBool.Of(_json.TokenType == JsonTokenType.True) : MarkType(type);
            default:
                return Mark("Cedar has no null.");
        }
    }

    private CedarSet? ReadArray(CedarType? element, int depth)
    {
        var values = new List<CedarValue>();
        var marksBefore = _marks.Count;
        for (var index = 0; _json.Read() && _json.TokenType != JsonTokenType.EndArray; index++)
        {
            _marks.Enter(index);
            if (ReadValue(element, depth) is { } value)
                values.Add(value);
            _marks.Leave();
        }

        // A set that lacks a part is another value, not a lesser one.
        return _marks.Count == marksBefore ? CedarSet.Of(values) : null;
    }

    private readonly CedarValue? ReadNumber(CedarType? type)
    {
        if (type is not null && type != PrimitiveType.Long)
            return MarkType(type);
        return _json.TryGetInt64(out var number) ? CedarLong.Of(number) : Mark("The number is not an integer within 64 bits.");
    }

    private readonly CedarValue? OfText(string text, CedarType? type)
    {
        if (type is null || type == PrimitiveType.String)
            return new CedarString(text);
        return type is PrimitiveType { IsExtension: true } extension
            && ExtensionCalls.Construct(ExtensionText.ConstructorOf(extension), text, out _) is { } value
            ? value
            : MarkType(type);
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

    private readonly CedarValue? MarkType(CedarType? type) =>
        Mark($"The type wants {(type is RecordType ? "a record" : type is SetType ? "a set" : type?.ToString())}.");

    private readonly CedarValue? Mark(string why)
    {
        _marks.Add(why);
        return null;
    }
}
