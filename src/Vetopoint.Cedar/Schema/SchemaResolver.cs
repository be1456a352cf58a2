using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Schema;

/// <summary>
/// Gives every name of a schema its meaning. A name is looked up in its namespace, then in the nameless one, then among
/// Cedar's own.
/// </summary>
internal sealed class SchemaResolver
{
    public const string BuiltinNamespace = "__cedar";

    private static readonly FrozenDictionary<string, CedarType> Builtins = new Dictionary<string, CedarType>(StringComparer.Ordinal)
    {
        ["Bool"] = PrimitiveType.Bool,
        ["Boolean"] = PrimitiveType.Bool,
        ["Long"] = PrimitiveType.Long,
        ["String"] = PrimitiveType.String,
        ["decimal"] = PrimitiveType.Decimal,
        ["ipaddr"] = PrimitiveType.IpAddress,
        ["datetime"] = PrimitiveType.DateTime,
        ["duration"] = PrimitiveType.Duration,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ProblemList _problems;
    private readonly SchemaSyntax _syntax;
    private readonly Dictionary<string, EntitySyntax> _entities = new(StringComparer.Ordinal);
    private readonly HashSet<string> _actionTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CommonTypeSyntax> _commonTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CedarType> _resolved;
    private readonly HashSet<string> _resolving = new(StringComparer.Ordinal);

    /// <summary>How many types, written or named, are being resolved one inside the other.</summary>
    private int _depth;

    private SchemaResolver(SchemaSyntax syntax, ImmutableDictionary<string, CedarType> replaced, ProblemList problems)
    {
        _syntax = syntax;
        _problems = problems;
        _resolved = new Dictionary<string, CedarType>(replaced, StringComparer.Ordinal);
    }

    /// <summary>Resolves a schema; null when there is an error.</summary>
    /// <param name="syntax">The declarations.</param>
    /// <param name="replaced">Common types that were given another definition, by full name.</param>
    /// <param name="problems">Where problems go.</param>
    public static CedarSchema? Resolve(SchemaSyntax syntax, ImmutableDictionary<string, CedarType> replaced, ProblemList problems)
    {
        var resolver = new SchemaResolver(syntax, replaced, problems);
        resolver.Declare();
        var entityTypes = syntax.Entities.Select(resolver.ResolveEntity).ToList();
        var actions = resolver.ResolveActions();
        var commonTypes = resolver._commonTypes.Keys
            .ToDictionary(name => name, name => resolver.ResolveCommonType(name, resolver._commonTypes[name].Location), StringComparer.Ordinal);
        if (problems.HasErrors)
            return null;
        return new CedarSchema(
            syntax,
            replaced,
            entityTypes.ToFrozenDictionary(entity => entity.Name, StringComparer.Ordinal),
            actions.ToFrozenDictionary(action => action.Uid),
            commonTypes.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private void Declare()
    {
        foreach (var entity in _syntax.Entities)
        {
            if (Names.IsActionType(entity.Name))
            {
                _problems.Error(
                    ProblemCodes.ReservedType, entity.Location, "An entity type cannot be called `Action`.", "Declare actions with `action`.");
            }

            if (!_entities.TryAdd(entity.Name, entity))
                ReportDuplicate(entity.Name, "entity type", entity.Location, _entities[entity.Name].Location);
        }

        foreach (var type in _syntax.CommonTypes)
        {
            if (!_commonTypes.TryAdd(type.Name, type))
                ReportDuplicate(type.Name, "type", type.Location, _commonTypes[type.Name].Location);
            else if (_entities.TryGetValue(type.Name, out var entity))
                ReportDuplicate(type.Name, "type", type.Location, entity.Location);
        }

        foreach (var action in _syntax.Actions)
            _actionTypes.Add(ActionType(action.Namespace));
        CheckShadowing();
    }

    /// <summary>No namespace may use again what the nameless one declares: a reader could not tell which is meant.</summary>
    private void CheckShadowing()
    {
        var types = _syntax.Entities.Select(entity => (entity.Name, entity.Location))
            .Concat(_syntax.CommonTypes.Select(type => (type.Name, type.Location)));
        foreach (var (name, location) in types)
        {
            var end = name.LastIndexOf("::", StringComparison.Ordinal);
            if (end >= 0 && (_entities.ContainsKey(name[(end + 2)..]) || _commonTypes.ContainsKey(name[(end + 2)..])))
                ReportShadowing(name, name[(end + 2)..], location);
        }

        var nameless = _syntax.Actions
            .Where(action => action.Namespace.Length == 0)
            .Select(action => action.Id)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var action in _syntax.Actions)
            if (action.Namespace.Length > 0 && nameless.Contains(action.Id))
                ReportShadowing($"{ActionType(action.Namespace)}::{TextEscapes.Quote(action.Id)}", TextEscapes.Quote(action.Id), action.Location);
    }

    private void ReportShadowing(string name, string hidden, Location location) =>
        _problems.Error(
            ProblemCodes.Shadowing, location, $"`{name}` hides `{hidden}`, which is declared outside any namespace.",
            "Rename one of them.");

    private void ReportDuplicate(string name, string what, Location location, Location first) =>
        _problems.Error(ProblemCodes.DuplicateDeclaration, location, $"The {what} `{name}` is declared already, at {first}.", "Keep one.");

    private EntityTypeDefinition ResolveEntity(EntitySyntax entity) => new(
        entity.Name,
        [.. entity.Parents.Select(ResolveEntityName).OfType<string>()],
        ResolveWholeRecord(entity.Attributes, "The attributes of an entity type are a record, but this type is not.", ProblemCodes.WrongShape),
        entity.Tags is null ? null : Resolve(entity.Tags),
        entity.Ids,
        entity.Annotations);

    private List<ActionDefinition> ResolveActions()
    {
        var declared = new Dictionary<EntityUid, ActionSyntax>();
        foreach (var action in _syntax.Actions)
        {
            var uid = new EntityUid(ActionType(action.Namespace), action.Id);
            if (!declared.TryAdd(uid, action))
                ReportDuplicate(uid.ToString(), "action", action.Location, declared[uid].Location);
        }

        var actions = declared.Select(pair => new ActionDefinition(
            pair.Key,
            ResolveActionParents(pair.Value, declared),
            [.. pair.Value.Principals.Select(ResolveEntityName).OfType<string>()],
            [.. pair.Value.Resources.Select(ResolveEntityName).OfType<string>()],
            ResolveWholeRecord(pair.Value.Context, "A context is a record, but this type is not.", ProblemCodes.BadAppliesTo),
            pair.Value.Annotations)).ToList();
        foreach (var uid in ActionHierarchy.FindCycle(actions))
            _problems.Error(ProblemCodes.ActionCycle, declared[uid].Location, $"The action `{uid}` is in itself.", "Break the circle of `in`.");
        return actions;
    }

    private ImmutableArray<EntityUid> ResolveActionParents(ActionSyntax action, Dictionary<EntityUid, ActionSyntax> declared)
    {
        var parents = ImmutableArray.CreateBuilder<EntityUid>();
        foreach (var reference in action.Parents)
        {
            var uid = new EntityUid(reference.Type ?? ActionType(action.Namespace), reference.Id);
            if (reference.Type == Names.ActionTypeName && !declared.ContainsKey(uid) && action.Namespace.Length > 0)
                uid = new EntityUid(ActionType(action.Namespace), reference.Id);
            if (!declared.ContainsKey(uid))
            {
                _problems.Error(
                    ProblemCodes.UnknownActionParent, reference.Location, $"No action `{uid}` is declared.",
                    Suggestion.DidYouMean(uid.ToString(), declared.Keys.Select(known => known.ToString())));
            }

            parents.Add(uid);
        }

        return parents.DrainToImmutable();
    }

    /// <summary>A type that must be a record; empty when none is written.</summary>
    private RecordType ResolveWholeRecord(TypeSyntax? written, string whenNot, string code)
    {
        if (written is null)
            return RecordType.Empty;
        var before = _problems.Count;
        var type = Resolve(written);
        if (type is RecordType record)
            return record;
        if (_problems.Count == before)
            _problems.Error(code, written.Location, whenNot, null);
        return RecordType.Empty;
    }

    private static string ActionType(string ns) => ns.Length == 0 ? Names.ActionTypeName : $"{ns}::{Names.ActionTypeName}";

    private CedarType Resolve(TypeSyntax type)
    {
        if (_depth == CedarLimits.NestingMax)
        {
            ReportDepth(type.Location);
            return PrimitiveType.Bool;
        }

        _depth++;
        CedarType resolved = type switch
        {
            SetTypeSyntax set => CedarType.SetOf(Part(Resolve(set.Element), set.Location)),
            RecordTypeSyntax record => ResolveRecord(record),
            NamedTypeSyntax named => ResolveName(named.Name),
            _ => throw new InvalidOperationException($"No meaning known of {type.GetType().Name}."),
        };
        _depth--;
        return resolved;
    }

    private RecordType ResolveRecord(RecordTypeSyntax record) =>
        new(record.Attributes.Select(attribute => new AttributeDefinition(
            attribute.Name, Part(Resolve(attribute.Type), attribute.Type.Location), attribute.Required)));

    /// <summary>A type that something is made of; one that is too deep for that is reported and left out.</summary>
    private CedarType Part(CedarType type, Location location)
    {
        if (type.Depth < CedarLimits.NestingMax)
            return type;
        ReportDepth(location);
        return PrimitiveType.Bool;
    }

    private void ReportDepth(Location location) =>
        _problems.Error(
            ProblemCodes.TooDeep, location, $"With the types it names this type nests deeper than {CedarLimits.NestingMax} levels.",
            "Go through an entity type.");

    private CedarType ResolveName(NameSyntax name)
    {
        if (name.Kind == NameKind.EntityType)
            return ResolveEntityName(name) is { } entity ? CedarType.EntityOf(entity) : PrimitiveType.Bool;
        foreach (var candidate in Candidates(name))
        {
            if (_commonTypes.ContainsKey(candidate))
                return ResolveCommonType(candidate, name.Location);
            if (name.Kind == NameKind.CommonType)
                continue;
            if (_entities.ContainsKey(candidate) || _actionTypes.Contains(candidate))
                return CedarType.EntityOf(candidate);
        }

        var builtin = name.Name.StartsWith(BuiltinNamespace + "::", StringComparison.Ordinal)
            ? name.Name[(BuiltinNamespace.Length + 2)..]
            : name.Name;
        if (Builtins.TryGetValue(builtin, out var type))
            return type;
        _problems.Error(
            ProblemCodes.UnknownType, name.Location, $"No type `{name.Name}` is declared.",
            Suggestion.DidYouMean(name.Name, _commonTypes.Keys.Concat(_entities.Keys).SelectMany(Spellings(name)).Concat(Builtins.Keys)));
        return PrimitiveType.Bool;
    }

    private string? ResolveEntityName(NameSyntax name)
    {
        foreach (var candidate in Candidates(name))
        {
            if (_entities.ContainsKey(candidate) || _actionTypes.Contains(candidate))
                return candidate;

            // Another name of an entity type is as good as the type itself.
            if (name.Kind != NameKind.EntityType && _commonTypes.ContainsKey(candidate) && ResolveCommonType(candidate, name.Location) is EntityReferenceType reference)
                return reference.Name;
        }

        _problems.Error(
            ProblemCodes.UnknownEntityType, name.Location, $"No entity type `{name.Name}` is declared.",
            Suggestion.DidYouMean(name.Name, _entities.Keys.SelectMany(Spellings(name))));
        return null;
    }

    private CedarType ResolveCommonType(string name, Location location)
    {
        if (_resolved.TryGetValue(name, out var type))
            return type;
        if (!_resolving.Add(name))
        {
            _problems.Error(ProblemCodes.TypeCycle, location, $"The type `{name}` is made of itself.", "Go through an entity type instead.");
            return PrimitiveType.Bool;
        }

        type = Resolve(_commonTypes[name].Type);
        _resolving.Remove(name);
        _resolved[name] = type;
        return type;
    }

    internal static IEnumerable<string> Candidates(NameSyntax name)
    {
        if (name.Namespace.Length > 0 && !name.Name.Contains("::", StringComparison.Ordinal))
            yield return $"{name.Namespace}::{name.Name}";
        yield return name.Name;
    }

    /// <summary>How a full name may be written where this one stands.</summary>
    private static Func<string, IEnumerable<string>> Spellings(NameSyntax name) => full =>
        full.StartsWith(name.Namespace + "::", StringComparison.Ordinal) ? [full, full[(name.Namespace.Length + 2)..]] : [full];
}
