using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Control.Tools;

/// <summary>
/// What a pinned tool's JSON Schema says of its arguments, as a Cedar record type. Parts of the schema that have no Cedar type are
/// free: their values are mapped as they are, and no policy can name them.
/// </summary>
internal sealed class InputShape
{
    /// <summary>Nesting of a schema that is followed; deeper parts are free.</summary>
    private const int DepthMax = 16;

    private readonly ImmutableArray<string> _free;

    private InputShape(RecordType? type, ImmutableArray<string> free)
    {
        Type = type;
        _free = free;
    }

    /// <summary>Nothing is known of the arguments.</summary>
    public static InputShape Unknown { get; } = new(null, []);

    /// <summary>Null when nothing is known.</summary>
    public RecordType? Type { get; }

    /// <summary>Reads the shape out of a definition; a definition without a usable schema has none.</summary>
    public static InputShape Of(ReadOnlyMemory<byte> definition)
    {
        try
        {
            using var json = JsonDocument.Parse(definition);
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("inputSchema", out var schema)
                || schema.ValueKind != JsonValueKind.Object)
            {
                return Unknown;
            }

            var free = ImmutableArray.CreateBuilder<string>();
            return TypeOf(schema, "", 0, free) is RecordType record ? new InputShape(record, free.ToImmutable()) : Unknown;
        }
        catch (JsonException)
        {
            return Unknown;
        }
    }

    /// <summary>Maps arguments. What of them is not understood makes the whole attempt high-risk.</summary>
    public (CedarRecord Input, bool Understood) Map(ReadOnlySpan<byte> arguments)
    {
        var mapping = JsonInput.ToRecord(arguments, Type);
        if (mapping.NotUnderstood.IsEmpty || _free.IsEmpty)
            return (mapping.Record, mapping.NotUnderstood.IsEmpty);

        // What the schema leaves free cannot break it: there, only what no Cedar value can hold is not understood.
        foreach (var mark in mapping.NotUnderstood)
        {
            if (!IsFree(mark.Path))
                return (mapping.Record, false);
        }

        foreach (var mark in JsonInput.ToRecord(arguments, null).NotUnderstood)
        {
            if (IsFree(mark.Path))
                return (mapping.Record, false);
        }

        return (mapping.Record, true);
    }

    /// <summary>
    /// One type that every tool's arguments fit: each attribute optional. A name that two tools give different types is left out, as no
    /// policy could use it safely.
    /// </summary>
    public static RecordType Merge(IEnumerable<InputShape> shapes)
    {
        var types = new SortedDictionary<string, CedarType?>(StringComparer.Ordinal);
        foreach (var shape in shapes)
        {
            if (shape.Type is null)
                continue;
            foreach (var attribute in shape.Type.Attributes)
                types[attribute.Name] = types.TryGetValue(attribute.Name, out var known) && !attribute.Type.Equals(known) ? null : attribute.Type;
        }

        return new RecordType(types.Where(type => type.Value is not null).Select(type => new AttributeDefinition(type.Key, type.Value!, Required: false)));
    }

    private bool IsFree(string path)
    {
        foreach (var free in _free)
        {
            if (path == free || (path.Length > free.Length && path[free.Length] == '/' && path.StartsWith(free, StringComparison.Ordinal)))
                return true;
        }

        return false;
    }

    /// <returns>Null when the schema has no Cedar type; its place is then free.</returns>
    private static CedarType? TypeOf(JsonElement schema, string path, int depth, ImmutableArray<string>.Builder free)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > DepthMax || !schema.TryGetProperty("type", out var type))
            return null;
        return TypeName(type) switch
        {
            "string" => PrimitiveType.String,
            "integer" or "number" => PrimitiveType.Long,
            "boolean" => PrimitiveType.Bool,
            "array" => schema.TryGetProperty("items", out var items) && ElementType(items, depth) is { } element ? CedarType.SetOf(element) : null,
            "object" => RecordOf(schema, path, depth, free),
            _ => null,
        };
    }

    /// <summary>An element with a free part has no type of its own: a set holds one type.</summary>
    private static CedarType? ElementType(JsonElement items, int depth)
    {
        var free = ImmutableArray.CreateBuilder<string>();
        var type = TypeOf(items, "", depth + 1, free);
        return free.Count == 0 ? type : null;
    }

    private static RecordType? RecordOf(JsonElement schema, string path, int depth, ImmutableArray<string>.Builder free)
    {
        var attributes = new Dictionary<string, AttributeDefinition>(StringComparer.Ordinal);
        if (schema.TryGetProperty("properties", out var properties))
        {
            if (properties.ValueKind != JsonValueKind.Object)
                return null;
            foreach (var property in properties.EnumerateObject())
            {
                var place = $"{path}/{property.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
                if (TypeOf(property.Value, place, depth + 1, free) is { } type)
                    attributes[property.Name] = new AttributeDefinition(property.Name, type, Required: false);
                else
                    free.Add(place);
            }
        }
        else if (depth > 0)
        {
            return null; // an object of which nothing is said
        }

        return new RecordType(attributes.Values);
    }

    /// <summary>The one type a schema names; of a type and <c>null</c> the type, as a value that is null is absent to policies.</summary>
    private static string? TypeName(JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.String)
            return type.GetString();
        if (type.ValueKind != JsonValueKind.Array)
            return null;
        string? name = null;
        foreach (var item in type.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                return null;
            if (item.ValueEquals("null"))
                continue;
            if (name is not null)
                return null;
            name = item.GetString();
        }

        return name;
    }
}
