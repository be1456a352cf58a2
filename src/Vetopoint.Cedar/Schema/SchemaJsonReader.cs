using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;
using static Vetopoint.Cedar.Json.JsonShape;

namespace Vetopoint.Cedar.Schema;

/// <summary>Reads a schema in Cedar's JSON form. After a problem it goes on with the next declaration.</summary>
internal sealed class SchemaJsonReader
{
    private readonly JsonText _json;
    private readonly ProblemList _problems;
    private readonly ImmutableArray<NamespaceSyntax>.Builder _namespaces = ImmutableArray.CreateBuilder<NamespaceSyntax>();
    private readonly ImmutableArray<EntitySyntax>.Builder _entities = ImmutableArray.CreateBuilder<EntitySyntax>();
    private readonly ImmutableArray<ActionSyntax>.Builder _actions = ImmutableArray.CreateBuilder<ActionSyntax>();
    private readonly ImmutableArray<CommonTypeSyntax>.Builder _commonTypes = ImmutableArray.CreateBuilder<CommonTypeSyntax>();
    private readonly SchemaJsonTypeReader _types;

    private string _namespace = "";

    private SchemaJsonReader(JsonText json, ProblemList problems)
    {
        _json = json;
        _problems = problems;
        _types = new SchemaJsonTypeReader(json);
    }

    public static SchemaSyntax Read(CedarSource source, ProblemList problems)
    {
        using var json = JsonText.Read(source, CedarLimits.SchemaJsonNestingMax, ProblemCodes.BadSchemaJson, problems);
        return json is null ? new SchemaSyntax([], [], [], []) : new SchemaJsonReader(json, problems).Read();
    }

    private SchemaSyntax Read()
    {
        Try(() =>
        {
            foreach (var member in Members(_json.Root))
                Try(() => ReadNamespace(member));
        });
        return new SchemaSyntax(_namespaces.ToImmutable(), _entities.ToImmutable(), _actions.ToImmutable(), _commonTypes.ToImmutable());
    }

    private void ReadNamespace(JsonProperty member)
    {
        if (member.Name.Length > 0)
            RequireName(member, "a namespace", isPath: true);
        RequireMembers(member.Value, "entityTypes", "actions", "commonTypes", "annotations");
        _namespace = member.Name;
        _types.Reset(_namespace);
        if (_namespace.Length > 0)
            _namespaces.Add(new NamespaceSyntax(_namespace, SchemaJsonTypeReader.Annotations(member.Value)));
        ReadEach(member.Value, "commonTypes", ReadCommonType);
        ReadEach(member.Value, "entityTypes", ReadEntity);
        ReadEach(member.Value, "actions", ReadAction);
    }

    private void ReadEach(JsonElement ns, string kind, Action<JsonProperty> read)
    {
        if (Optional(ns, kind) is not { } all)
            return;
        foreach (var member in Members(all))
            Try(() => read(member));
    }

    private void ReadCommonType(JsonProperty type)
    {
        RequireName(type, "a type", isPath: false);
        if (SchemaTypeParser.IsReserved(type.Name))
        {
            _problems.Error(
                ProblemCodes.ReservedType, _json.At(type), $"`{type.Name}` is a type of Cedar and cannot be declared.", "Choose another name.");
            return;
        }

        _commonTypes.Add(new CommonTypeSyntax(
            Qualify(type.Name), _json.At(type), _types.Read(type.Value, "annotations"), SchemaJsonTypeReader.Annotations(type.Value)));
    }

    private void ReadEntity(JsonProperty entity)
    {
        RequireName(entity, "an entity type", isPath: false);
        RequireMembers(entity.Value, "memberOfTypes", "shape", "tags", "enum", "annotations");
        var location = _json.At(entity);
        var annotations = SchemaJsonTypeReader.Annotations(entity.Value);
        if (Optional(entity.Value, "enum") is { } ids)
        {
            foreach (var member in entity.Value.EnumerateObject())
                if (member.Name is not ("enum" or "annotations"))
                    throw new JsonFormException(member, $"`{member.Name}` cannot stand beside `enum`.", "The entities of an enumerated type have nothing but their ids.");
            ImmutableArray<string> listed = [.. Items(ids).Select(Text)];
            if (listed.IsEmpty)
                throw new JsonFormException(ids, "An enumerated type has no ids.", "List at least one.");
            _entities.Add(new EntitySyntax(Qualify(entity.Name), location, [], null, null, listed, annotations));
            return;
        }

        _entities.Add(new EntitySyntax(
            Qualify(entity.Name),
            location,
            EntityNames(entity.Value, "memberOfTypes"),
            Optional(entity.Value, "shape") is { } shape ? _types.Read(shape) : null,
            Optional(entity.Value, "tags") is { } tags ? _types.Read(tags) : null,
            default,
            annotations));
    }

    private void ReadAction(JsonProperty action)
    {
        RequireMembers(action.Value, "memberOf", "appliesTo", "attributes", "annotations");
        if (Optional(action.Value, "attributes") is { } attributes && Members(attributes).Any())
            throw new JsonFormException(attributes, "Actions have no attributes.", "Leave `attributes` out.");
        ImmutableArray<NameSyntax> principals = [];
        ImmutableArray<NameSyntax> resources = [];
        TypeSyntax? context = null;
        if (Optional(action.Value, "appliesTo") is { } appliesTo)
        {
            RequireMembers(appliesTo, "principalTypes", "resourceTypes", "context");
            Member(appliesTo, "principalTypes");
            Member(appliesTo, "resourceTypes");
            principals = EntityNames(appliesTo, "principalTypes");
            resources = EntityNames(appliesTo, "resourceTypes");
            if (Optional(appliesTo, "context") is { } written)
                context = _types.Read(written);
        }

        _actions.Add(new ActionSyntax(
            _namespace, action.Name, _json.At(action),
            Optional(action.Value, "memberOf") is { } groups ? [.. Items(groups).Select(ReadActionReference)] : [],
            principals, resources, context, SchemaJsonTypeReader.Annotations(action.Value)));
    }

    private ActionReferenceSyntax ReadActionReference(JsonElement reference)
    {
        RequireMembers(reference, "id", "type");
        var type = Optional(reference, "type") is { } given ? JsonShape.Path(given, "an action's type") : null;
        var id = Member(reference, "id");
        return new ActionReferenceSyntax(type, Text(id), _json.At(id));
    }

    private ImmutableArray<NameSyntax> EntityNames(JsonElement element, string member) =>
        Optional(element, member) is { } names
            ? [.. Items(names).Select(name => _types.NameOf(name, "an entity type", NameKind.EntityType))]
            : [];

    private static void RequireName(JsonProperty member, string what, bool isPath)
    {
        var parts = isPath ? member.Name.Split("::") : [member.Name];
        foreach (var part in parts)
        {
            if (!Names.IsIdentifier(part))
                throw new JsonFormException(member, $"`{member.Name}` cannot be the name of {what}.", "A name has letters, digits and `_`, and begins with no digit.");
            if (ReservedWords.Contains(part))
                throw new JsonFormException(member, $"`{part}` is a word of the Cedar language and cannot be the name of {what}.");
        }
    }

    private string Qualify(string name) => _namespace.Length == 0 ? name : $"{_namespace}::{name}";

    private void Try(Action read)
    {
        try
        {
            read();
        }
        catch (JsonFormException exception)
        {
            _json.Report(exception, ProblemCodes.BadSchemaJson, _problems);
        }
    }
}
