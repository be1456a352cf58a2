using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>What an attempt counts, computed from its recorded operations alone, so that a replay counts the same.</summary>
internal static class TaskBudget
{
    /// <summary>Objects that operations count; a number that is not known counts as some, but for a read as one.</summary>
    public static long ObjectsOf(ImmutableArray<OperationEntry> operations)
    {
        var sum = 0L;
        foreach (var operation in operations)
        {
            var objects = operation.Objects is { } known and >= 0
                ? known
                : operation.Effect == "read" ? 1 : ControlLimits.UnknownObjectsCountAs;
            sum = objects <= long.MaxValue - sum ? sum + objects : long.MaxValue;
        }

        return sum;
    }
}
