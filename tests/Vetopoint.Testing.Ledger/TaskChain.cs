using Vetopoint.Ledger.Entries;

namespace Vetopoint.Testing.Ledger;

/// <summary>Seals the entries of one task, each after the one before.</summary>
public sealed class TaskChain(string task)
{
    private ReadOnlyMemory<byte> _previous = Entry.NoPrevious;
    private long _sequence;

    public string Task => task;

    /// <summary>The last sequence that was sealed.</summary>
    public long Sequence => _sequence;

    public Entry Next(EntryBody body) => Next(body, default);

    /// <summary>The next entry, with a payload's ciphertext beside it.</summary>
    public Entry Next(EntryBody body, ReadOnlyMemory<byte> payload)
    {
        var entry = Entry.Seal(task, _sequence + 1, _previous, SampleBodies.Time.AddMilliseconds(_sequence), body, payload);
        _sequence = entry.Sequence;
        _previous = entry.Hash;
        return entry;
    }

    /// <summary>The next entry, without going on to it: sealing again makes another with the same sequence.</summary>
    public Entry Peek(EntryBody body) =>
        Entry.Seal(task, _sequence + 1, _previous, SampleBodies.Time.AddMilliseconds(_sequence), body);

    /// <summary>An attempt that is allowed, and its outcome.</summary>
    public (Entry Intent, Entry Outcome) NextCall()
    {
        var attempt = $"{task}.{_sequence + 1}";
        return (Next(SampleBodies.Allowed(attempt)), Next(new Outcome(attempt, "completed", 12, SampleBodies.Digest, null)));
    }

    /// <summary>Goes on after what a ledger holds.</summary>
    public void Resume(Entry newest)
    {
        ArgumentNullException.ThrowIfNull(newest);
        _sequence = newest.Sequence;
        _previous = newest.Hash;
    }
}
