using System.Collections.Frozen;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>Policies that agree on the action, each found by the one demand on principal or resource that fewest share.</summary>
internal sealed class ScopeBucket
{
    private readonly FrozenDictionary<EntityUid, CompiledPolicy[]> _resourceIs;
    private readonly FrozenDictionary<EntityUid, CompiledPolicy[]> _resourceIn;
    private readonly FrozenDictionary<string, CompiledPolicy[]> _resourceType;
    private readonly FrozenDictionary<EntityUid, CompiledPolicy[]> _principalIs;
    private readonly FrozenDictionary<EntityUid, CompiledPolicy[]> _principalIn;
    private readonly FrozenDictionary<string, CompiledPolicy[]> _principalType;
    private readonly CompiledPolicy[] _rest;
    private readonly ScopeProof _proof;
    private readonly bool _onlyRest;

    /// <param name="policies">Each once.</param>
    /// <param name="proof">What having found this bucket proves.</param>
    public ScopeBucket(List<CompiledPolicy> policies, ScopeProof proof)
    {
        _proof = proof;
        IsEmpty = policies.Count == 0;
        var shared = policies.SelectMany(KeysOf).CountBy(key => key).ToDictionary();
        var keyed = policies
            .GroupBy(policy => KeysOf(policy).DefaultIfEmpty(default).MinBy(key => shared.GetValueOrDefault(key)))
            .ToLookup(group => group.Key.Kind, group => (group.Key.Name, Policies: group.ToArray()));
        _resourceIs = ByName<EntityUid>(keyed[KeyKind.ResourceIs]);
        _resourceIn = ByName<EntityUid>(keyed[KeyKind.ResourceIn]);
        _resourceType = ByName<string>(keyed[KeyKind.ResourceType]);
        _principalIs = ByName<EntityUid>(keyed[KeyKind.PrincipalIs]);
        _principalIn = ByName<EntityUid>(keyed[KeyKind.PrincipalIn]);
        _principalType = ByName<string>(keyed[KeyKind.PrincipalType]);
        _rest = [.. keyed[KeyKind.None].SelectMany(group => group.Policies)];
        _onlyRest = _rest.Length == policies.Count;
    }

    private enum KeyKind
    {
        None,
        ResourceIs,
        PrincipalIs,
        ResourceIn,
        PrincipalIn,
        ResourceType,
        PrincipalType,
    }

    public bool IsEmpty { get; }

    public void AddTo(ref Candidates candidates, ref Frame frame)
    {
        candidates.Add(_rest, _proof);
        if (_onlyRest)
            return;
        if (_resourceIs.TryGetValue(frame.Resource, out var found))
            candidates.Add(found, _proof | ScopeProof.Resource);
        if (_principalIs.TryGetValue(frame.Principal, out found))
            candidates.Add(found, _proof | ScopeProof.Principal);
        if (_resourceType.TryGetValue(frame.Resource.Type, out found))
            candidates.Add(found, _proof);
        if (_principalType.TryGetValue(frame.Principal.Type, out found))
            candidates.Add(found, _proof);
        if (_resourceIn.Count > 0)
            AddAbove(_resourceIn, frame.Resource, ScopeProof.Resource, ref candidates, ref frame);
        if (_principalIn.Count > 0)
            AddAbove(_principalIn, frame.Principal, ScopeProof.Principal, ref candidates, ref frame);
    }

    /// <summary>Adds the policies that demand to be in this entity or in one that it is in.</summary>
    private void AddAbove(
        FrozenDictionary<EntityUid, CompiledPolicy[]> groups, EntityUid uid, ScopeProof proof, ref Candidates candidates, ref Frame frame)
    {
        var lookup = frame.Find(uid);
        if (lookup.Presence == EntityPresence.Unavailable)
        {
            // Nothing is proved then: each policy finds out by itself that it cannot be told.
            foreach (var group in groups.Values)
                candidates.Add(group, _proof);
            return;
        }

        if (groups.TryGetValue(uid, out var found))
            candidates.Add(found, _proof | proof);
        if (lookup.Entity is null)
            return;
        var ancestors = lookup.Entity.Ancestors;
        if (ancestors.Count <= groups.Count)
        {
            foreach (var ancestor in ancestors)
                if (groups.TryGetValue(ancestor, out found) && !ancestor.Equals(uid))
                    candidates.Add(found, _proof | proof);
            return;
        }

        foreach (var (ancestor, policies) in groups)
            if (ancestors.Contains(ancestor) && !ancestor.Equals(uid))
                candidates.Add(policies, _proof | proof);
    }

    /// <summary>What a policy can be found by, the narrower first.</summary>
    private static IEnumerable<Key> KeysOf(CompiledPolicy policy)
    {
        var (principal, resource) = (policy.Policy.Syntax.Principal, policy.Policy.Syntax.Resource);
        if (KeyOf(resource, KeyKind.ResourceIs, KeyKind.ResourceIn, KeyKind.ResourceType) is { } byResource)
            yield return byResource;
        if (KeyOf(principal, KeyKind.PrincipalIs, KeyKind.PrincipalIn, KeyKind.PrincipalType) is { } byPrincipal)
            yield return byPrincipal;
    }

    private static Key? KeyOf(ScopeSyntax scope, KeyKind equal, KeyKind inside, KeyKind type) => scope.Kind switch
    {
        ScopeKind.All => null,
        ScopeKind.Equal => new Key(equal, scope.Entities[0]),
        ScopeKind.In or ScopeKind.IsIn => new Key(inside, scope.Entities[0]),
        ScopeKind.InSet => throw new InvalidOperationException("Only an action is demanded to be in one of several."),
        ScopeKind.Is => new Key(type, scope.TypeName!),
    };

    private static FrozenDictionary<T, CompiledPolicy[]> ByName<T>(IEnumerable<(object Name, CompiledPolicy[] Policies)> groups)
        where T : class => groups.ToFrozenDictionary(group => (T)group.Name, group => group.Policies);

    private readonly record struct Key(KeyKind Kind, object Name);
}
