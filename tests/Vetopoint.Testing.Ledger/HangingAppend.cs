using Vetopoint.Ledger.Entries;

namespace Vetopoint.Testing.Ledger;

/// <summary>An append that waits until a test says how it ends.</summary>
public sealed class HangingAppend
{
    private readonly MemoryLedger _ledger;
    private readonly TaskCompletionSource<Entry> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal HangingAppend(MemoryLedger ledger) => _ledger = ledger;

    /// <summary>Completes with the entry as soon as the append has been called.</summary>
    public Task<Entry> Waiting => _reached.Task;

    /// <summary>Stores the entry now and lets its caller go on.</summary>
    public Task ReleaseAsync() => EndAsync(store: true);

    /// <summary>Does not store the entry, and tells its caller so.</summary>
    public Task FailAsync() => EndAsync(store: false);

    internal Task Reached(Entry entry)
    {
        _reached.SetResult(entry);
        return _done.Task;
    }

    private async Task EndAsync(bool store)
    {
        if (_ledger.EndHanging(await Waiting, store) is { } refused)
            _done.SetException(refused);
        else
            _done.SetResult();
    }
}
