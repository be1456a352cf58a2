using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Index;

/// <summary>
/// Keeps the index near the record's end while an engine runs: a thread of its own that takes a block at a time and rests three times as long as that took, so
/// that it never has more than a quarter of a core. Nothing waits for it; a query reads what the index does not have yet from the record.
/// </summary>
public sealed class IndexFollower : IDisposable
{
    private const int RestPerWork = 3;

    private readonly EntryIndex _index;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private volatile string? _problem;

    private IndexFollower(EntryIndex index, TimeProvider time, TimeSpan interval)
    {
        _index = index;
        _time = time;
        _interval = interval;
        _thread = new Thread(Run) { Name = "Entry index", IsBackground = true, Priority = ThreadPriority.BelowNormal };
    }

    /// <summary>Why the index does not grow; null when it does. Nothing else depends on it.</summary>
    public string? Problem => _problem;

    public static IndexFollower Start(string recordFile, string indexFile, TimeProvider time, TimeSpan? interval = null)
    {
        var follower = new IndexFollower(EntryIndex.Of(recordFile, indexFile), time, interval ?? StorageLimits.IndexInterval);
        follower._thread.Start();
        return follower;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _thread.Join();
        _index.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        var rest = TimeSpan.Zero;
        while (!_stopping.Token.WaitHandle.WaitOne(rest))
        {
            var start = _time.GetTimestamp();
            try
            {
                var (entries, of) = _index.AddNext(_stopping.Token);
                _problem = null;
                rest = entries < of ? _time.GetElapsedTime(start) * RestPerWork : _interval;
            }
            catch (LedgerException fault)
            {
                // Told by whoever asks, and tried again: the record itself is not concerned.
                _problem = fault.Message;
                rest = _interval;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
