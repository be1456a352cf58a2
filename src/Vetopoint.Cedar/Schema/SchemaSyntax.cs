using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Schema;

/// <summary>The declarations of a schema as written. Names of entity types and common types are full.</summary>
internal sealed record SchemaSyntax(
    ImmutableArray<NamespaceSyntax> Namespaces,
    ImmutableArray<EntitySyntax> Entities,
    ImmutableArray<ActionSyntax> Actions,
    ImmutableArray<CommonTypeSyntax> CommonTypes);

/// <summary>A namespace by its full name, which is never empty. What is declared in it says so itself.</summary>
internal sealed record NamespaceSyntax(string Name, ImmutableArray<Annotation> Annotations);

/// <summary>A name as written and where; it is looked up in its namespace first.</summary>
internal sealed record NameSyntax(string Namespace, string Name, Location Location, NameKind Kind = NameKind.Any);

/// <summary>What a name may mean. The human syntax never says; the JSON form usually does.</summary>
internal enum NameKind : byte
{
    Any,
    EntityType,
    CommonType,
}

/// <param name="Name">The full name.</param>
/// <param name="Location">Where the name stands.</param>
/// <param name="Attributes">Null when it has none. In the JSON form this may be the name of a record.</param>
/// <param name="Ids">The ids of an enumerated type; default when it is not.</param>
internal sealed record EntitySyntax(
    string Name,
    Location Location,
    ImmutableArray<NameSyntax> Parents,
    TypeSyntax? Attributes,
    TypeSyntax? Tags,
    ImmutableArray<string> Ids,
    ImmutableArray<Annotation> Annotations);

/// <param name="Namespace">Empty for the nameless one.</param>
/// <param name="Id">The action's id.</param>
/// <param name="Location">Where the id stands.</param>
/// <param name="Context">Null when none is given.</param>
internal sealed record ActionSyntax(
    string Namespace,
    string Id,
    Location Location,
    ImmutableArray<ActionReferenceSyntax> Parents,
    ImmutableArray<NameSyntax> Principals,
    ImmutableArray<NameSyntax> Resources,
    TypeSyntax? Context,
    ImmutableArray<Annotation> Annotations);

/// <param name="Type">The full type, or null for an action of the same namespace.</param>
/// <param name="Id">The action's id.</param>
/// <param name="Location">Where it stands.</param>
internal sealed record ActionReferenceSyntax(string? Type, string Id, Location Location);

/// <param name="Name">The full name.</param>
/// <param name="Location">Where the name stands.</param>
/// <param name="Type">What it stands for.</param>
internal sealed record CommonTypeSyntax(string Name, Location Location, TypeSyntax Type, ImmutableArray<Annotation> Annotations);

internal abstract record TypeSyntax(Location Location);

internal sealed record NamedTypeSyntax(Location Location, NameSyntax Name) : TypeSyntax(Location);

internal sealed record SetTypeSyntax(Location Location, TypeSyntax Element) : TypeSyntax(Location);

internal sealed record RecordTypeSyntax(Location Location, ImmutableArray<AttributeSyntax> Attributes) : TypeSyntax(Location);

internal sealed record AttributeSyntax(string Name, bool Required, TypeSyntax Type, ImmutableArray<Annotation> Annotations);
