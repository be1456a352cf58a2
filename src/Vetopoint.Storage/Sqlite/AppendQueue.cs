using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>What waits for the writer: bounded, in the order of calls, taken in groups.</summary>
/// <remarks>
/// Nothing waits while the writer is idle. Under load callers that were answered together often come back together a moment later: then one transaction
/// is made for all of them, instead of two that each hold half and take turns for ever. Whether they come back is tried out, and seldom where they do not.
/// </remarks>
internal sealed class AppendQueue(int entriesMax, long bytesMax, TimeSpan gatherMax)
{
    private readonly object _lock = new();
    private readonly Queue<PendingAppend> _waiting = new();
    private long _bytes;
    private bool _closed;

    // How many are expected back, the number that wakes the writer, and how often they did not come.
    private int _expected;
    private int _wanted;
    private int _misses;
    private int _skips;

    private long _gatherings;

    /// <summary>How often the writer waited for callers to come back.</summary>
    public long Gatherings => Interlocked.Read(ref _gatherings);

    public enum Addition
    {
        Full = 0,
        Closed,
        Added,
    }

    /// <summary>How many wait now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    public Addition TryAdd(PendingAppend append)
    {
        lock (_lock)
        {
            if (_closed)
                return Addition.Closed;
            if (_waiting.Count >= entriesMax || _bytes + append.Bytes > bytesMax)
                return Addition.Full;
            _waiting.Enqueue(append);
            _bytes += append.Bytes;
            if (_waiting.Count == 1 || _waiting.Count == _wanted)
                Monitor.Pulse(_lock);
            return Addition.Added;
        }
    }

    /// <summary>Waits until something is there and takes all of it, up to a limit. False when the queue is closed and empty.</summary>
    public bool Take(List<PendingAppend> batch, int batchMax)
    {
        lock (_lock)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                    return false;
                Monitor.Wait(_lock);
            }

            Gather(Math.Min(_expected, batchMax));
            while (batch.Count < batchMax && _waiting.TryDequeue(out var append))
            {
                _bytes -= append.Bytes;
                batch.Add(append);
            }

            return true;
        }
    }

    /// <summary>So many callers are about to be answered: they, and those who wait already, may all be there for the next group.</summary>
    public void Expect(int answered)
    {
        lock (_lock)
            _expected = answered + _waiting.Count;
    }

    private void Gather(int wanted)
    {
        _expected = 0;
        if (wanted < StorageLimits.GatherEntriesMin || _closed || _waiting.Count >= wanted)
            return;
        if (_skips > 0)
        {
            _skips--;
            return;
        }

        Interlocked.Increment(ref _gatherings);
        _wanted = wanted;
        Monitor.Wait(_lock, gatherMax);
        _wanted = 0;
        _misses = _waiting.Count >= wanted / 4 * 3 ? 0 : Math.Min(_misses + 1, StorageLimits.GatherMissesMax);
        _skips = _misses == 0 ? 0 : 1 << _misses;
    }

    /// <summary>Nothing is added any more; what waits is still taken.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.Pulse(_lock);
        }
    }
}

/// <summary>One append that waits, or the erasing of a task's payloads. Whoever awaits it goes on elsewhere than on the writer's thread.</summary>
internal sealed class PendingAppend : TaskCompletionSource
{
    private PendingAppend(Entry? entry, string? erases) : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Entry = entry;
        Erases = erases;
    }

    public static PendingAppend Of(Entry entry) => new(entry, null);

    public static PendingAppend Erasing(string task) => new(null, task);

    /// <summary>Null for an erasing.</summary>
    public Entry? Entry { get; }

    /// <summary>The task whose payloads are to be removed; null for an append.</summary>
    public string? Erases { get; }

    /// <summary>What of it waits in memory.</summary>
    public long Bytes => Entry is null ? 0 : Entry.Canonical.Length + Entry.Sealed.Length;

    /// <summary>Why it is not stored; null when it is.</summary>
    public LedgerException? Refusal { get; set; }
}
