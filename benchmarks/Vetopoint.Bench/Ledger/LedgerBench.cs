using System.Diagnostics;
using Vetopoint.Bench.Results;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Bench.Ledger;

/// <summary>
/// The record with its log on this disk: one writer beside a bare append of as many bytes in the same run, 64 writers, appends with the log and
/// without, then up to a million entries, questions to them, and verification of all.
/// </summary>
internal sealed class LedgerBench(TimeSpan time, TextWriter progress)
{
    private const int Writers = 64;
    private const int Alone = 2_000;
    private const int Entries = 1_000_000;
    private const int EntriesOfATask = 1_000;

    public async Task<IFigures> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("vetopoint-bench-").FullName;
        try
        {
            using var held = StateDirectoryLock.Take(StateDirectory.Open(Path.Combine(folder, "state")));
            await using var ledger = SqliteLedger.Open(held, new SqliteLedgerOptions());
            using var log = LedgerLog.Open(held, ledger, TimeProvider.System);
            await progress.WriteLineAsync("ledger: one writer …");
            var (append, bytes) = await AloneAsync(ledger);
            var bare = BareAppend.MedianMilliseconds(Path.Combine(folder, "bare"), bytes, Alone);

            await progress.WriteLineAsync("ledger: 64 writers …");
            var before = ledger.Acknowledged.Head.Position;
            var start = Stopwatch.GetTimestamp();
            var age = await CheckpointAge.MaxMillisecondsAsync(ledger, log, () => FillAsync(ledger, "w", long.MaxValue, start, varied: false, cancellationToken));
            var rate = (ledger.Acknowledged.Head.Position - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var lag = ledger.Acknowledged.Head.Position - (log.Published is { } note ? Checkpoint.Of(note).Size : 0);

            await progress.WriteLineAsync("ledger: with its log and without …");
            var delay = await TileDelay.P99MillisecondsAsync(folder, time);

            await progress.WriteLineAsync("ledger: filling …");
            await FillAsync(ledger, "f", Entries, null, varied: true, cancellationToken);
            await progress.WriteLineAsync("ledger: asking …");
            var queries = await new QueryBench(held.Directory, ledger, Writers).RunAsync(cancellationToken);

            await progress.WriteLineAsync("ledger: verifying …");
            using var stored = SqliteStoredRecord.Open(held.Directory.LedgerFile);
            start = Stopwatch.GetTimestamp();
            var key = Vetopoint.Ledger.Keys.EcdsaPublicKey.TryParse((await File.ReadAllTextAsync(held.Directory.HeadPublicKeyFile, cancellationToken)).Trim(), out _)!;
            var result = LedgerVerifier.Verify(stored, new VerificationOptions { Key = key }, cancellationToken);
            if (!result.IsSound)
                throw new InvalidOperationException(result.Findings[0].ToString());
            var verified = result.Entries / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var (seal, decode) = EntryCost.Bytes();
            return new LedgerFigures(append, bare, bytes, rate, lag, verified, queries, result.Entries)
            {
                CheckpointAgeMilliseconds = age,
                TileDelayMilliseconds = delay,
                SealBytes = seal,
                DecodeBytes = decode,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The median of one writer that waits for each commit, and how long its entries are.</summary>
    private static async Task<(double Milliseconds, int Bytes)> AloneAsync(SqliteLedger ledger)
    {
        var chain = new TaskChain("alone");
        await ledger.AppendAsync(chain.Next(SampleBodies.Opened()));
        var times = new double[Alone];
        var bytes = 0L;
        for (var n = 0; n < Alone; n += 2)
        {
            var (intent, outcome) = chain.NextCall();
            bytes += intent.Canonical.Length + outcome.Canonical.Length;
            var start = Stopwatch.GetTimestamp();
            await ledger.AppendAsync(intent);
            times[n] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            await ledger.AppendAsync(outcome);
            times[n + 1] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return (times[Alone / 2], (int)(bytes / Alone));
    }

    /// <summary>Appends calls from many writers, each waiting for its own, until the record has so many entries or the time is over.</summary>
    private Task FillAsync(SqliteLedger ledger, string name, long entries, long? started, bool varied, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            TaskChain? chain = null;
            for (var (tasks, calls) = (0, 0); ledger.Acknowledged.Head.Position < entries && (started is not { } start || Stopwatch.GetElapsedTime(start) < time);)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (chain is null || chain.Sequence >= EntriesOfATask)
                {
                    chain = new TaskChain($"{name}{writer}-{tasks++}");
                    await ledger.AppendAsync(chain.Next(varied ? VariedCalls.Opened(writer) : SampleBodies.Opened()));
                }

                var (intent, outcome) = varied ? VariedCalls.Next(chain, writer, calls++) : chain.NextCall();
                await ledger.AppendAsync(intent);
                if (outcome is not null)
                    await ledger.AppendAsync(outcome);
            }
        }));
}
