using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// What permits of one task compare and meter without a call to its grain. The grain owns the epoch; permits take bytes.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The sources have neither timers nor handles, and permits read their tokens at any time.")]
internal sealed class LiveTask
{
    /// <summary>The epoch of a task that is over. No permit holds it.</summary>
    private const long OverEpoch = long.MinValue;

    private readonly CancellationTokenSource _ended = new();
    private readonly long _bytesMax;
    private CancellationTokenSource _renewed = new();
    private long _epoch = 1;
    private long _bytes;

    public LiveTask(TaskId id, string agent, long bytesMax, DateTimeOffset expiresAt)
    {
        Id = id;
        Agent = agent;
        _bytesMax = bytesMax;
        ExpiresAt = expiresAt;
        Ended = _ended.Token;
    }

    public TaskId Id { get; }

    public string Agent { get; }

    /// <summary>When its mandate ends.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The task's key, as long as its grain has it; null for a task that was opened before there were any.</summary>
    public TaskKey? Key { get; set; }

    /// <summary>The task's grain, once someone has looked it up: looking up takes longer than a turn.</summary>
    public ITaskGrain? Grain { get; set; }

    /// <summary>Changes when permits that were made before must not be used any more.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    public bool IsLive => Epoch != OverEpoch;

    /// <summary>Bytes of results that left, or that are counted as if they had.</summary>
    public long BytesUsed => Volatile.Read(ref _bytes);

    /// <summary>Cancelled once, when the task is over.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Cancelled when the epoch changes: whatever permits of the epoch started is to be cut.</summary>
    public CancellationToken Renewed => Volatile.Read(ref _renewed).Token;

    /// <summary>Takes bytes out of the budget.</summary>
    /// <param name="epoch">The epoch of the permit that asks.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="enforced">False only counts, as on a server that is observed.</param>
    public bool TryRelease(long epoch, long bytes, bool enforced)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        while (Epoch == epoch)
        {
            var used = Volatile.Read(ref _bytes);
            var fits = bytes <= _bytesMax - used;
            if (!fits && enforced)
                return false;
            var then = bytes <= long.MaxValue - used ? used + bytes : long.MaxValue;
            if (Interlocked.CompareExchange(ref _bytes, then, used) == used)
                return Epoch == epoch;
        }

        return false;
    }

    /// <summary>Counts at least this many bytes as used, as the record says.</summary>
    public void CountAtLeast(long bytes)
    {
        while (true)
        {
            var used = Volatile.Read(ref _bytes);
            if (bytes <= used || Interlocked.CompareExchange(ref _bytes, bytes, used) == used)
                return;
        }
    }

    /// <summary>Makes every permit void and cuts what they started; the task itself goes on.</summary>
    public void Renew()
    {
        if (!IsLive)
            return;
        Interlocked.Increment(ref _epoch);
        Interlocked.Exchange(ref _renewed, new CancellationTokenSource()).Cancel();
    }

    /// <summary>Makes every permit void and cuts what is in flight. Final.</summary>
    public void End()
    {
        Volatile.Write(ref _epoch, OverEpoch);
        Volatile.Read(ref _renewed).Cancel();
        _ended.Cancel();
    }
}
