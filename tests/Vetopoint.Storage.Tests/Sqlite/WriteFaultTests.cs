using System.Runtime.Versioning;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>
/// Every place at which the record calls the disk fails, one after the other, until a run passes without meeting the fault: making the record, appending,
/// large entries, erasing, moving the log into the database, ending and starting again. Then the record is asked what it holds.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class WriteFaultTests
{
    /// <summary>More calls than a run makes.</summary>
    private const int CallsMax = 400;

    private static readonly EngineStarted Started = new("1", "p");

    /// <summary>Larger than the cache, so that pages are written before the commit, too.</summary>
    private static readonly byte[] Payload = [.. Enumerable.Repeat((byte)7, 24_000)];

    [Theory]
    [InlineData(nameof(DiskFault.WriteFails), true, 40)]
    [InlineData(nameof(DiskFault.WriteIsTorn), false, 40)]
    [InlineData(nameof(DiskFault.NoRoom), false, 40)]
    [InlineData(nameof(DiskFault.SyncFails), false, 10)]
    [InlineData(nameof(DiskFault.SyncFails), true, 10)]
    [InlineData(nameof(DiskFault.TruncationFails), false, 1)]
    [InlineData(nameof(DiskFault.OpeningIsRefused), false, 4)]
    [InlineData(nameof(DiskFault.OpeningIsRefused), true, 4)]
    public async Task Whichever_call_fails_nothing_acknowledged_is_lost_and_nothing_refused_is_there(string fault, bool forGood, int placesMin)
    {
        var at = 0;
        while (await FailAsync(Enum.Parse<DiskFault>(fault), ++at, forGood))
            Assert.True(at < CallsMax, "the fault is met in every run");

        Assert.True(at > placesMin, $"only {at - 1} places were tried");
    }

    [Fact]
    public async Task A_permission_that_is_taken_away_is_told_when_the_files_are_opened_again_and_all_goes_on_when_it_is_back()
    {
        const int SqliteFull = 13;
        using var state = new TemporaryState();
        _ = state.Held;
        using var disk = new FaultyDisk(state.Path, DiskFault.OpeningIsRefused, at: 1, forGood: true);
        disk.Repair();
        using var gate = new CommitGate();
        var chain = new TaskChain("t");
        await using (var ledger = state.Open(gate.Options))
        {
            // What is open stays open: the system asks for permission when a file is opened, and never after.
            disk.Break();
            await ledger.AppendAsync(chain.Next(Started));

            gate.FailNext(SqliteFull, butCommit: false);
            await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
            for (var n = 0; n < 2; n++)
            {
                var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
                Assert.StartsWith("VP6104: ", refused.Message, StringComparison.Ordinal);
                Assert.Contains("readable and writable for this user", refused.Message, StringComparison.Ordinal);
            }

            Assert.True(disk.Failed);
            disk.Repair();
            await ledger.AppendAsync(chain.Next(Started));
            Assert.Equal(chain.Sequence, ledger.Acknowledged.Head.Position);
        }

        disk.Break();
        Assert.StartsWith("VP6204: ", Assert.Throws<LedgerException>(() => state.Open()).Message, StringComparison.Ordinal);
        disk.Repair();
        state.Release();
        Assert.Empty(state.Verify([]).Findings);
    }

    /// <summary>One run. False when it passed without the fault.</summary>
    private static async Task<bool> FailAsync(DiskFault fault, int at, bool forGood)
    {
        var place = $"{fault} at {at}{(forGood ? " and later" : "")}";
        using var state = new TemporaryState(inMemory: true);
        _ = state.Held;
        using var disk = new FaultyDisk(state.Path, fault, at, forGood);
        var run = new Run(state);
        await run.GoAsync();
        disk.Repair();
        if (!disk.Failed)
            Assert.True(run.Refusals == 0 && !run.HasStopped, $"refused without a fault, after {at - 1} places");

        // A process that stopped leaves its files as they are; the next start finds out.
        using var copy = run.HasStopped ? new TemporaryState(inMemory: true) : null;
        copy?.CopyFrom(state);
        await RequireAsync(copy ?? state, run, place);
        return disk.Failed;
    }

    private static async Task RequireAsync(TemporaryState state, Run run, string place)
    {
        await using (var ledger = state.Open())
        {
            var stored = new HashSet<string>(StringComparer.Ordinal);
            foreach (var task in Run.Tasks)
            {
                var newest = new TaskChain(task);
                await foreach (var entry in ledger.ReadTaskAsync(task, 1, TestContext.Current.CancellationToken))
                {
                    stored.Add(Run.Name(entry));
                    newest.Resume(entry);
                }

                await ledger.AppendAsync(newest.Next(Started));
            }

            Assert.True(run.Acknowledged.IsSubsetOf(stored), $"{place}: acknowledged, and not there");
            stored.ExceptWith(run.Acknowledged);
            Assert.True(stored.IsSubsetOf(run.Unknown), $"{place}: refused, and there");
            if (run.PayloadOf is { } large && run.Erased is { } erased)
                Assert.True(erased == ledger.Read(large.Task, large.Sequence) is null, $"{place}: a payload is {(erased ? "" : "not ")}there");
        }

        state.Release();
        Assert.Empty(state.Verify([]).Findings);
    }

    /// <summary>What an engine does with a record, and what it heard.</summary>
    private sealed class Run(TemporaryState state)
    {
        private readonly TaskCompletionSource<string> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Dictionary<string, Entry> _newest = new(StringComparer.Ordinal);
        private int _sealed;

        private enum Heard
        {
            Refused,
            Done,

            /// <summary>The process stopped before it said anything.</summary>
            Nothing,
        }

        public static IReadOnlyList<string> Tasks { get; } = ["a", "b"];

        /// <summary>The entries that are on disk, as the record says.</summary>
        public HashSet<string> Acknowledged { get; } = new(StringComparer.Ordinal);

        /// <summary>Those of which nobody heard anything when the process stopped.</summary>
        public HashSet<string> Unknown { get; } = new(StringComparer.Ordinal);

        public int Refusals { get; private set; }

        /// <summary>The acknowledged entry of the first task that has a payload.</summary>
        public Entry? PayloadOf { get; private set; }

        /// <summary>Whether the first task's payloads were erased; null when that is not known.</summary>
        public bool? Erased { get; private set; } = false;

        public bool HasStopped => _stopped.Task.IsCompleted;

        public static string Name(Entry entry) => Convert.ToHexString(entry.Hash.Span);

        public async Task GoAsync()
        {
            await SessionAsync(async ledger =>
            {
                await AppendAsync(ledger, "a", default);
                PayloadOf = await AppendAsync(ledger, "a", Payload);
                await AppendAsync(ledger, "b", default);
                var heard = await TryTwiceAsync(() => ledger.EraseAsync("a"));
                Erased = heard == Heard.Nothing ? null : heard == Heard.Done;
                await AppendAsync(ledger, "b", Payload);
            });
            await SessionAsync(async ledger =>
            {
                await AppendAsync(ledger, "b", default);
                await AppendAsync(ledger, "a", default);
            });
        }

        private async Task SessionAsync(Func<SqliteLedger, Task> work)
        {
            if (HasStopped || (Open() ?? Open()) is not { } ledger)
                return;
            await work(ledger);

            // A process that had to stop does not end in order.
            if (!HasStopped)
                await ledger.DisposeAsync();
        }

        private SqliteLedger? Open()
        {
            try
            {
                return state.Open(new SqliteLedgerOptions
                {
                    StopProcess = reason => _stopped.TrySetResult(reason),
                    Opened = database => database.Set("pragma cache_size = 4"),
                });
            }
            catch (LedgerException refused)
            {
                Refused(refused);
                return null;
            }
        }

        private async Task<Entry?> AppendAsync(SqliteLedger ledger, string task, ReadOnlyMemory<byte> payload)
        {
            if (HasStopped)
                return null;
            var chain = new TaskChain(task);
            if (_newest.TryGetValue(task, out var newest))
                chain.Resume(newest);
            var entry = chain.Next(new EngineStarted($"{++_sealed}", "p"), payload);
            switch (await TryTwiceAsync(() => ledger.AppendAsync(entry)))
            {
                case Heard.Refused:
                    return null;
                case Heard.Nothing:
                    Unknown.Add(Name(entry));
                    return null;
                default:
                    Acknowledged.Add(Name(entry));
                    return _newest[task] = entry;
            }
        }

        /// <summary>A fault that went away must not matter any more.</summary>
        private async Task<Heard> TryTwiceAsync(Func<Task> ask)
        {
            var heard = await TryAsync(ask);
            return heard == Heard.Refused ? await TryAsync(ask) : heard;
        }

        private async Task<Heard> TryAsync(Func<Task> ask)
        {
            if (HasStopped)
                return Heard.Refused;
            try
            {
                var asked = ask();
                await await Task.WhenAny(asked, _stopped.Task);
                return asked.IsCompletedSuccessfully ? Heard.Done : Heard.Nothing;
            }
            catch (LedgerException refused)
            {
                Refused(refused);
                return Heard.Refused;
            }
        }

        private void Refused(LedgerException refused)
        {
            Refusals++;
            Assert.Matches("^VP6[0-9]{3}: ", refused.Message);
        }
    }
}
