using System.Collections.Frozen;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>What one decision evaluates against. Lives on the stack of the thread that decides.</summary>
internal struct Frame
{
    private readonly IEntitySource _entities;
    private readonly FrozenDictionary<EntityUid, CedarEntity> _actions;
    private EntityLookup _principal;
    private EntityLookup _resource;
    private bool _principalKnown;
    private bool _resourceKnown;

    public Frame(CedarRequest request, IEntitySource entities, FrozenDictionary<EntityUid, CedarEntity> actions)
    {
        Principal = request.Principal;
        Action = request.Action;
        Resource = request.Resource;
        Context = request.Context;
        _entities = entities;
        _actions = actions;
    }

    public EntityUid Principal { get; }

    public EntityUid Action { get; }

    public EntityUid Resource { get; }

    public CedarRecord Context { get; set; }

    /// <summary>Why the last evaluation failed.</summary>
    public string? Error { get; private set; }

    public Operand Fail(string error)
    {
        Error = error;
        return Operand.Error;
    }

    public Operand FailType(string expected, Operand got) => Fail($"expected {expected}, got {got.KindName}");

    /// <summary>Looks an entity up. The principal and the resource are asked for once.</summary>
    public EntityLookup Find(EntityUid uid)
    {
        if (ReferenceEquals(uid, Principal))
        {
            if (!_principalKnown)
                (_principal, _principalKnown) = (Ask(uid), true);
            return _principal;
        }

        if (ReferenceEquals(uid, Resource))
        {
            if (!_resourceKnown)
                (_resource, _resourceKnown) = (Ask(uid), true);
            return _resource;
        }

        return Ask(uid);
    }

    /// <summary>Whether an entity is another one or in it, directly or not. True of every entity and itself, existing or not.</summary>
    public Operand IsIn(EntityUid uid, EntityUid ancestor)
    {
        if (uid.Equals(ancestor))
            return Operand.Of(true);
        var lookup = Find(uid);
        return lookup.Presence switch
        {
            EntityPresence.Found => Operand.Of(lookup.Entity!.Ancestors.Contains(ancestor)),
            EntityPresence.Absent => Operand.Of(false),
            EntityPresence.Unavailable => FailUnavailable(uid),
        };
    }

    public Operand FailUnavailable(EntityUid uid) => Fail($"entity `{uid}` is unavailable");

    private readonly EntityLookup Ask(EntityUid uid) =>
        _actions.TryGetValue(uid, out var action) ? EntityLookup.Found(action) : _entities.Find(uid);
}
