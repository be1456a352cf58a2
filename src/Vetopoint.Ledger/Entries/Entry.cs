using System.Security.Cryptography;

namespace Vetopoint.Ledger.Entries;

/// <summary>
/// One sealed entry of a task: its place, what it says, and a hash over its canonical bytes, which hold the hash of the entry before.
/// </summary>
public sealed class Entry
{
    private Entry(string task, long sequence, string kind, DateTimeOffset time, EntryBody body, byte[] previous, byte[] canonical)
    {
        Task = task;
        Sequence = sequence;
        Kind = kind;
        Time = time;
        Body = body;
        Previous = previous;
        Canonical = canonical;
        Hash = SHA256.HashData(canonical);
    }

    public string Task { get; }

    /// <summary>1 for the first entry of a task, without gaps.</summary>
    public long Sequence { get; }

    /// <summary>One of <see cref="EntryKinds"/>.</summary>
    public string Kind { get; }

    public DateTimeOffset Time { get; }

    public EntryBody Body { get; }

    /// <summary>Hash of the entry before; 32 zero bytes for the first.</summary>
    public ReadOnlyMemory<byte> Previous { get; }

    /// <summary>The bytes that are stored and hashed: canonical JSON (RFC 8785).</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>Makes the entry that follows <paramref name="previous"/> in its task.</summary>
    public static Entry Seal(string task, long sequence, ReadOnlyMemory<byte> previous, DateTimeOffset time, EntryBody body)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        var (kind, canonical) = EntryEncoding.Encode(task, sequence, previous, time, body);
        return new Entry(task, sequence, kind, time, body, previous.ToArray(), canonical);
    }
}
