using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>
/// Reads Cedar's own JSON of entities and contexts, from a trusted party: <c>__entity</c> and <c>__extn</c> escapes have
/// their meaning, and a schema's types may stand in for them. For anyone else's JSON there is <see cref="JsonInput"/>.
/// </summary>
public static class CedarJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = CedarLimits.JsonNestingMax, AllowDuplicateProperties = false };

    /// <summary>Reads an array of entities, up to the first problem.</summary>
    /// <exception cref="FormatException">The text is not Cedar's JSON of entities; the message says where and why.</exception>
    public static EntityStore ReadEntities(ReadOnlyMemory<byte> utf8, CedarSchema? schema = null)
    {
        using var document = Parse(utf8);
        return Read(document.RootElement, schema, null, new ProblemList())!;
    }

    /// <summary>
    /// Reads an array of entities and reports every problem of it. Entities given twice must be equal, and none may be in itself.
    /// </summary>
    public static EntityParseResult ReadEntities(CedarSource source, CedarSchema? schema = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var problems = new ProblemList();
        using var json = JsonText.Read(source, CedarLimits.JsonNestingMax, ProblemCodes.BadEntityJson, problems);
        var entities = json is null ? null : Read(json.Root, schema, json, problems);
        return new EntityParseResult(problems.HasErrors ? null : entities, problems.ToImmutable());
    }

    /// <summary>Entities as JSON, sorted by name. Each lists all its ancestors as parents, which means the same.</summary>
    public static string WriteEntities(EntityStore entities)
    {
        ArgumentNullException.ThrowIfNull(entities);
        return CedarJsonWriter.Write(json => CedarJsonWriter.Write(entities, json));
    }

    /// <summary>A record, such as a context, as JSON. What is no JSON of its own is written with <c>__entity</c> and <c>__extn</c>.</summary>
    /// <exception cref="ArgumentException">A record in it has an attribute of such a name, which the JSON form cannot say.</exception>
    public static string WriteRecord(CedarRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return CedarJsonWriter.Write(json => CedarJsonWriter.Write(record, json));
    }

    /// <summary>Reads entities; with a text to report to, goes on with the next one after a problem, else throws the first.</summary>
    private static EntityStore? Read(JsonElement root, CedarSchema? schema, JsonText? json, ProblemList problems)
    {
        var entities = new Dictionary<EntityUid, JsonEntity>();
        try
        {
            foreach (var element in Elements(root, ""))
            {
                Try(json, problems, () =>
                {
                    var entity = ReadEntity(element, schema);
                    if (!entities.TryAdd(entity.Uid, entity) && !entity.SameAs(entities[entity.Uid]))
                    {
                        throw new JsonFormException(
                            Required(element, "uid"), $"The entity `{entity.Uid}` is given twice, with different content.", "Keep one.");
                    }
                });
            }
        }
        catch (JsonFormException exception) when (json is not null)
        {
            json.Report(exception, ProblemCodes.BadEntityJson, problems);
            return null;
        }

        var made = new List<CedarEntity>(entities.Count);
        foreach (var entity in entities.Values)
            Try(json, problems, () => made.Add(new CedarEntity(entity.Uid, entity.Attributes, Ancestors(entity, entities), entity.Tags)));
        return new EntityStore(made);
    }

    private static void Try(JsonText? json, ProblemList problems, Action read)
    {
        try
        {
            read();
        }
        catch (JsonFormException exception) when (json is not null)
        {
            json.Report(exception, ProblemCodes.BadEntityJson, problems);
        }
    }

    /// <summary>Reads a record, such as a context.</summary>
    /// <exception cref="FormatException">The text is not Cedar's JSON of a record; the message says where and why.</exception>
    public static CedarRecord ReadRecord(ReadOnlyMemory<byte> utf8, RecordType? type = null)
    {
        using var document = Parse(utf8);
        return ReadRecord(document.RootElement, type, "");
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            RequireUnicode(utf8.Span);
            JsonNames.RequireUnique(utf8.Span, CedarLimits.JsonNestingMax);
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException exception)
        {
            throw new FormatException($"The text is not well-formed JSON: {exception.Message}", exception);
        }
    }

    /// <summary>The base library finds what is no Unicode only when it is asked for that text.</summary>
    private static void RequireUnicode(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
            throw new FormatException("The text is not UTF-8. Save it as UTF-8.");
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = CedarLimits.JsonNestingMax });
        try
        {
            while (reader.Read())
                if (reader.ValueIsEscaped)
                    reader.GetString();
        }
        catch (InvalidOperationException exception)
        {
            throw new FormatException(
                $"The string at byte {reader.TokenStartIndex} has half of a surrogate pair. Write both halves, or the character itself.", exception);
        }
    }

    private static JsonEntity ReadEntity(JsonElement element, CedarSchema? schema)
    {
        RequireKind(element, JsonValueKind.Object, "an entity");
        JsonShape.RequireMembers(element, "uid", "attrs", "parents", "tags");
        var uid = ReadUid(Required(element, "uid"), "");
        var definition = schema is not null && schema.EntityTypes.TryGetValue(uid.Type, out var found) ? found : null;
        var attributes = element.TryGetProperty("attrs", out var attrs)
            ? ReadRecord(attrs, definition?.Attributes, uid.ToString())
            : CedarRecord.Empty;
        var tags = element.TryGetProperty("tags", out var tagElement)
            ? ReadTags(tagElement, definition?.Tags, uid.ToString())
            : CedarRecord.Empty;
        var parents = element.TryGetProperty("parents", out var parentElements)
            ? Elements(parentElements, uid.ToString()).Select(parent => ReadUid(parent, uid.ToString())).ToHashSet()
            : [];
        return new JsonEntity(uid, attributes, tags, parents, Required(element, "uid"));
    }

    private static CedarRecord ReadTags(JsonElement element, CedarType? type, string path)
    {
        RequireKind(element, JsonValueKind.Object, path);
        return CedarRecord.Of(element.EnumerateObject().Select(tag =>
            KeyValuePair.Create(tag.Name, ReadValue(tag.Value, type, $"{path}/{tag.Name}"))));
    }

    private static CedarRecord ReadRecord(JsonElement element, RecordType? type, string path)
    {
        RequireKind(element, JsonValueKind.Object, path);
        return CedarRecord.Of(element.EnumerateObject().Select(property => KeyValuePair.Create(
            property.Name,
            ReadValue(
                property.Value,
                type is not null && type.TryGet(property.Name, out var attribute) ? attribute.Type : null,
                $"{path}/{property.Name}"))));
    }

    private static CedarValue ReadValue(JsonElement element, CedarType? type, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                return CedarBool.Of(element.ValueKind == JsonValueKind.True);
            case JsonValueKind.Number:
                return element.TryGetInt64(out var number)
                    ? CedarLong.Of(number)
                    : throw new JsonFormException(element, $"The number at `{path}` is not an integer within 64 bits.");
            case JsonValueKind.String:
                var text = Text(element, path);
                return type is PrimitiveType { IsExtension: true } extension
                    ? Construct(ExtensionText.ConstructorOf(extension), element, path)
                    : new CedarString(text);
            case JsonValueKind.Array:
                return CedarSet.Of(element.EnumerateArray().Select((item, index) => ReadValue(item, (type as SetType)?.Element, $"{path}/{index}")));
            case JsonValueKind.Object:
                return ReadObject(element, type, path);
            default:
                throw new JsonFormException(element, $"Cedar has no null, but one stands at `{path}`.", "Leave the attribute out.");
        }
    }

    private static CedarValue ReadObject(JsonElement element, CedarType? type, string path)
    {
        if (element.TryGetProperty("__entity", out var entity))
            return ReadUid(entity, path);
        if (element.TryGetProperty("__extn", out var extension) || type is PrimitiveType { IsExtension: true })
            return ReadExtension(extension.ValueKind == JsonValueKind.Undefined ? element : extension, path);
        return type is EntityReferenceType
            ? ReadUid(element, path)
            : ReadRecord(element, type as RecordType, path);
    }

    private static CedarValue ReadExtension(JsonElement element, string path)
    {
        RequireKind(element, JsonValueKind.Object, path);
        var name = Text(Required(element, "fn"), path);
        if (!ExtensionSignature.ByName.TryGetValue(name, out var signature))
            throw new JsonFormException(element, $"`{name}` at `{path}` is not a function of Cedar.", Suggestion.DidYouMean(name, ExtensionSignature.ByName.Keys));
        if (signature.IsConstructor)
            return Construct(signature.Function, Required(element, "arg"), path);
        var arguments = Elements(Required(element, "args"), path).Select(argument => ReadValue(argument, null, path)).ToArray();
        var fits = arguments.Select(argument => argument.Kind).SequenceEqual(signature.Parameters);
        return fits && ExtensionCalls.Call(signature.Function, arguments[0], arguments.ElementAtOrDefault(1), out _) is { } value
            ? value
            : throw new JsonFormException(element, $"`{name}` at `{path}` cannot be computed from its arguments.");
    }

    private static CedarValue Construct(ExtensionFunction function, JsonElement element, string path) =>
        ExtensionCalls.Construct(function, Text(element, path), out var error)
        ?? throw new JsonFormException(element, $"The text at `{path}` {error}.");

    private static EntityUid ReadUid(JsonElement element, string path)
    {
        RequireKind(element, JsonValueKind.Object, path);
        if (element.TryGetProperty("__entity", out var inner))
            element = inner;
        var type = Text(Required(element, "type"), path);
        if (!Names.IsPath(type))
            throw new JsonFormException(Required(element, "type"), $"`{type}` at `{path}` is not the name of an entity type.");
        return new EntityUid(type, Text(Required(element, "id"), path));
    }

    private static string Text(JsonElement element, string path)
    {
        RequireKind(element, JsonValueKind.String, path);
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new JsonFormException(element, $"The text at `{path}` is not well-formed Unicode.");
        }
    }

    private static JsonElement Required(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value
            : throw new JsonFormException(element, $"A member `{name}` is missing.");

    private static JsonElement.ArrayEnumerator Elements(JsonElement element, string path)
    {
        RequireKind(element, JsonValueKind.Array, path);
        return element.EnumerateArray();
    }

    private static void RequireKind(JsonElement element, JsonValueKind kind, string path)
    {
        if (element.ValueKind != kind)
            throw new JsonFormException(element, $"Found a JSON {element.ValueKind} at `{path}` where a JSON {kind} should stand.");
    }

    private static FrozenSet<EntityUid> Ancestors(JsonEntity entity, Dictionary<EntityUid, JsonEntity> entities)
    {
        var ancestors = new HashSet<EntityUid>();
        var open = new Stack<JsonEntity>([entity]);
        while (open.TryPop(out var next))
            foreach (var parent in next.Parents)
                if (ancestors.Add(parent) && entities.TryGetValue(parent, out var known))
                    open.Push(known);
        return ancestors.Contains(entity.Uid)
            ? throw new JsonFormException(entity.Place, $"The entity `{entity.Uid}` is in itself.", "Break the circle of parents.")
            : ancestors.ToFrozenSet();
    }

    private sealed record JsonEntity(EntityUid Uid, CedarRecord Attributes, CedarRecord Tags, HashSet<EntityUid> Parents, JsonElement Place)
    {
        public bool SameAs(JsonEntity other) =>
            Attributes.Equals(other.Attributes) && Tags.Equals(other.Tags) && Parents.SetEquals(other.Parents);
    }
}

/// <summary>What came of reading entities.</summary>
/// <param name="Entities">Null when a problem is an error.</param>
/// <param name="Problems">In the order of the text; circles of parents last.</param>
public sealed record EntityParseResult(EntityStore? Entities, ImmutableArray<Problem> Problems);
