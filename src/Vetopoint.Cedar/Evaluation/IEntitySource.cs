using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Where a decision finds entities. It is asked only for those a policy looks into.</summary>
/// <remarks>It must not block and must answer alike during one decision. An exception is a fault, which the caller turns into a Deny.</remarks>
public interface IEntitySource
{
    /// <summary>Looks up one entity. Called from any number of threads.</summary>
    EntityLookup Find(EntityUid uid);
}

/// <summary>The answer of an <see cref="IEntitySource"/>. The zero value is <see cref="EntityPresence.Unavailable"/>.</summary>
public readonly struct EntityLookup : IEquatable<EntityLookup>
{
    private EntityLookup(EntityPresence presence, CedarEntity? entity)
    {
        Presence = presence;
        Entity = entity;
    }

    /// <summary>There is no such entity.</summary>
    public static EntityLookup Absent { get; } = new(EntityPresence.Absent, null);

    /// <summary>Whether there is such an entity cannot be told.</summary>
    public static EntityLookup Unavailable => default;

    /// <summary>Which of the three it is.</summary>
    public EntityPresence Presence { get; }

    /// <summary>Not null exactly when it was found.</summary>
    public CedarEntity? Entity { get; }

    /// <summary>There is such an entity.</summary>
    public static EntityLookup Found(CedarEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return new EntityLookup(EntityPresence.Found, entity);
    }

    /// <inheritdoc/>
    public bool Equals(EntityLookup other) => Presence == other.Presence && ReferenceEquals(Entity, other.Entity);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EntityLookup other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Presence, Entity?.Uid);

    /// <summary>Whether the two are equal.</summary>
    public static bool operator ==(EntityLookup left, EntityLookup right) => left.Equals(right);

    /// <summary>Whether the two are different.</summary>
    public static bool operator !=(EntityLookup left, EntityLookup right) => !left.Equals(right);
}

/// <summary>What is known of an entity. Zero is the safe one.</summary>
public enum EntityPresence
{
    /// <summary>Not known now: looking into it is an evaluation error.</summary>
    Unavailable = 0,

    /// <summary>Known not to exist.</summary>
    Absent,
    /// <summary>It exists.</summary>
    Found,
}
