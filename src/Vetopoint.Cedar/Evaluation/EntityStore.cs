using System.Collections.Frozen;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Entities held in memory. What it does not hold is absent.</summary>
public sealed class EntityStore : IEntitySource
{
    private readonly FrozenDictionary<EntityUid, CedarEntity> _entities;

    /// <exception cref="ArgumentException">Two different entities have one name.</exception>
    public EntityStore(params IEnumerable<CedarEntity> entities) =>
        _entities = entities.ToFrozenDictionary(entity => entity.Uid);

    public static EntityStore Empty { get; } = new();

    public EntityLookup Find(EntityUid uid) =>
        _entities.TryGetValue(uid, out var entity) ? EntityLookup.Found(entity) : EntityLookup.Absent;
}
