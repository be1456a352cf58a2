namespace Vetopoint.Storage.Sqlite;

/// <summary>How a <see cref="SqliteLedger"/> works.</summary>
public sealed record SqliteLedgerOptions
{
    /// <summary>Entries that may wait; see <see cref="StorageLimits.QueueEntriesMax"/>.</summary>
    public int QueueEntriesMax { get; init; } = StorageLimits.QueueEntriesMax;

    /// <summary>Entries in one transaction; see <see cref="StorageLimits.BatchEntriesMax"/>.</summary>
    public int BatchEntriesMax { get; init; } = StorageLimits.BatchEntriesMax;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Ends the process at once, because it is not known whether a commit happened: whatever it did next could be wrong. Start-up
    /// finds out. Tests replace it.
    /// </summary>
    public Action<string> StopProcess { get; init; } = Environment.FailFast;

    /// <summary>For tests: called with each connection of the writer, after it is opened.</summary>
    internal Action<LedgerDatabase>? Opened { get; init; }

    /// <summary>For tests: stands in for the commit.</summary>
    internal Action<LedgerDatabase>? Commit { get; init; }
}
