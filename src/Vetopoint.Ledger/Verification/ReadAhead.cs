using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// Reads rows some groups ahead of whoever checks them in order. Meanwhile other threads find out what each row tells by itself, which is most of
/// the work of a verification. What comes out, and in which order, does not depend on how many they are.
/// </summary>
/// <remarks>Groups are bounded in rows and in bytes, so that memory stays the same however long the record is.</remarks>
internal sealed class ReadAhead(IEnumerable<StoredEntry> rows, bool withLeaves) : IDisposable
{
    private readonly IEnumerator<StoredEntry> _rows = rows.GetEnumerator();
    private readonly Queue<Group> _ahead = new();
    private readonly BlockingCollection<Group> _waiting = [];
    private readonly List<Thread> _threads = [];
    private LedgerException? _unreadable;
    private bool _isEnd;

    /// <exception cref="LedgerException">The rows behind the last one that was given cannot be read.</exception>
    public IEnumerable<ReadRow> Rows(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (!_isEnd && _ahead.Count < LedgerLimits.ReadAheadGroups)
                Read();
            if (!_ahead.TryDequeue(out var group))
                break;
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var row in group.Wait())
                yield return row;
        }

        if (_unreadable is not null)
            throw _unreadable;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
        _waiting.Dispose();
        _rows.Dispose();
    }

    /// <summary>Reads one group. What could be read of it is checked, even when the rest cannot be.</summary>
    private void Read()
    {
        var group = new Group(withLeaves);
        try
        {
            while (!group.IsFull && !_isEnd)
            {
                if (_rows.MoveNext())
                    group.Add(_rows.Current);
                else
                    _isEnd = true;
            }
        }
        catch (LedgerException unreadable)
        {
            _unreadable = unreadable;
            _isEnd = true;
        }

        _ahead.Enqueue(group);
        if (_isEnd && _ahead.Count == 1)
        {
            // Nothing else is to be done meanwhile.
            group.Decode();
            return;
        }

        StartThreads();
        _waiting.Add(group);
    }

    private void StartThreads()
    {
        if (_threads.Count > 0)
            return;
        for (var n = 0; n < Math.Clamp(Environment.ProcessorCount, 1, LedgerLimits.ReadAheadThreadsMax); n++)
        {
            var thread = new Thread(Work) { Name = "Ledger verification", IsBackground = true };
            thread.Start();
            _threads.Add(thread);
        }
    }

    private void Work()
    {
        foreach (var group in _waiting.GetConsumingEnumerable())
            group.Decode();
    }

    private sealed class Group(bool withLeaves)
    {
        private readonly List<StoredEntry> _stored = [];
        private readonly object _lock = new();
        private ReadRow[]? _read;
        private ExceptionDispatchInfo? _fault;
        private long _bytes;

        public bool IsFull => _stored.Count >= LedgerLimits.ReadAheadRows || _bytes >= LedgerLimits.ReadAheadBytes;

        public void Add(StoredEntry row)
        {
            _stored.Add(row);
            _bytes += row.Canonical.Length;
        }

        public void Decode()
        {
#pragma warning disable CA1031 // whoever waits for the group gets it
            var read = new ReadRow[_stored.Count];
            try
            {
                for (var n = 0; n < read.Length; n++)
                    read[n] = ReadRow.Of(_stored[n], withLeaves);
            }
            catch (Exception fault)
            {
                _fault = ExceptionDispatchInfo.Capture(fault);
            }
#pragma warning restore CA1031
            lock (_lock)
            {
                _read = read;
                Monitor.Pulse(_lock);
            }
        }

        public ReadRow[] Wait()
        {
            lock (_lock)
            {
                while (_read is null)
                    Monitor.Wait(_lock);
            }

            _fault?.Throw();
            return _read;
        }
    }
}
