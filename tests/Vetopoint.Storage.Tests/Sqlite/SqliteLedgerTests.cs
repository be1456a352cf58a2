using System.Collections.Concurrent;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

public sealed class SqliteLedgerTests : IDisposable
{
    private static readonly EngineStarted Started = new("1", "p");

    private readonly TemporaryState _state = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task An_acknowledged_entry_is_read_back_after_a_restart()
    {
        var chain = new TaskChain("t");
        var sealed1 = chain.Next(Started);
        await using (var ledger = _state.Open())
        {
            await ledger.AppendAsync(sealed1);
            Assert.Equal(1, ledger.Acknowledged.Head.Position);
        }

        await using var again = _state.Open();
        var read = await again.ReadTaskAsync("t", 1, Cancellation).SingleAsync(Cancellation);

        Assert.Equal(sealed1.Canonical.ToArray(), read.Canonical.ToArray());
        Assert.Equal(1, again.Acknowledged.Head.Position);
        await again.AppendAsync(chain.Next(Started));
        Assert.Equal(2, again.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task The_head_is_signed_and_covers_every_entry_in_order()
    {
        await using var ledger = _state.Open();
        var chains = new[] { new TaskChain("a"), new TaskChain("b") };
        var running = RunningHash.First(ledger.Acknowledged.Head.Ledger);
        for (var round = 0; round < 10; round++)
        {
            var entry = chains[round % 2].Next(Started);
            RunningHash.Extend(running, entry.Hash.Span);
            await ledger.AppendAsync(entry);
        }

        var head = ledger.Acknowledged;
        var key = Ledger.Keys.EcdsaPublicKey.TryParse(_state.HeadPublicKey, out _)!;
        Assert.Equal(10, head.Head.Position);
        Assert.Equal(running, head.Head.Running.ToArray());
        Assert.True(HeadKey.Verify(head, key));
        Assert.False(HeadKey.Verify(head with { Head = head.Head with { Position = 9 } }, key));
        Assert.Equal(head.Encode(), SignedHead.Decode(head.Encode()).Encode());
    }

    [Fact]
    public async Task A_sequence_that_is_taken_is_refused()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        var stale = chain.Peek(new EngineStarted("2", "p"));
        await ledger.AppendAsync(chain.Next(Started));

        var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(stale));

        Assert.StartsWith("VP6101: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("number 2 of task `t`, whose next number is 3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_and_a_wrong_previous_hash_are_refused()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        var other = new TaskChain("t");
        other.Next(new EngineStarted("other", "p"));

        await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(other.Peek(Started)));
        chain.Next(Started);
        await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Next(Started)));

        Assert.Equal(1, ledger.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task A_refused_entry_does_not_take_others_of_its_batch_with_it()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options);
        var first = gate.HoldNext();
        var holding = ledger.AppendAsync(new TaskChain("hold").Next(Started));
        await first.Reached;

        var a = new TaskChain("a");
        var b = new TaskChain("b");
        Task[] good = [ledger.AppendAsync(a.Next(Started)), ledger.AppendAsync(b.Next(Started)), ledger.AppendAsync(a.Next(Started))];
        var duplicate = new TaskChain("a").Next(new EngineStarted("2", "p"));
        var bad = ledger.AppendAsync(duplicate);
        Task later = ledger.AppendAsync(b.Next(Started));
        first.Release();

        await Task.WhenAll([holding, .. good, later]);
        await Assert.ThrowsAsync<LedgerException>(() => bad);
        Assert.Equal(2, ledger.Transactions);
        Assert.Equal(5, ledger.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task All_that_waits_is_committed_at_once()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options);
        var first = gate.HoldNext();
        var holding = ledger.AppendAsync(new TaskChain("hold").Next(Started));
        await first.Reached;

        var waiting = Enumerable.Range(0, 64).Select(n => ledger.AppendAsync(new TaskChain($"t{n}").Next(Started))).ToArray();
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        first.Release();

        await Task.WhenAll([holding, .. waiting]);
        Assert.Equal(2, ledger.Transactions);
    }

    [Fact]
    public async Task A_batch_has_a_limit()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options with { BatchEntriesMax = 10 });
        var first = gate.HoldNext();
        var holding = ledger.AppendAsync(new TaskChain("hold").Next(Started));
        await first.Reached;
        var waiting = Enumerable.Range(0, 25).Select(n => ledger.AppendAsync(new TaskChain($"t{n}").Next(Started))).ToArray();
        first.Release();

        await Task.WhenAll([holding, .. waiting]);
        Assert.Equal(4, ledger.Transactions);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_takes_more_when_it_has_room()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options with { QueueEntriesMax = 3 });
        var first = gate.HoldNext();
        var holding = ledger.AppendAsync(new TaskChain("hold").Next(Started));
        await first.Reached;
        var chain = new TaskChain("t");
        var waiting = Enumerable.Range(0, 3).Select(_ => ledger.AppendAsync(chain.Next(Started))).ToArray();

        var refused = ledger.AppendAsync(chain.Peek(Started));

        Assert.True(refused.IsFaulted);
        Assert.StartsWith("VP6102: ", (await Assert.ThrowsAsync<LedgerException>(() => refused)).Message, StringComparison.Ordinal);
        first.Release();
        await Task.WhenAll([holding, .. waiting]);
        await ledger.AppendAsync(chain.Next(Started));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_before_its_commit()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options);
        var commit = gate.HoldNext();
        var append = ledger.AppendAsync(new TaskChain("t").Next(Started));
        await commit.Reached;

        Assert.False(append.IsCompleted);
        Assert.Equal(0, ledger.Acknowledged.Head.Position);
        commit.Release();
        await append;
    }

    [Fact]
    public async Task Sixty_four_writers_lose_nothing_and_keep_every_order()
    {
        const int Writers = 64;
        const int Each = 50;
        var acknowledged = new ConcurrentBag<(string Task, long Sequence)>();
        await using (var ledger = _state.Open())
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Writers), new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = Cancellation },
                async (writer, _) =>
                {
                    var chain = new TaskChain($"t{writer}");
                    for (var round = 0; round < Each; round++)
                    {
                        var entry = chain.Next(Started);
                        await ledger.AppendAsync(entry);
                        acknowledged.Add((entry.Task, entry.Sequence));
                    }
                });
            Assert.True(ledger.Transactions < Writers * Each, "commits are grouped");
        }

        await using var again = _state.Open();
        Assert.Equal(Writers * Each, acknowledged.Count);
        for (var writer = 0; writer < Writers; writer++)
        {
            var sequences = await again.ReadTaskAsync($"t{writer}", 1, Cancellation).Select(entry => entry.Sequence).ToListAsync(Cancellation);
            Assert.Equal(Enumerable.Range(1, Each).Select(n => (long)n), sequences);
        }
    }

    [Fact]
    public async Task More_tasks_than_are_remembered_go_on_where_they_were()
    {
        await using var ledger = _state.Open();
        var chains = Enumerable.Range(0, StorageLimits.RememberedTasks + 500).Select(n => new TaskChain($"t{n}")).ToArray();
        for (var round = 0; round < 2; round++)
        {
            foreach (var part in chains.Chunk(1_000))
                await Task.WhenAll(part.Select(chain => ledger.AppendAsync(chain.Next(Started))));
        }

        Assert.Equal(chains.Length * 2, ledger.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task Appending_after_the_end_is_refused()
    {
        var ledger = _state.Open();
        await ledger.DisposeAsync();

        var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(new TaskChain("t").Next(Started)));

        Assert.StartsWith("VP6106: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_writes_what_still_waits()
    {
        using var gate = new CommitGate();
        var ledger = _state.Open(gate.Options);
        var first = gate.HoldNext();
        var holding = ledger.AppendAsync(new TaskChain("hold").Next(Started));
        await first.Reached;
        var waiting = ledger.AppendAsync(new TaskChain("t").Next(Started));

        var end = ledger.DisposeAsync();
        first.Release();
        await end;

        Assert.True(holding.IsCompletedSuccessfully && waiting.IsCompletedSuccessfully);
        await using var again = _state.Open();
        Assert.Equal(2, again.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task Whoever_waits_goes_on_outside_the_thread_of_the_writer()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options);
        var commit = gate.HoldNext();
        var thread = ledger.AppendAsync(new TaskChain("t").Next(Started)).ContinueWith(
            _ => Thread.CurrentThread.Name, Cancellation, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await commit.Reached;
        commit.Release();

        Assert.NotEqual("Ledger writer", await thread);
    }

    [Fact]
    public async Task The_WAL_does_not_grow_without_end()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        for (var round = 0; round < 12; round++)
            await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => ledger.AppendAsync(chain.Next(Started))).ToArray());

        // 12,000 entries are about 8 MB; 2,000 of them at most wait in the WAL.
        Assert.InRange(new FileInfo(_state.LedgerFile + "-wal").Length, 1, 6 * 1024 * 1024);
    }
}
