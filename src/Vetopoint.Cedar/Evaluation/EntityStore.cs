using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>Entities held in memory. What it does not hold is absent.</summary>
public sealed class EntityStore : IEntitySource
{
    private readonly FrozenDictionary<EntityUid, CedarEntity> _entities;

    /// <exception cref="ArgumentException">Two entities have one name.</exception>
    public EntityStore(params IEnumerable<CedarEntity> entities)
    {
        var byUid = new Dictionary<EntityUid, CedarEntity>();
        foreach (var entity in entities)
            if (!byUid.TryAdd(entity.Uid, entity))
                throw new ArgumentException($"The entity `{entity.Uid}` is given twice. Give each entity once.", nameof(entities));
        _entities = byUid.ToFrozenDictionary();
    }

    /// <summary>A store in which every entity is absent.</summary>
    public static EntityStore Empty { get; } = new();

    /// <summary>All that it holds, in no order.</summary>
    public ImmutableArray<CedarEntity> Entities => _entities.Values;

    /// <inheritdoc/>
    public EntityLookup Find(EntityUid uid) =>
        _entities.TryGetValue(uid, out var entity) ? EntityLookup.Found(entity) : EntityLookup.Absent;
}
