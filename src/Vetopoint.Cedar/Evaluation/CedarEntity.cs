using System.Collections.Frozen;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>An entity as policies see it. Immutable.</summary>
/// <param name="uid">Its name.</param>
/// <param name="attributes">Its attributes.</param>
/// <param name="ancestors">Every entity it is in, directly or not, without itself.</param>
/// <param name="tags">Its tags by key.</param>
public sealed class CedarEntity(EntityUid uid, CedarRecord attributes, FrozenSet<EntityUid> ancestors, CedarRecord tags)
{
    /// <summary>Its name.</summary>
    public EntityUid Uid { get; } = uid;

    /// <summary>Its attributes.</summary>
    public CedarRecord Attributes { get; } = attributes;

    /// <summary>Every entity it is in, directly or not, without itself.</summary>
    public FrozenSet<EntityUid> Ancestors { get; } = ancestors;

    /// <summary>Its tags by key.</summary>
    public CedarRecord Tags { get; } = tags;

    /// <summary>An entity that is in nothing and has no tags.</summary>
    public CedarEntity(EntityUid uid, CedarRecord attributes)
        : this(uid, attributes, FrozenSet<EntityUid>.Empty, CedarRecord.Empty)
    {
    }
}
