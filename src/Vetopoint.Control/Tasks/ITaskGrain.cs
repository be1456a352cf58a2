using System.Collections.Immutable;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// One task. A turn judges, reserves the place in the chain and the budget, and enqueues the entry; whoever needs it on disk waits
/// for what the turn returned (<see cref="Written.Durable"/>), outside the turn. The key is the task's id.
/// </summary>
internal interface ITaskGrain : IGrainWithStringKey
{
    /// <summary>Writes the first entry.</summary>
    Task<Written> OpenAsync([Immutable] TaskOpened opened);

    /// <summary>What the task is; null when it was never opened. Activates it, which brings its holds back.</summary>
    Task<TaskSummary?> DescribeAsync();

    /// <summary>Judges an attempt and enqueues its intent.</summary>
    Task<Ruling> JudgeAsync([Immutable] AttemptFacts attempt);

    /// <summary>Enqueues the outcome of an attempt that may have run.</summary>
    Task<Completed> CompleteAsync(long attempt, OutcomeFacts outcome);

    /// <summary>Enqueues the end of a hold, if it still waits.</summary>
    Task<Resolved> ResolveAsync(long hold, [Immutable] HoldResolved resolution);

    /// <summary>Ends a hold whose time is over.</summary>
    Task ExpireAsync(long hold);

    /// <summary>Ends the task once its mandate has expired.</summary>
    Task ExpireTaskAsync();

    /// <summary>This task and those above it, nearest first, as they are now: what a task below needs to be judged.</summary>
    Task<ImmutableArray<TaskLink>> LookAsync();

    /// <summary>Takes what a task below is going to do out of the budgets of this one and of those above.</summary>
    /// <param name="usage">What it counts.</param>
    /// <param name="labels">Labels of the data it touches.</param>
    /// <param name="enforced">False only counts, as on a server that is observed.</param>
    /// <returns>False when a budget does not have it, or one of the tasks is over: then nothing was taken anywhere.</returns>
    Task<bool> ReserveAsync(TaskUsage usage, [Immutable] ImmutableArray<string> labels, bool enforced);

    /// <summary>A hold of this task; null when there is none of that number.</summary>
    Task<Hold?> FindHoldAsync(long hold);

    /// <summary>Ends the task and cancels what waits. Durable when it returns.</summary>
    /// <returns>Null; else why it could not be recorded.</returns>
    Task<string?> EndAsync(string reason);

    /// <summary>The task's key is about to be destroyed: the entries that may still come say nothing of bytes.</summary>
    Task ForgetKeyAsync();
}

/// <summary>An entry on its way to the record, or what kept it from it.</summary>
/// <param name="Durable">Ends once the entry is on disk, with null; else with why it cannot be relied on.</param>
[Immutable]
internal sealed record Written(Task<string?> Durable)
{
    /// <summary>Nothing was enqueued.</summary>
    public static Written Refused(string why) => new(Task.FromResult<string?>(why));
}

/// <summary>An outcome on its way to the record, or what kept it from it.</summary>
/// <param name="Outcome">The outcome; null when nothing was enqueued.</param>
/// <param name="Durable">Ends once it is on disk, with null; else with why it cannot be relied on.</param>
[Immutable]
internal sealed record Completed(Outcome? Outcome, Task<string?> Durable)
{
    public static Completed Refused(string why) => new(null, Task.FromResult<string?>(why));
}

/// <summary>What a task is.</summary>
[Immutable]
internal sealed record TaskSummary(TaskOpened Opened, bool IsOver);

/// <summary>The state of a hold after a try to end it.</summary>
/// <param name="State">The state now.</param>
/// <param name="ByThisCall">True when this call ended it.</param>
/// <param name="Durable">Ends once the entry that ended it is on disk, with null; else with why it cannot be relied on.</param>
[Immutable]
internal sealed record Resolved(HoldState State, bool ByThisCall, Task<string?> Durable)
{
    /// <summary>It had ended before.</summary>
    public static Resolved Before(HoldState state) => new(state, ByThisCall: false, Confirmation.Done);
}
