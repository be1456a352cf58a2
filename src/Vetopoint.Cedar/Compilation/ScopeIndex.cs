using System.Collections.Frozen;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>
/// Finds the policies that can apply to a request by what their scopes demand, so that the cost of a decision follows
/// their number and not that of the set. It may find too many, never too few: each policy still tests what is not proved.
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
        var below = MembersByGroup(actions);
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
            foreach (var uid in scope.Entities.SelectMany(group => below.GetValueOrDefault(group) ?? []).Distinct())
                ListFor(byAction, uid).Add(policy);
        }

        _byAction = byAction.ToFrozenDictionary(pair => pair.Key, pair => new ScopeBucket(pair.Value, ScopeProof.Action));
        _anyAction = new ScopeBucket(anyAction, ScopeProof.Action);
        _inAction = new ScopeBucket(inAction, ScopeProof.None);
    }

    public void Find(ref Frame frame, ref Candidates candidates)
    {
        _anyAction.AddTo(ref candidates, ref frame);
        if (_byAction.TryGetValue(frame.Action, out var bucket))
            bucket.AddTo(ref candidates, ref frame);
        if (!_inAction.IsEmpty && !_actions.ContainsKey(frame.Action))
            _inAction.AddTo(ref candidates, ref frame);
    }

    /// <summary>The actions of the schema that are in an action, itself among them.</summary>
    private static Dictionary<EntityUid, List<EntityUid>> MembersByGroup(FrozenDictionary<EntityUid, CedarEntity> actions)
    {
        var below = new Dictionary<EntityUid, List<EntityUid>>();
        foreach (var (uid, action) in actions)
        {
            ListFor(below, uid).Add(uid);
            foreach (var group in action.Ancestors)
                ListFor(below, group).Add(uid);
        }

        return below;
    }

    private static List<T> ListFor<T>(Dictionary<EntityUid, List<T>> lists, EntityUid uid)
    {
        if (!lists.TryGetValue(uid, out var list))
            lists.Add(uid, list = []);
        return list;
    }
}

/// <summary>Which demands of a scope are known to be met, or to be none, because of where the index found the policy.</summary>
[Flags]
internal enum ScopeProof : byte
{
    None = 0,
    Principal = 1,
    Action = 2,
    Resource = 4,
}
