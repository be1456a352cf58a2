using System.Diagnostics;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Bench.Ledger;

/// <summary>Watches how long entries that are on disk wait to be in a checkpoint.</summary>
internal static class CheckpointAge
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <summary>The longest wait while some work runs.</summary>
    public static async Task<double> MaxMillisecondsAsync(SqliteLedger ledger, LedgerLog log, Func<Task> start)
    {
        var work = start();
        var waiting = new Queue<(long Position, long Seen)>();
        var longest = TimeSpan.Zero;
        using var timer = new PeriodicTimer(Interval);
        while (!work.IsCompleted && await timer.WaitForNextTickAsync())
        {
            waiting.Enqueue((ledger.Acknowledged.Head.Position, Stopwatch.GetTimestamp()));
            var covered = log.Published is { } note ? Checkpoint.Of(note).Size : 0;
            while (waiting.TryPeek(out var oldest) && oldest.Position <= covered)
                waiting.Dequeue();
            if (waiting.TryPeek(out var open) && Stopwatch.GetElapsedTime(open.Seen) is var age && age > longest)
                longest = age;
        }

        await work;
        return longest.TotalMilliseconds;
    }
}
