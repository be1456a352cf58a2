using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Values;
using static Vetopoint.Cedar.Json.JsonShape;

namespace Vetopoint.Cedar.Schema;

/// <summary>Reads the types of a schema in Cedar's JSON form.</summary>
internal sealed class SchemaJsonTypeReader(JsonText json)
{
    private static readonly string[] Extensions = ["decimal", "ipaddr", "datetime", "duration"];

    private string _namespace = "";
    private int _nesting;

    public static ImmutableArray<Annotation> Annotations(JsonElement element)
    {
        if (Optional(element, "annotations") is not { } all)
            return [];
        var annotations = ImmutableArray.CreateBuilder<Annotation>();
        foreach (var annotation in Members(all))
        {
            if (!Names.IsIdentifier(annotation.Name))
                throw new JsonFormException(annotation, $"`{annotation.Name}` cannot be the name of an annotation.");
            annotations.Add(new Annotation(annotation.Name, annotation.Value.ValueKind == JsonValueKind.Null ? "" : Text(annotation.Value)));
        }

        return annotations.DrainToImmutable();
    }

    /// <summary>Called before a new declaration is read, because a problem may have left the count standing.</summary>
    public void Reset(string currentNamespace)
    {
        _namespace = currentNamespace;
        _nesting = 0;
    }

    /// <param name="type">The type.</param>
    /// <param name="beside">Members that may stand beside those of a type.</param>
    /// <exception cref="JsonFormException">The JSON is no type.</exception>
    public TypeSyntax Read(JsonElement type, params ReadOnlySpan<string> beside)
    {
        if (_nesting >= CedarLimits.NestingMax)
            throw new JsonFormException(type, $"The type nests deeper than {CedarLimits.NestingMax} levels.", "Name the inner types.");
        var location = json.At(type);
        var kind = Text(Member(type, "type"));
        _nesting++;
        try
        {
            switch (kind)
            {
                case "Set":
                    RequireMembers(type, ["type", "element", .. beside]);
                    return new SetTypeSyntax(location, Read(Member(type, "element")));
                case "Record":
                    RequireMembers(type, ["type", "attributes", "additionalAttributes", .. beside]);
                    if (Optional(type, "additionalAttributes") is { ValueKind: not JsonValueKind.False } open)
                        throw new JsonFormException(open, "Open records are not a part of Cedar.", "Leave `additionalAttributes` out.");
                    return new RecordTypeSyntax(location, [.. Members(Member(type, "attributes")).Select(ReadAttribute)]);
                case "Entity":
                    return Named(type, NameOf(Member(type, "name"), "an entity type", NameKind.EntityType), beside);
                case "EntityOrCommon":
                    return Named(type, NameOf(Member(type, "name"), "a type", NameKind.Any), beside);
                case "Extension":
                    var extension = Text(Member(type, "name"));
                    return Extensions.Contains(extension)
                        ? Named(type, Builtin(extension, location), beside)
                        : throw new JsonFormException(Member(type, "name"), $"`{extension}` is no extension of Cedar.", Suggestion.DidYouMean(extension, Extensions));
                default:
                    RequireMembers(type, ["type", .. beside]);
                    var name = kind is "Boolean" or "Long" or "String"
                        ? Builtin(kind == "Boolean" ? "Bool" : kind, location)
                        : NameOf(Member(type, "type"), "a type", NameKind.CommonType);
                    return new NamedTypeSyntax(location, name);
            }
        }
        finally
        {
            _nesting--;
        }
    }

    public NameSyntax NameOf(JsonElement element, string what, NameKind kind) =>
        new(_namespace, JsonShape.Path(element, what), json.At(element), kind);

    private static NamedTypeSyntax Named(JsonElement type, NameSyntax name, ReadOnlySpan<string> beside)
    {
        RequireMembers(type, ["type", "name", .. beside]);
        return new NamedTypeSyntax(name.Location, name);
    }

    private static NameSyntax Builtin(string name, Location location) => new("", $"{SchemaResolver.BuiltinNamespace}::{name}", location, NameKind.CommonType);

    private AttributeSyntax ReadAttribute(JsonProperty attribute)
    {
        Require(attribute.Value, JsonValueKind.Object);
        var required = Optional(attribute.Value, "required") switch
        {
            null or { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            { } other => throw new JsonFormException(other, "`required` is true or false."),
        };
        return new AttributeSyntax(attribute.Name, required, Read(attribute.Value, "required", "annotations"), Annotations(attribute.Value));
    }
}
