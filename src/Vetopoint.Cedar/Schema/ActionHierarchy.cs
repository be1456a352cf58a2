using System.Collections.Frozen;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Schema;

/// <summary>Which actions are in which.</summary>
internal static class ActionHierarchy
{
    /// <summary>The actions that are in themselves.</summary>
    public static List<EntityUid> FindCycle(List<ActionDefinition> actions)
    {
        var byUid = actions.ToDictionary(action => action.Uid);
        return [.. byUid.Keys.Where(uid => Ancestors(uid, byUid).Contains(uid))];
    }

    /// <summary>The entity of each action, with all its ancestors.</summary>
    public static FrozenDictionary<EntityUid, CedarEntity> ToEntities(IReadOnlyDictionary<EntityUid, ActionDefinition> actions) =>
        actions.Keys.ToFrozenDictionary(
            uid => uid,
            uid => new CedarEntity(uid, CedarRecord.Empty, Ancestors(uid, actions).ToFrozenSet(), CedarRecord.Empty));

    private static HashSet<EntityUid> Ancestors(EntityUid uid, IReadOnlyDictionary<EntityUid, ActionDefinition> actions)
    {
        var ancestors = new HashSet<EntityUid>();
        var open = new Stack<EntityUid>([uid]);
        while (open.TryPop(out var next))
        {
            if (!actions.TryGetValue(next, out var action))
                continue;
            foreach (var parent in action.Parents)
                if (ancestors.Add(parent))
                    open.Push(parent);
        }

        return ancestors;
    }
}
