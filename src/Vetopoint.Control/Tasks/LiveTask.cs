using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// What permits of one task compare and meter without a call to its grain. Owned by the grain; a permit only reads the epoch
/// and takes from the budget of bytes.
/// </summary>
internal sealed class LiveTask : IDisposable
{
    /// <summary>The epoch of a task that is over. No permit holds it.</summary>
    private const long StoppedEpoch = long.MinValue;

    private readonly CancellationTokenSource _stopped = new();
    private readonly long _bytesMax;
    private long _epoch;
    private long _bytes;

    public LiveTask(TaskId id, long epoch, long bytesMax, long bytesUsed)
    {
        Id = id;
        _epoch = epoch;
        _bytesMax = bytesMax;
        _bytes = bytesUsed;
        Stopped = _stopped.Token;
    }

    public TaskId Id { get; }

    public long Epoch => Volatile.Read(ref _epoch);

    public bool IsLive => Epoch != StoppedEpoch;

    public long BytesUsed => Volatile.Read(ref _bytes);

    public CancellationToken Stopped { get; }

    public bool TryRelease(long epoch, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (Epoch != epoch)
            return false;
        while (true)
        {
            var used = Volatile.Read(ref _bytes);
            if (bytes > _bytesMax - used)
                return false;
            if (Interlocked.CompareExchange(ref _bytes, used + bytes, used) == used)
                return Epoch == epoch;
        }
    }

    /// <summary>Makes every permit of this task void and cuts what is in flight. Final.</summary>
    public void Stop()
    {
        Volatile.Write(ref _epoch, StoppedEpoch);
        _stopped.Cancel();
    }

    public void Dispose() => _stopped.Dispose();
}
