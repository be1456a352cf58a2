using Vetopoint.Ledger.Entries;
using Vetopoint.Outputs.Ocsf;
using Vetopoint.Outputs.Pumps;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Outputs.Tests;

/// <summary>A record in memory that grows when a test says so.</summary>
internal sealed class SampleFeed : IRecordFeed, IRecordContext
{
    private readonly List<Entry> _entries = [];

    public long Newest
    {
        get
        {
            lock (_entries)
                return _entries.Count;
        }
    }

    public IReadOnlyList<(long Position, Entry Entry)> After(long position, int max)
    {
        lock (_entries)
            return [.. _entries.Select((entry, index) => ((long)index + 1, entry)).Skip((int)position).Take(max)];
    }

    public TaskOpened? OpeningOf(string task) => All().FirstOrDefault(entry => entry.Task == task)?.Body as TaskOpened;

    public Intent? IntentOf(string attempt) => All().Select(entry => entry.Body).OfType<Intent>().FirstOrDefault(intent => intent.Attempt == attempt);

    /// <summary>Adds entries to the one task of this record.</summary>
    public void Add(params IEnumerable<EntryBody> bodies)
    {
        lock (_entries)
        {
            foreach (var body in bodies)
            {
                var previous = _entries.Count == 0 ? Entry.NoPrevious : _entries[^1].Hash;
                _entries.Add(Entry.Seal("t", _entries.Count + 1, previous, SampleBodies.Time, body));
            }
        }
    }

    private List<Entry> All()
    {
        lock (_entries)
            return [.. _entries];
    }
}
