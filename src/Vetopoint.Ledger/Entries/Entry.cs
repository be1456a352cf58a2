using System.Security.Cryptography;

namespace Vetopoint.Ledger.Entries;

/// <summary>
/// One sealed entry of a task: its place, what it says, and a hash over its canonical bytes, which hold the hash of the entry before.
/// </summary>
public sealed class Entry
{
    private Entry(string task, long sequence, string kind, DateTimeOffset time, EntryBody body, byte[] previous, ReadOnlyMemory<byte> canonical)
    {
        Task = task;
        Sequence = sequence;
        Kind = kind;
        Time = time;
        Body = body;
        Previous = previous;
        Canonical = canonical;
        Hash = SHA256.HashData(canonical.Span);
    }

    public string Task { get; }

    /// <summary>1 for the first entry of a task, without gaps.</summary>
    public long Sequence { get; }

    /// <summary>One of <see cref="EntryKinds"/>.</summary>
    public string Kind { get; }

    public DateTimeOffset Time { get; }

    public EntryBody Body { get; }

    /// <summary>The attempt it is about; null when about none.</summary>
    public string? Attempt => Body switch
    {
        Intent intent => intent.Attempt,
        Outcome outcome => outcome.Attempt,
        HoldResolved resolved => resolved.Attempt,
        _ => null,
    };

    /// <summary>What it says of the payload beside it; null when there is none.</summary>
    public PayloadEntry? Payload => Body switch
    {
        Intent intent => intent.Payload,
        Outcome outcome => outcome.Payload,
        _ => null,
    };

    /// <summary>
    /// The payload's ciphertext on its way to the store, which keeps it beside the entry, in the same transaction. It is not among the entry's
    /// bytes, and an entry that was read has none.
    /// </summary>
    public ReadOnlyMemory<byte> Sealed { get; private init; }

    /// <summary>Hash of the entry before; 32 zero bytes for the first.</summary>
    public ReadOnlyMemory<byte> Previous { get; }

    /// <summary>The bytes that are stored and hashed: canonical JSON (RFC 8785).</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>What stands before the first entry of a task: 32 zero bytes.</summary>
    public static ReadOnlyMemory<byte> NoPrevious { get; } = new byte[EntryEncoding.HashBytes];

    /// <summary>Makes the entry that follows <paramref name="previous"/> in its task.</summary>
    /// <exception cref="LedgerException">The body is too large, or holds a number or a text that has no canonical form.</exception>
    public static Entry Seal(string task, long sequence, ReadOnlyMemory<byte> previous, DateTimeOffset time, EntryBody body) =>
        Seal(task, sequence, previous, time, body, default);

    /// <summary>Makes the entry that follows <paramref name="previous"/> in its task, with a payload to keep beside it.</summary>
    /// <exception cref="LedgerException">The body is too large, or holds a number or a text that has no canonical form.</exception>
    public static Entry Seal(
        string task, long sequence, ReadOnlyMemory<byte> previous, DateTimeOffset time, EntryBody body, ReadOnlyMemory<byte> payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(task.Length, LedgerLimits.TaskCharsMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentNullException.ThrowIfNull(body);
        var (kind, canonical) = EntryEncoding.Encode(task, sequence, previous.Span, time, body);
        return new Entry(task, sequence, kind, time, body, previous.ToArray(), canonical) { Sealed = payload };
    }

    /// <summary>Reads an entry back from its canonical bytes.</summary>
    /// <exception cref="LedgerException">The version, the kind or a member is unknown, or the bytes are not the canonical form.</exception>
    public static Entry Decode(ReadOnlyMemory<byte> canonical) => DecodeInPlace(canonical.ToArray());

    /// <summary>As <see cref="Decode"/>, but keeps these bytes instead of a copy: whoever gives them never changes them again.</summary>
    /// <exception cref="LedgerException">The version, the kind or a member is unknown, or the bytes are not the canonical form.</exception>
    public static Entry DecodeInPlace(ReadOnlyMemory<byte> canonical)
    {
        var decoded = EntryDecoding.Decode(canonical.Span);
        return new Entry(decoded.Task, decoded.Sequence, decoded.Kind, decoded.Time, decoded.Body, decoded.Previous, canonical);
    }
}
