using Orleans.Concurrency;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// One task. A turn judges, reserves the place in the chain and the budget, and enqueues the entry; whoever needs it on disk waits
/// for it with <see cref="WhenDurableAsync"/>, outside the turn. The key is the task's id.
/// </summary>
internal interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>Writes the first entry.</summary>
    Task<Written> OpenAsync([Immutable] TaskOpened opened);

    /// <summary>What the task is; null when it was never opened. Activates it, which brings its holds back.</summary>
    Task<TaskSummary?> DescribeAsync();

    /// <summary>Judges an attempt and enqueues its intent.</summary>
    Task<Ruling> JudgeAsync([Immutable] AttemptFacts attempt);

    /// <summary>Waits until an entry of this task is on disk.</summary>
    /// <param name="sequence">Its place.</param>
    /// <param name="epoch">The epoch of the task when it was enqueued.</param>
    /// <returns>Null when it is; else why it cannot be relied on.</returns>
    [AlwaysInterleave]
    Task<string?> WhenDurableAsync(long sequence, long epoch);

    /// <summary>Enqueues the outcome of an attempt that may have run.</summary>
    Task<Written> CompleteAsync(long attempt, [Immutable] Outcome outcome);

    /// <summary>Enqueues the end of a hold, if it still waits.</summary>
    Task<Resolved> ResolveAsync(long hold, [Immutable] HoldResolved resolution);

    /// <summary>Ends a hold whose time is over.</summary>
    Task ExpireAsync(long hold);

    /// <summary>A hold of this task; null when there is none of that number.</summary>
    Task<Hold?> FindHoldAsync(long hold);

    /// <summary>Ends the task and cancels what waits. Durable when it returns.</summary>
    /// <returns>Null; else why it could not be recorded.</returns>
    Task<string?> EndAsync(string reason);
}

/// <summary>An entry on its way to the record.</summary>
/// <param name="Sequence">Its place; 0 when nothing was enqueued.</param>
/// <param name="Epoch">The epoch of the task when it was enqueued.</param>
/// <param name="Refused">Why nothing was enqueued; null when something was.</param>
[Immutable]
internal sealed record Written(long Sequence, long Epoch, string? Refused);

/// <summary>What a task is.</summary>
[Immutable]
internal sealed record TaskSummary(TaskOpened Opened, bool IsOver);

/// <summary>The state of a hold after a try to end it.</summary>
/// <param name="State">The state now.</param>
/// <param name="ByThisCall">True when this call ended it.</param>
/// <param name="Sequence">The entry that ended it; 0 when this call did not.</param>
/// <param name="Epoch">The epoch of the task when it was enqueued.</param>
[Immutable]
internal sealed record Resolved(HoldState State, bool ByThisCall, long Sequence, long Epoch);
