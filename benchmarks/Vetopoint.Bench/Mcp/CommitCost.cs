using System.Diagnostics;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Bench.Mcp;

/// <summary>What one durable entry costs here and now: the same ledger, the same disk, one writer waiting for each commit.</summary>
internal static class CommitCost
{
    private const int WarmUp = 100;
    private const int Counted = 2000;

    public static async Task<double> MedianMillisecondsAsync(string folder)
    {
        using var held = StateDirectoryLock.Take(StateDirectory.Open(folder));
        await using var ledger = SqliteLedger.Open(held, new SqliteLedgerOptions());
        var previous = new byte[32];
        var times = new double[Counted];
        for (var i = 0; i < WarmUp + Counted; i++)
        {
            var body = new Outcome($"bench.{i + 1}", "completed", 512, new string('0', 64), null);
            var entry = Entry.Seal("t-0000000000", i + 1, previous, DateTimeOffset.UnixEpoch, body);
            previous = entry.Hash.ToArray();
            var start = Stopwatch.GetTimestamp();
            await ledger.AppendAsync(entry);
            if (i >= WarmUp)
                times[i - WarmUp] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Counted / 2];
    }
}
