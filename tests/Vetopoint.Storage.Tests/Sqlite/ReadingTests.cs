using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

public sealed class ReadingTests : IAsyncLifetime
{
    private readonly TemporaryState _state = new();
    private readonly SampleRecord _sample = new();
    private SqliteLedger _ledger = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ledger = _state.Open();
        await Task.WhenAll(_sample.Entries.Select(_ledger.AppendAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _state.Dispose();
        _sample.Dispose();
    }

    [Fact]
    public async Task A_task_is_read_in_order_from_any_number_on()
    {
        var all = await _ledger.ReadTaskAsync("a", 1, Cancellation).ToListAsync(Cancellation);
        var later = await _ledger.ReadTaskAsync("a", 4, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(Enumerable.Range(1, 8).Select(n => (long)n), all.Select(entry => entry.Sequence));
        Assert.Equal([4, 5, 6, 7, 8], later.Select(entry => entry.Sequence));
        Assert.Empty(await _ledger.ReadTaskAsync("nothing", 1, Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_task_longer_than_a_page_is_read_whole()
    {
        const int Count = (StorageLimits.ReadEntries * 2) + 1;
        var chain = new TaskChain("long");
        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => _ledger.AppendAsync(chain.Next(new EngineStarted("1", "p")))));

        var sequences = await _ledger.ReadTaskAsync("long", 1, Cancellation).Select(entry => entry.Sequence).ToListAsync(Cancellation);

        Assert.Equal(Enumerable.Range(1, Count).Select(n => (long)n), sequences);
    }

    public static TheoryData<string[]> Kinds =>
    [
        new string[] { EntryKinds.Intent },
        new string[] { EntryKinds.Outcome, EntryKinds.HoldResolved },
        new string[] { EntryKinds.ApproverEnrolled },
        new string[] { EntryKinds.ToolPinned, EntryKinds.ApproverEnrolled, EntryKinds.PolicySetActivated, EntryKinds.ToolPinned },
        new string[] { EntryKinds.ToolChanged },
        Array.Empty<string>(),
    ];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Kinds_are_read_over_all_tasks_in_the_order_of_the_record(string[] kinds)
    {
        var read = await _ledger.ReadKindsAsync(kinds, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(
            _sample.Entries.Where(entry => kinds.Contains(entry.Kind)).Select(entry => Convert.ToHexString(entry.Hash.Span)),
            read.Select(entry => Convert.ToHexString(entry.Hash.Span)));
    }

    [Fact]
    public async Task Rare_kinds_longer_than_a_page_keep_their_order()
    {
        const int Count = StorageLimits.ReadEntries * 2;
        var appends = new List<Task>();
        var expected = new List<Entry>();
        for (var n = 0; n < Count; n++)
        {
            // Two thirds of one kind, so that its pages fill while the other's do not.
            EntryBody body = n % 3 == 0
                ? new ToolChanged("files", "x", "a", "b", $"change {n}")
                : new ToolPinned("files", $"tool {n}", "d", false, null, null);
            var entry = _sample.Engine.Next(body);
            expected.Add(entry);
            appends.Add(_ledger.AppendAsync(entry));
        }

        await Task.WhenAll(appends);
        var read = await _ledger.ReadKindsAsync([EntryKinds.ToolChanged, EntryKinds.ToolPinned], Cancellation)
            .Where(entry => entry.Sequence >= expected[0].Sequence).Select(entry => entry.Sequence).ToListAsync(Cancellation);

        Assert.Equal(expected.Select(entry => entry.Sequence), read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1_000)]
    public async Task The_newest_are_read_newest_first(int count)
    {
        var read = await _ledger.ReadNewestAsync(count, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(
            _sample.Entries.Reverse().Take(count).Select(entry => (entry.Task, entry.Sequence)), read.Select(entry => (entry.Task, entry.Sequence)));
    }

    [Fact]
    public void An_attempt_is_found_with_its_outcome_and_how_its_hold_ended()
    {
        var ran = _ledger.Reader.FindAttempt("a.1")!;
        Assert.IsType<Intent>(ran.Intent.Body);
        Assert.IsType<Outcome>(ran.Outcome!.Body);
        Assert.Null(ran.Resolution);

        var held = _ledger.Reader.FindAttempt("a.2")!;
        Assert.Null(held.Outcome);
        Assert.Equal("approved", ((HoldResolved)held.Resolution!.Body).Resolution);

        Assert.Null(_ledger.Reader.FindAttempt(SampleRecord.Unresolved)!.Outcome);
        Assert.Null(_ledger.Reader.FindAttempt("a.99"));
    }

    [Fact]
    public async Task A_reader_that_stands_still_does_not_hold_up_the_writer()
    {
        await using var reading = _ledger.ReadTaskAsync("a", 1, Cancellation).GetAsyncEnumerator(Cancellation);
        Assert.True(await reading.MoveNextAsync());

        await _ledger.AppendAsync(_sample.A.Next(SampleRecord.Done(SampleRecord.Unresolved)));

        Assert.Equal(_sample.Entries.Count + 1, _ledger.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task A_verification_of_a_record_at_work_sees_one_moment_of_it()
    {
        using var record = SqliteStoredRecord.Open(_state.LedgerFile);
        var head = Ledger.Checkpoints.SignedHead.Decode(record.ReadHead()!);
        await _ledger.AppendAsync(_sample.A.Next(SampleRecord.Done(SampleRecord.Unresolved)));

        Assert.Equal(head.Head.Position, record.ReadEntries().Count());
        Assert.Equal(head.Head.Position + 1, _state.Verify([_ledger.Acknowledged]).TailCheckedTo);
    }

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _ledger.ReadNewestAsync(5, cancelled.Token).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_reader_only_reads()
    {
        await _ledger.DisposeAsync();
        _state.Release();
        var before = await File.ReadAllBytesAsync(_state.LedgerFile, Cancellation);

        Assert.Empty(_state.Verify([]).Findings);

        Assert.Equal(before, await File.ReadAllBytesAsync(_state.LedgerFile, Cancellation));
    }
}
