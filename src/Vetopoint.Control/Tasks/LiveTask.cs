using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<TaskId, LiveTask> _below = new(concurrencyLevel: 1, capacity: 0);
    private readonly long _bytesMax;
    private CancellationTokenSource _renewed = new();
    private ITimer? _expiry;
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

    /// <summary>The task above it, whose budget it also uses; null for a task that no other created.</summary>
    public LiveTask? Above { get; private set; }

    /// <summary>Puts it below the task that created it: whatever stops that one stops this one.</summary>
    public void PutBelow(LiveTask above)
    {
        Above = above;
        above._below[Id] = this;

        // Whoever ends a task walks over those below it: one that came too late for that ends here.
        if (!above.IsLive)
            End();
    }

    /// <summary>Keeps the timer that ends the task, instead of the one before.</summary>
    public void ExpireBy(ITimer timer)
    {
        Interlocked.Exchange(ref _expiry, timer)?.Dispose();
        if (!IsLive)
            timer.Dispose();
    }

    /// <summary>Forgets the task below that is over.</summary>
    public void Forget(LiveTask below) => _below.TryRemove(new KeyValuePair<TaskId, LiveTask>(below.Id, below));

    /// <summary>Takes bytes out of the budget, and out of that of every task above.</summary>
    /// <param name="epoch">The epoch of the permit that asks.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="enforced">False only counts, as on a server that is observed.</param>
    public bool TryRelease(long epoch, long bytes, bool enforced)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        for (var task = this; task is not null; task = task.Above)
        {
            if (Epoch == epoch && task.TryTake(bytes, enforced))
                continue;

            // Given back from below: what was not released is not used.
            for (var taken = this; taken != task; taken = taken!.Above)
                Interlocked.Add(ref taken!._bytes, -bytes);
            return false;
        }

        return Epoch == epoch;
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
        foreach (var below in _below.Values)
            below.Renew();
    }

    /// <summary>Makes every permit void and cuts what is in flight. Final.</summary>
    public void End()
    {
        Volatile.Write(ref _epoch, OverEpoch);
        foreach (var below in _below.Values)
            below.End();
        Volatile.Read(ref _renewed).Cancel();
        _ended.Cancel();
        Interlocked.Exchange(ref _expiry, null)?.Dispose();
    }

    private bool TryTake(long bytes, bool enforced)
    {
        while (IsLive)
        {
            var used = Volatile.Read(ref _bytes);
            if (bytes > _bytesMax - used && enforced)
                return false;
            var then = bytes <= long.MaxValue - used ? used + bytes : long.MaxValue;
            if (Interlocked.CompareExchange(ref _bytes, then, used) == used)
                return true;
        }

        return false;
    }
}
