using System.Collections.Immutable;

namespace Vetopoint.Cedar.Schema;

/// <summary>What the names and types of a schema stand for, for those who write it.</summary>
internal sealed class SchemaNames(CedarSchema schema, ImmutableDictionary<string, CedarType> replaced)
{
    /// <summary>The full name of the common type a name stands for, or null when it stands for something else.</summary>
    public string? CommonTypeOf(NameSyntax name) =>
        name.Kind == NameKind.EntityType ? null : First(name) is { } full && schema.CommonTypes.ContainsKey(full) ? full : null;

    /// <summary>The full name of the entity type a name stands for, or null when it stands for something else.</summary>
    public string? EntityTypeOf(NameSyntax name) =>
        name.Kind == NameKind.CommonType ? null : First(name) is { } full && !schema.CommonTypes.ContainsKey(full) ? full : null;

    /// <summary>A type of Cedar, without its namespace.</summary>
    public static string BuiltinOf(NameSyntax name)
    {
        const string Prefix = SchemaResolver.BuiltinNamespace + "::";
        return name.Name.StartsWith(Prefix, StringComparison.Ordinal) ? name.Name[Prefix.Length..] : name.Name;
    }

    /// <summary>Whether a plain name means something declared where it stands.</summary>
    public bool IsDeclared(string ns, string name) => First(new NameSyntax(ns, name, default)) is not null;

    /// <summary>What a common type stands for: as written, or as it was replaced.</summary>
    public TypeSyntax DefinitionOf(CommonTypeSyntax type) => replaced.TryGetValue(type.Name, out var other) ? ToSyntax(other) : type.Type;

    /// <summary>A type that was made in code, as if it had been written, with full names.</summary>
    public static TypeSyntax ToSyntax(CedarType type) => type switch
    {
        SetType set => new SetTypeSyntax(default, ToSyntax(set.Element)),
        RecordType record => new RecordTypeSyntax(
            default, [.. record.Attributes.Select(attribute => new AttributeSyntax(attribute.Name, attribute.Required, ToSyntax(attribute.Type), []))]),
        EntityReferenceType entity => new NamedTypeSyntax(default, new NameSyntax("", entity.Name, default, NameKind.EntityType)),
        PrimitiveType primitive => new NamedTypeSyntax(
            default, new NameSyntax("", $"{SchemaResolver.BuiltinNamespace}::{primitive}", default, NameKind.CommonType)),
        _ => throw new InvalidOperationException($"No way known to write {type.GetType().Name}."),
    };

    private string? First(NameSyntax name)
    {
        foreach (var candidate in SchemaResolver.Candidates(name))
        {
            if (name.Kind != NameKind.EntityType && schema.CommonTypes.ContainsKey(candidate))
                return candidate;
            if (name.Kind != NameKind.CommonType && (schema.EntityTypes.ContainsKey(candidate) || schema.ActionTypes.Contains(candidate)))
                return candidate;
        }

        return null;
    }
}
