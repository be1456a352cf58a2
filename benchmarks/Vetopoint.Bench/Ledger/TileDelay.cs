using System.Collections.Concurrent;
using System.Diagnostics;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Bench.Ledger;

/// <summary>
/// What building tiles costs an append: two records, one with its log and one without, written to by the same callers in short turns, so that both meet the same
/// machine.
/// </summary>
internal static class TileDelay
{
    private const int Callers = 64;

    // A turn is longer than the log's interval, so that each with the log meets tiles and a checkpoint.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(600);

    /// <summary>How much longer the slowest one in a hundred appends takes with the log.</summary>
    public static async Task<double> P99MillisecondsAsync(string folder, TimeSpan time)
    {
        using var heldWith = StateDirectoryLock.Take(StateDirectory.Open(Path.Combine(folder, "with")));
        using var heldWithout = StateDirectoryLock.Take(StateDirectory.Open(Path.Combine(folder, "without")));
        await using var with = SqliteLedger.Open(heldWith, new SqliteLedgerOptions());
        await using var without = SqliteLedger.Open(heldWithout, new SqliteLedgerOptions());
        using var log = LedgerLog.Open(heldWith, with, TimeProvider.System);
        var (timesWith, timesWithout) = (new ConcurrentBag<double>(), new ConcurrentBag<double>());
        var start = Stopwatch.GetTimestamp();
        for (var turn = 0; turn < 2 || Stopwatch.GetElapsedTime(start) < time; turn++)
        {
            await TurnAsync(with, turn, timesWith);

            // The other turn must not meet what this one left to do.
            log.PublishNow();
            await TurnAsync(without, turn, timesWithout);
        }

        return P99(timesWith) - P99(timesWithout);
    }

    private static Task TurnAsync(SqliteLedger ledger, int turn, ConcurrentBag<double> times)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            var chain = new TaskChain($"{turn}-{caller}");
            await ledger.AppendAsync(chain.Next(SampleBodies.Opened()));
            while (Stopwatch.GetElapsedTime(started) < Turn)
            {
                var (intent, outcome) = chain.NextCall();
                var start = Stopwatch.GetTimestamp();
                await ledger.AppendAsync(intent);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                await ledger.AppendAsync(outcome);
            }
        }));
    }

    private static double P99(ConcurrentBag<double> times)
    {
        var sorted = times.Order().ToArray();
        return sorted[sorted.Length * 99 / 100];
    }
}
