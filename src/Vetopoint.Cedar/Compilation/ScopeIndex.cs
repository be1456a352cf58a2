using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>
/// Finds the policies that can apply to a request by what their scopes demand, so that the cost of a decision follows
/// their number and not that of the set. It may find too many, never too few: each policy still tests its own scope.
/// </summary>
internal sealed class ScopeIndex
{
    private readonly FrozenDictionary<EntityUid, ScopeBucket> _byAction;
    private readonly FrozenDictionary<EntityUid, CedarEntity> _actions;
    private readonly ScopeBucket _anyAction;
    private readonly ScopeBucket _inAction;

    public ScopeIndex(CompiledPolicy[] policies, FrozenDictionary<EntityUid, CedarEntity> actions)
    {
        _actions = actions;
        var byAction = new Dictionary<EntityUid, List<CompiledPolicy>>();
        var anyAction = new List<CompiledPolicy>();
        var inAction = new List<CompiledPolicy>();
        foreach (var policy in policies)
        {
            var scope = policy.Policy.Syntax.Action;
            if (scope.Kind == ScopeKind.All)
            {
                anyAction.Add(policy);
                continue;
            }

            if (scope.Kind == ScopeKind.Equal)
            {
                ListFor(byAction, scope.Entities[0]).Add(policy);
                continue;
            }

            inAction.Add(policy);
            foreach (var (uid, action) in actions)
                if (scope.Entities.Any(group => group.Equals(uid) || action.Ancestors.Contains(group)))
                    ListFor(byAction, uid).Add(policy);
        }

        _byAction = byAction.ToFrozenDictionary(pair => pair.Key, pair => new ScopeBucket(pair.Value));
        _anyAction = new ScopeBucket(anyAction);
        _inAction = new ScopeBucket(inAction);
    }

    public Candidates Find(CedarRequest request)
    {
        var candidates = default(Candidates);
        _anyAction.AddTo(ref candidates, request);
        if (_byAction.TryGetValue(request.Action, out var bucket))
            bucket.AddTo(ref candidates, request);
        if (!_actions.ContainsKey(request.Action))
            _inAction.AddTo(ref candidates, request);
        return candidates;
    }

    private static List<CompiledPolicy> ListFor(Dictionary<EntityUid, List<CompiledPolicy>> lists, EntityUid uid)
    {
        if (!lists.TryGetValue(uid, out var list))
            lists.Add(uid, list = []);
        return list;
    }
}

/// <summary>Policies that agree on the action, by the one demand on resource or principal that rules out most.</summary>
internal sealed class ScopeBucket
{
    private readonly FrozenDictionary<EntityUid, CompiledPolicy[]> _byResource;
    private readonly FrozenDictionary<EntityUid, CompiledPolicy[]> _byPrincipal;
    private readonly FrozenDictionary<string, CompiledPolicy[]> _byResourceType;
    private readonly FrozenDictionary<string, CompiledPolicy[]> _byPrincipalType;
    private readonly CompiledPolicy[] _rest;

    public ScopeBucket(List<CompiledPolicy> policies)
    {
        var keyed = policies.ToLookup(KeyOf);
        _byResource = ByEntity(keyed[Key.Resource], policy => policy.Resource);
        _byPrincipal = ByEntity(keyed[Key.Principal], policy => policy.Principal);
        _byResourceType = ByType(keyed[Key.ResourceType], policy => policy.Resource);
        _byPrincipalType = ByType(keyed[Key.PrincipalType], policy => policy.Principal);
        _rest = [.. keyed[Key.None]];
    }

    private enum Key
    {
        None,
        Resource,
        Principal,
        ResourceType,
        PrincipalType,
    }

    public void AddTo(ref Candidates candidates, CedarRequest request)
    {
        candidates.Add(_rest);
        if (_byResource.TryGetValue(request.Resource, out var found))
            candidates.Add(found);
        if (_byPrincipal.TryGetValue(request.Principal, out found))
            candidates.Add(found);
        if (_byResourceType.TryGetValue(request.Resource.Type, out found))
            candidates.Add(found);
        if (_byPrincipalType.TryGetValue(request.Principal.Type, out found))
            candidates.Add(found);
    }

    private static Key KeyOf(CompiledPolicy policy)
    {
        var syntax = policy.Policy.Syntax;
        if (syntax.Resource.Kind == ScopeKind.Equal)
            return Key.Resource;
        if (syntax.Principal.Kind == ScopeKind.Equal)
            return Key.Principal;
        if (syntax.Resource.TypeName is not null)
            return Key.ResourceType;
        return syntax.Principal.TypeName is not null ? Key.PrincipalType : Key.None;
    }

    private static FrozenDictionary<EntityUid, CompiledPolicy[]> ByEntity(
        IEnumerable<CompiledPolicy> policies, Func<PolicySyntax, ScopeSyntax> scope) =>
        policies.GroupBy(policy => scope(policy.Policy.Syntax).Entities[0])
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    private static FrozenDictionary<string, CompiledPolicy[]> ByType(
        IEnumerable<CompiledPolicy> policies, Func<PolicySyntax, ScopeSyntax> scope) =>
        policies.GroupBy(policy => scope(policy.Policy.Syntax).TypeName!, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
}

/// <summary>The policies that can apply to one request, in groups. Lives on the stack.</summary>
internal struct Candidates
{
    /// <summary>Three buckets of five groups each.</summary>
    private const int GroupsMax = 15;

    private Groups _groups;

    public int GroupCount { get; private set; }

    public readonly CompiledPolicy[] Group(int index) => _groups[index]!;

    public readonly int PolicyCount
    {
        get
        {
            var count = 0;
            for (var i = 0; i < GroupCount; i++)
                count += _groups[i]!.Length;
            return count;
        }
    }

    public void Add(CompiledPolicy[] policies)
    {
        if (policies.Length > 0)
            _groups[GroupCount++] = policies;
    }

    [InlineArray(GroupsMax)]
    private struct Groups
    {
        private CompiledPolicy[]? _first;
    }
}
