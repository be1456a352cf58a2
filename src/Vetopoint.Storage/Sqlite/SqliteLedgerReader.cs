using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Storage.Sqlite;

/// <summary>Reads a record without ever writing to it or holding up its writer, whether or not an engine works on it.</summary>
public sealed class SqliteLedgerReader : IDisposable
{
    private readonly RecordFile _record;
    private readonly EntryPages _pages;
    private readonly AttemptsOfRecord _attempts;

    private SqliteLedgerReader(RecordFile record)
    {
        _record = record;
        _pages = new EntryPages(record);
        _attempts = new AttemptsOfRecord(record);
    }

    public static SqliteLedgerReader Open(string file) => new(new RecordFile(file));

    /// <summary>The entries of one task in order, from a sequence on.</summary>
    public IAsyncEnumerable<Entry> ReadTaskAsync(string task, long fromSequence, CancellationToken cancellationToken) =>
        _pages.OfTaskAsync(task, fromSequence, cancellationToken);

    /// <summary>Entries of some kinds over all tasks, in the order they became durable.</summary>
    public IAsyncEnumerable<Entry> ReadKindsAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        return _pages.OfKindsAsync(kinds, cancellationToken);
    }

    /// <summary>The newest entries over all tasks, newest first.</summary>
    public IAsyncEnumerable<Entry> ReadNewestAsync(int count, CancellationToken cancellationToken) => _pages.NewestAsync(count, cancellationToken);

    /// <summary>Entries behind a position over all tasks, in the order they became durable.</summary>
    public IReadOnlyList<(long Position, Entry Entry)> ReadAfter(long position, int max) =>
        _record.Page(Schema.From, ("$after", position), ("$limit", max));

    /// <summary>Canonical bytes of the entries after a position, in order, up to a limit, without reading what they say.</summary>
    /// <exception cref="LedgerException">A position is missing, or the record cannot be read.</exception>
    public IReadOnlyList<byte[]> ReadCanonical(long after, int limit) => _record.Canonical(after, limit);

    /// <summary>The entry at a position; null when there is none.</summary>
    public Entry? At(long position) => _record.Page(Schema.At, ("$position", position)) is [var (_, entry)] ? entry : null;

    /// <summary>The position of the newest entry; 0 when there is none.</summary>
    public long NewestPosition() => _record.Number(Schema.NewestPosition) ?? 0;

    /// <summary>What the record's entries say of its keys.</summary>
    /// <exception cref="LedgerException">An entry says what its keys did not sign.</exception>
    public KeyChain ReadKeys()
    {
        var keys = new KeyChain();
        var entries = new List<(long Place, Entry Entry)>();
        foreach (var kind in (ReadOnlySpan<string>)[EntryKinds.KeysBound, EntryKinds.KeyRotated])
        {
            for (var after = 0L; ;)
            {
                var page = _record.Page(Schema.OfRareKind, ("$kind", kind), ("$after", after), ("$limit", StorageLimits.ReadEntries));
                entries.AddRange(page);
                if (page.Count < StorageLimits.ReadEntries)
                    break;
                after = page[^1].Place;
            }
        }

        foreach (var (place, entry) in entries.OrderBy(one => one.Place))
        {
            if (keys.Take(place, entry.Body) is { } wrong)
            {
                throw new LedgerException(string.Create(
                    CultureInfo.InvariantCulture, $"{StorageCodes.KeyForeign}: The entry at position {place} is not to be believed: {wrong} ") +
                    "The record was changed. Run `vetopoint ledger verify`, and restore the newest backup.");
            }
        }

        return keys;
    }

    /// <summary>The first entry of a task; null when it has none.</summary>
    public Entry? FirstOf(string task) => _record.Page(Schema.OfTask, ("$task", task), ("$from", 1L), ("$limit", 1)) is [var (_, first)] ? first : null;

    /// <summary>
    /// Attempts that were let through and have no outcome. One whose engine has ended since has an unknown outcome: a crash cut it off, and it counts in its
    /// task's budget as if it had happened. Any other runs now.
    /// </summary>
    public IReadOnlyList<UnresolvedAttempt> ReadUnresolved(int limit) => _attempts.Unresolved(limit);

    /// <summary>The ciphertext that lies beside one entry; null when none does.</summary>
    /// <exception cref="LedgerException">The record cannot be read.</exception>
    public byte[]? ReadPayload(string task, long sequence) => _record.Payload(task, sequence);

    /// <summary>The position of one entry of a task; null when there is none.</summary>
    public long? FindPosition(string task, long sequence) => _record.Number(Schema.PositionOf, ("$task", task), ("$sequence", sequence));

    /// <summary>The position of an attempt's intent; null when there is none.</summary>
    public long? FindIntent(string attempt) => _record.Number(Schema.PositionOfIntent, ("$attempt", attempt));

    /// <summary>Everything that was recorded about one attempt; null when nothing was.</summary>
    public AttemptRecord? FindAttempt(string attempt) => _attempts.Find(attempt);

    public void Dispose() => _record.Dispose();
}
