using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Schema;

/// <summary>A resolved schema: entity types, actions, and what each action applies to. Immutable.</summary>
public sealed class CedarSchema
{
    private readonly SchemaSyntax _syntax;
    private readonly ImmutableDictionary<string, CedarType> _replaced;

    internal CedarSchema(
        SchemaSyntax syntax,
        ImmutableDictionary<string, CedarType> replaced,
        FrozenDictionary<string, EntityTypeDefinition> entityTypes,
        FrozenDictionary<EntityUid, ActionDefinition> actions,
        FrozenDictionary<string, CedarType> commonTypes)
    {
        _syntax = syntax;
        _replaced = replaced;
        EntityTypes = entityTypes;
        Actions = actions;
        CommonTypes = commonTypes;
        ActionEntities = ActionHierarchy.ToEntities(actions);
        ActionTypes = actions.Keys.Select(action => action.Type).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Entity types by full name.</summary>
    public FrozenDictionary<string, EntityTypeDefinition> EntityTypes { get; }

    /// <summary>Actions by name.</summary>
    public FrozenDictionary<EntityUid, ActionDefinition> Actions { get; }

    /// <summary>The entity of each action, with all its ancestors.</summary>
    internal FrozenDictionary<EntityUid, CedarEntity> ActionEntities { get; }

    /// <summary>The types of the declared actions.</summary>
    internal FrozenSet<string> ActionTypes { get; }

    /// <summary>Common types (<c>type Name = …</c>) by full name, resolved.</summary>
    public FrozenDictionary<string, CedarType> CommonTypes { get; }

    /// <summary>Reads a schema in the human syntax (<c>.cedarschema</c>); several sources make one schema.</summary>
    public static SchemaParseResult Parse(params IEnumerable<CedarSource> sources) =>
        Parse(sources, (source, problems) => new SchemaParser(new SourceMap(source), problems).Parse());

    /// <summary>Reads a schema in Cedar's JSON form; several sources make one schema.</summary>
    public static SchemaParseResult ParseJson(params IEnumerable<CedarSource> sources) => Parse(sources, SchemaJsonReader.Read);

    private static SchemaParseResult Parse(IEnumerable<CedarSource> sources, Func<CedarSource, ProblemList, SchemaSyntax> read)
    {
        var problems = new ProblemList();
        var files = new List<string>();
        var parts = new List<SchemaSyntax>();
        foreach (var source in sources)
        {
            files.Add(source.File);
            parts.Add(read(source, problems));
        }

        var syntax = new SchemaSyntax(
            [.. parts.SelectMany(part => part.Namespaces)],
            [.. parts.SelectMany(part => part.Entities)],
            [.. parts.SelectMany(part => part.Actions)],
            [.. parts.SelectMany(part => part.CommonTypes)]);
        var schema = SchemaResolver.Resolve(syntax, ImmutableDictionary<string, CedarType>.Empty, problems);
        var order = files.Select((file, index) => (file, index)).DistinctBy(pair => pair.file).ToDictionary(pair => pair.file, pair => pair.index);
        return new SchemaParseResult(
            schema, [.. problems.ToImmutable().OrderBy(problem => (order[problem.File], problem.Line, problem.Column))]);
    }

    /// <summary>The schema in the human syntax. Read again, it is the same schema; comments are not kept.</summary>
    public string ToText() => new SchemaTextWriter(this, _syntax, _replaced).Write();

    /// <summary>The schema in Cedar's JSON form. Read again, it is the same schema.</summary>
    public string ToJson() => SchemaJsonWriter.Write(this, _syntax, _replaced);

    /// <summary>The same schema with another definition of a declared common type, wherever it is used.</summary>
    /// <param name="name">The full name, such as <c>Vetopoint::Input</c>. It must be declared.</param>
    /// <param name="type">A complete type; the entity types it names must be declared.</param>
    /// <exception cref="ArgumentException">The name, or an entity type in <paramref name="type"/>, is not declared.</exception>
    public CedarSchema WithType(string name, CedarType type)
    {
        if (!CommonTypes.ContainsKey(name))
            throw new ArgumentException($"The schema declares no type `{name}`. Declare it as a placeholder.", nameof(name));
        if (FindUndeclared(type) is { } undeclared)
            throw new ArgumentException($"The schema declares no entity type `{undeclared}`. Declare it, or name another.", nameof(type));
        var problems = new ProblemList();
        return SchemaResolver.Resolve(_syntax, _replaced.SetItem(name, type), problems)
            ?? throw new ArgumentException($"The schema does not fit with this `{name}`: {problems.ToImmutable()[0].Message}", nameof(type));
    }

    private string? FindUndeclared(CedarType type) => type switch
    {
        EntityReferenceType reference => IsDeclared(reference.Name) ? null : reference.Name,
        SetType set => FindUndeclared(set.Element),
        RecordType record => record.Attributes.Select(attribute => FindUndeclared(attribute.Type)).FirstOrDefault(name => name is not null),
        _ => null,
    };

    private bool IsDeclared(string entityType) =>
        EntityTypes.ContainsKey(entityType) || ActionTypes.Contains(entityType);
}

/// <summary>What came of reading a schema.</summary>
/// <param name="Schema">Null when a problem is an error.</param>
/// <param name="Problems">In the order of the text.</param>
public sealed record SchemaParseResult(CedarSchema? Schema, ImmutableArray<Problem> Problems);

/// <summary>An entity type of a schema.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Parents">Full names of the types an entity of this one may be directly in.</param>
/// <param name="Attributes">What such an entity holds.</param>
/// <param name="Tags">The type of its tags; null when it has none.</param>
/// <param name="Ids">The only ids of an enumerated type; default when any id is good.</param>
/// <param name="Annotations">In the order they were written.</param>
public sealed record EntityTypeDefinition(
    string Name,
    ImmutableArray<string> Parents,
    RecordType Attributes,
    CedarType? Tags,
    ImmutableArray<string> Ids,
    ImmutableArray<Annotation> Annotations)
{
    /// <summary>Whether only listed ids exist.</summary>
    public bool IsEnumerated => !Ids.IsDefault;
}

/// <summary>An action of a schema.</summary>
/// <param name="Uid">Its name; the type's last part is <c>Action</c>.</param>
/// <param name="Parents">Action groups it is directly in.</param>
/// <param name="Principals">Full names of the types of principals it applies to; empty when it applies to nothing.</param>
/// <param name="Resources">Full names of the types of resources it applies to; empty when it applies to nothing.</param>
/// <param name="Context">What the context of a request for it holds.</param>
/// <param name="Annotations">In the order they were written.</param>
public sealed record ActionDefinition(
    EntityUid Uid,
    ImmutableArray<EntityUid> Parents,
    ImmutableArray<string> Principals,
    ImmutableArray<string> Resources,
    RecordType Context,
    ImmutableArray<Annotation> Annotations);
