using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>What an attempt counts, computed from its recorded operations alone, so that a replay counts the same.</summary>
internal static class TaskBudget
{
    /// <summary>Objects with labelled data that operations count, counted in the same way.</summary>
    public static long SensitiveOf(ImmutableArray<OperationEntry> operations)
    {
        var sum = 0L;
        foreach (var operation in operations)
        {
            if (!operation.Target.Sensitivity.IsDefaultOrEmpty)
                sum = Sum(sum, ObjectsOf(operation));
        }

        return sum;
    }

    /// <summary>Objects that operations count; a number that is not known counts as some, but for a read as one.</summary>
    public static long ObjectsOf(ImmutableArray<OperationEntry> operations)
    {
        var sum = 0L;
        foreach (var operation in operations)
            sum = Sum(sum, ObjectsOf(operation));
        return sum;
    }

    /// <summary>A sum that stops at the largest number instead of beginning anew below zero.</summary>
    public static long Sum(long left, long right) => right <= long.MaxValue - left ? left + right : long.MaxValue;

    private static long ObjectsOf(OperationEntry operation) =>
        operation.Objects is { } known and >= 0
            ? known
            : operation.Effect == "read" ? 1 : ControlLimits.UnknownObjectsCountAs;
}
