using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Testing;

/// <summary>The ledger that other test projects use must itself keep the rules and show the faults it promises.</summary>
public sealed class MemoryLedgerTests
{
    private readonly MemoryLedger _ledger = new();

    [Fact]
    public async Task Keeps_the_rules_of_the_real_one()
    {
        var first = Seal(1, Entry.NoPrevious);
        await _ledger.AppendAsync(first);

        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(first));
        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(Seal(3, first.Hash)));
        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(Seal(2, Entry.NoPrevious)));
        await _ledger.AppendAsync(Seal(2, first.Hash));

        Assert.Equal([1, 2], _ledger.Entries.Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task Fails_once_and_fails_but_persists()
    {
        var first = Seal(1, Entry.NoPrevious);
        _ledger.FailNext();
        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(first));
        Assert.Empty(_ledger.Entries);

        _ledger.FailNextButPersist();
        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(first));
        Assert.Single(_ledger.Entries);
    }

    [Fact]
    public async Task Hangs_until_told_and_keeps_the_order_behind()
    {
        var first = Seal(1, Entry.NoPrevious);
        var hanging = _ledger.HangNext();
        var one = _ledger.AppendAsync(first);
        var two = _ledger.AppendAsync(Seal(2, first.Hash));
        Assert.Same(first, await hanging.Waiting);
        Assert.False(one.IsCompleted || two.IsCompleted);

        await hanging.ReleaseAsync();

        await Task.WhenAll(one, two);
        Assert.Equal(2, _ledger.Entries.Count);
    }

    [Fact]
    public async Task What_waits_behind_a_failed_append_is_refused()
    {
        var first = Seal(1, Entry.NoPrevious);
        var hanging = _ledger.HangNext(entry => entry.Kind == EntryKinds.EngineStarted);
        var one = _ledger.AppendAsync(first);
        var two = _ledger.AppendAsync(Seal(2, first.Hash));

        await hanging.FailAsync();

        await Assert.ThrowsAsync<LedgerException>(() => one);
        await Assert.ThrowsAsync<LedgerException>(() => two);
        Assert.Empty(_ledger.Entries);
    }

    [Fact]
    public async Task Stays_broken_until_it_is_repaired()
    {
        _ledger.Break();
        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(Seal(1, Entry.NoPrevious)));
        await Assert.ThrowsAsync<LedgerException>(() => _ledger.AppendAsync(Seal(1, Entry.NoPrevious)));

        _ledger.Repair();
        await _ledger.AppendAsync(Seal(1, Entry.NoPrevious));
    }

    private static Entry Seal(long sequence, ReadOnlyMemory<byte> previous) =>
        Entry.Seal("t", sequence, previous, SampleBodies.Time, new EngineStarted("1", "p"));
}
