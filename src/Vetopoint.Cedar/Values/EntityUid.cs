using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Cedar.Values;

/// <summary>The name of an entity, <c>Type::"id"</c>. The entity itself may or may not exist.</summary>
[SuppressMessage("Design", "CA1067", Justification = "Every value overrides Equals(object) already, once and sealed.")]
public sealed class EntityUid : CedarValue, IEquatable<EntityUid>
{
    private readonly int _hash;

    /// <param name="type">The full name of the entity type, such as <c>Vetopoint::Tool</c>.</param>
    /// <param name="id">Any well-formed text.</param>
    /// <exception cref="ArgumentException">The type is not a path of identifiers, or the id is not well-formed.</exception>
    public EntityUid(string type, string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!Names.IsPath(type))
            throw new ArgumentException($"`{type}` is not the name of an entity type. Write it as `Namespace::Name`.", nameof(type));
        if (!TextEscapes.IsWellFormed(id))
            throw new ArgumentException("The id has half of a surrogate pair. Give well-formed Unicode.", nameof(id));
        Type = type;
        Id = id;
        _hash = HashCode.Combine(
            StringComparer.Ordinal.GetHashCode(type), StringComparer.Ordinal.GetHashCode(id));
    }

    /// <summary>The full name of its type.</summary>
    public string Type { get; }

    /// <summary>What it is called among those of its type.</summary>
    public string Id { get; }

    /// <summary>Whether this names an action: the last part of its type is <c>Action</c>.</summary>
    public bool IsAction => Names.IsActionType(Type);

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Entity;

    /// <summary>Reads a name as policies write it: <c>Type::"id"</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out EntityUid? uid) => Syntax.EntityText.TryRead(text, out uid);

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) => ReferenceEquals(this, other) || Equals(other as EntityUid);

    /// <inheritdoc/>
    public bool Equals(EntityUid? other) =>
        ReferenceEquals(this, other)
        || (other is not null && other._hash == _hash
            && string.Equals(other.Id, Id, StringComparison.Ordinal)
            && string.Equals(other.Type, Type, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString() => Type + "::" + TextEscapes.Quote(Id);
}
