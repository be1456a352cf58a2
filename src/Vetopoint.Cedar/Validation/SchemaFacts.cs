using System.Collections.Frozen;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>What a validator asks of a schema again and again, computed once.</summary>
internal sealed class SchemaFacts
{
    private readonly FrozenDictionary<string, FrozenSet<string>> _ancestors;

    public SchemaFacts(CedarSchema schema)
    {
        Schema = schema;
        _ancestors = schema.EntityTypes.Keys.ToFrozenDictionary(name => name, AncestorsOf, StringComparer.Ordinal);
        Environments =
        [
            .. from action in schema.Actions.Values.OrderBy(action => action.Uid.ToString(), StringComparer.Ordinal)
               from principal in action.Principals.Distinct()
               from resource in action.Resources.Distinct()
               select new RequestEnvironment(principal, action, resource),
        ];
    }

    public CedarSchema Schema { get; }

    /// <summary>Every kind of request the schema allows.</summary>
    public List<RequestEnvironment> Environments { get; }

    /// <summary>The attributes of an entity type; null for a type the schema does not know. Actions have none.</summary>
    public RecordType? AttributesOf(string entityType) =>
        Schema.EntityTypes.TryGetValue(entityType, out var definition)
            ? definition.Attributes
            : Names.IsActionType(entityType) ? RecordType.Empty : null;

    public CedarType? TagsOf(string entityType) =>
        Schema.EntityTypes.TryGetValue(entityType, out var definition) ? definition.Tags : null;

    /// <summary>Whether an entity of one type may be an entity of another or in it.</summary>
    public bool MayBeIn(string type, string ancestor) => type == ancestor || MayHaveAncestor(type, ancestor);

    /// <summary>Whether an entity of one type may be in one of another, itself not counted.</summary>
    public bool MayHaveAncestor(string type, string ancestor) =>
        _ancestors.TryGetValue(type, out var ancestors) && ancestors.Contains(ancestor);

    /// <summary>Whether an action is another one or in it.</summary>
    public bool IsIn(EntityUid action, EntityUid ancestor) =>
        action.Equals(ancestor)
        || (Schema.ActionEntities.TryGetValue(action, out var entity) && entity.Ancestors.Contains(ancestor));

    /// <summary>The type of a literal; null when the schema does not know it.</summary>
    public CedarType? TypeOf(EntityUid uid) =>
        uid.IsAction
            ? Schema.Actions.ContainsKey(uid) ? CedarType.EntityOf(uid.Type) : null
            : Schema.EntityTypes.ContainsKey(uid.Type) ? CedarType.EntityOf(uid.Type) : null;

    private FrozenSet<string> AncestorsOf(string name)
    {
        var ancestors = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
            if (Schema.EntityTypes.TryGetValue(next, out var definition))
                foreach (var parent in definition.Parents)
                    if (ancestors.Add(parent))
                        open.Push(parent);
        return ancestors.ToFrozenSet(StringComparer.Ordinal);
    }
}

/// <summary>One kind of request: types of principal and resource, and the action.</summary>
internal sealed record RequestEnvironment(string PrincipalType, ActionDefinition Action, string ResourceType)
{
    public override string ToString() => $"a `{PrincipalType}` asking for `{Action.Uid}` on a `{ResourceType}`";
}
