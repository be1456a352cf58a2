using System.Collections.Immutable;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>
/// Checks requests and entities against a schema. What <see cref="Validator"/> proves of policies holds only for those that
/// conform. Meant for tests and for what comes from others; a decision does not need it to be safe.
/// </summary>
public sealed class Conformity
{
    private readonly SchemaFacts _facts;

    /// <summary>Checks against one schema; use it for many requests and entities.</summary>
    public Conformity(CedarSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        _facts = new SchemaFacts(schema);
    }

    /// <summary>All that does not conform; empty when the request does.</summary>
    public ImmutableArray<Nonconformity> Check(CedarRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var found = ImmutableArray.CreateBuilder<Nonconformity>();
        CheckUid(request.Principal, "principal", found);
        CheckUid(request.Resource, "resource", found);
        if (!_facts.Schema.Actions.TryGetValue(request.Action, out var action))
        {
            found.Add(new Nonconformity("action", $"The schema does not declare `{request.Action}`."));
            return found.DrainToImmutable();
        }

        if (!action.Principals.Contains(request.Principal.Type))
            found.Add(new Nonconformity("principal", $"`{action.Uid}` does not apply to a principal of type `{request.Principal.Type}`."));
        if (!action.Resources.Contains(request.Resource.Type))
            found.Add(new Nonconformity("resource", $"`{action.Uid}` does not apply to a resource of type `{request.Resource.Type}`."));
        CheckValue(request.Context, action.Context, "context", found);
        return found.DrainToImmutable();
    }

    /// <summary>All that does not conform; empty when the entity does.</summary>
    public ImmutableArray<Nonconformity> Check(CedarEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var found = ImmutableArray.CreateBuilder<Nonconformity>();
        if (entity.Uid.IsAction)
        {
            CheckAction(entity, found);
            return found.DrainToImmutable();
        }

        CheckUid(entity.Uid, "", found);
        if (!_facts.Schema.EntityTypes.TryGetValue(entity.Uid.Type, out var definition))
            return found.DrainToImmutable();
        CheckValue(entity.Attributes, definition.Attributes, "", found);
        for (var i = 0; i < entity.Tags.Count; i++)
        {
            var path = $".tags[{TextEscapes.Quote(entity.Tags.Names[i])}]";
            if (definition.Tags is null)
                found.Add(new Nonconformity(path, $"An entity of type `{definition.Name}` has no tags."));
            else
                CheckValue(entity.Tags.Values[i], definition.Tags, path, found);
        }

        foreach (var ancestor in entity.Ancestors)
        {
            CheckUid(ancestor, ".parents", found);
            if (!_facts.MayHaveAncestor(definition.Name, ancestor.Type))
                found.Add(new Nonconformity(".parents", $"An entity of type `{definition.Name}` cannot be in `{ancestor}`."));
        }

        return found.DrainToImmutable();
    }

    private void CheckAction(CedarEntity entity, ImmutableArray<Nonconformity>.Builder found)
    {
        if (!_facts.Schema.ActionEntities.TryGetValue(entity.Uid, out var declared))
            found.Add(new Nonconformity("", $"The schema does not declare `{entity.Uid}`."));
        else if (entity.Attributes.Count > 0 || entity.Tags.Count > 0 || !entity.Ancestors.SetEquals(declared.Ancestors))
            found.Add(new Nonconformity("", $"`{entity.Uid}` is not as the schema declares it."));
    }

    private void CheckUid(EntityUid uid, string path, ImmutableArray<Nonconformity>.Builder found)
    {
        if (uid.IsAction)
        {
            if (!_facts.Schema.Actions.ContainsKey(uid))
                found.Add(new Nonconformity(path, $"The schema does not declare `{uid}`."));
        }
        else if (!_facts.Schema.EntityTypes.TryGetValue(uid.Type, out var definition))
        {
            found.Add(new Nonconformity(path, $"The schema does not declare the entity type `{uid.Type}`."));
        }
        else if (definition.IsEnumerated && !definition.Ids.Contains(uid.Id))
        {
            found.Add(new Nonconformity(path, $"`{uid}` is none of the entities that type lists."));
        }
    }

    private void CheckValue(CedarValue value, CedarType type, string path, ImmutableArray<Nonconformity>.Builder found)
    {
        switch (value, type)
        {
            case (CedarRecord record, RecordType recordType):
                CheckRecord(record, recordType, path, found);
                break;
            case (CedarSet set, SetType setType):
                foreach (var element in set.Elements)
                    CheckValue(element, setType.Element, path + "[]", found);
                break;
            case (EntityUid uid, EntityReferenceType reference) when uid.Type == reference.Name:
                CheckUid(uid, path, found);
                break;
            default:
                if (PrimitiveOf(value.Kind) is not { } primitive || primitive != type)
                {
                    found.Add(new Nonconformity(
                        path, $"Here stands a {Operand.NameOf(value.Kind)}, but the schema wants `{TypeLattice.Shown(type)}`."));
                }

                break;
        }
    }

    private void CheckRecord(CedarRecord record, RecordType type, string path, ImmutableArray<Nonconformity>.Builder found)
    {
        for (var i = 0; i < record.Count; i++)
        {
            var inner = $"{path}[{TextEscapes.Quote(record.Names[i])}]";
            if (type.TryGet(record.Names[i], out var attribute))
                CheckValue(record.Values[i], attribute.Type, inner, found);
            else
                found.Add(new Nonconformity(inner, "The schema declares no such attribute."));
        }

        foreach (var attribute in type.Attributes)
            if (attribute.Required && !record.Has(attribute.Name))
                found.Add(new Nonconformity(path, $"The attribute `{attribute.Name}` is required but missing."));
    }

    private static PrimitiveType? PrimitiveOf(CedarValueKind kind) => kind switch
    {
        CedarValueKind.Bool => PrimitiveType.Bool,
        CedarValueKind.Long => PrimitiveType.Long,
        CedarValueKind.String => PrimitiveType.String,
        CedarValueKind.Decimal => PrimitiveType.Decimal,
        CedarValueKind.IpAddress => PrimitiveType.IpAddress,
        CedarValueKind.DateTime => PrimitiveType.DateTime,
        CedarValueKind.Duration => PrimitiveType.Duration,
        CedarValueKind.Entity => null,
        CedarValueKind.Set => null,
        CedarValueKind.Record => null,
    };
}

/// <summary>Something in a request or an entity that its schema does not allow.</summary>
/// <param name="Path">Where, as a policy would write it; empty for the whole.</param>
/// <param name="Why">A full sentence.</param>
public sealed record Nonconformity(string Path, string Why);
