using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>
/// Reads a record without ever writing to it or holding up its writer: read-only connections, a page of entries at a time, and
/// no snapshot held between pages.
/// </summary>
/// <remarks>SQLite has no asynchronous calls; a page takes well under a millisecond, so it is read on the calling thread.</remarks>
public sealed class SqliteLedgerReader : IDisposable
{
    private readonly string _connectionString;

    private SqliteLedgerReader(string connectionString) => _connectionString = connectionString;

    public static SqliteLedgerReader Open(string file) => new(ReadOnlyConnection.Text(file, pooling: true));

    /// <summary>The entries of one task in order, from a sequence on.</summary>
    public async IAsyncEnumerable<Entry> ReadTaskAsync(
        string task, long fromSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = Page(Schema.OfTask, ("$task", task), ("$from", fromSequence), ("$limit", StorageLimits.ReadEntries));
            foreach (var (_, entry) in page)
                yield return entry;
            if (page.Count < StorageLimits.ReadEntries)
                yield break;
            fromSequence = page[^1].Place + 1;
            await Task.Yield();
        }
    }

    /// <summary>Entries of some kinds over all tasks, in the order they became durable.</summary>
    public async IAsyncEnumerable<Entry> ReadKindsAsync(
        IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        var pages = kinds.Contains(EntryKinds.Intent) || kinds.Contains(EntryKinds.Outcome)
            ? ScanAsync(kinds, cancellationToken)
            : RareKindsAsync(kinds, cancellationToken);
        await foreach (var entry in pages)
            yield return entry;
    }

    /// <summary>Entries behind a position over all tasks, in the order they became durable.</summary>
    public IReadOnlyList<(long Position, Entry Entry)> ReadAfter(long position, int max) =>
        Page(Schema.From, ("$after", position), ("$limit", max));

    /// <summary>The newest entries over all tasks, newest first.</summary>
    public async IAsyncEnumerable<Entry> ReadNewestAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        while (count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = Math.Min(count, StorageLimits.ReadEntries);
            var page = Page(Schema.NewestFirst, ("$before", before), ("$limit", wanted));
            foreach (var (_, entry) in page)
                yield return entry;
            if (page.Count < wanted)
                yield break;
            before = page[^1].Place;
            count -= page.Count;
            await Task.Yield();
        }
    }

    /// <summary>Canonical bytes of the entries after a position, in order, up to a limit, without reading what they say.</summary>
    /// <exception cref="LedgerException">A position is missing, or the record cannot be read.</exception>
    public IReadOnlyList<byte[]> ReadCanonical(long after, int limit)
    {
        try
        {
            using var connection = Connect();
            using var command = Command(connection, Schema.CanonicalFrom, ("$after", after), ("$limit", limit));
            using var reader = command.ExecuteReader();
            var entries = new List<byte[]>();
            while (reader.Read())
            {
                entries.Add(reader.GetFieldValue<byte[]>(1));
                if (reader.GetInt64(0) != after + entries.Count)
                {
                    throw new LedgerException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{StorageCodes.LogContradicted}: Position {after + entries.Count} of the record is missing. Run `vetopoint ledger verify`."));
                }
            }

            return entries;
        }
        catch (SqliteException fault)
        {
            throw new LedgerException($"{StorageCodes.StateUnusable}: The record cannot be read ({fault.Message}).", fault);
        }
    }

    /// <summary>The first entry of a task; null when it has none.</summary>
    public Entry? FirstOf(string task) => Page(Schema.OfTask, ("$task", task), ("$from", 1L), ("$limit", 1)) is [var (_, first)] ? first : null;

    /// <summary>
    /// Attempts that were let through and have no outcome. One whose engine has ended since has an unknown outcome: a crash cut it off, and it counts in its
    /// task's budget as if it had happened. Any other runs now.
    /// </summary>
    public IReadOnlyList<UnresolvedAttempt> ReadUnresolved(int limit)
    {
        var started = Position(Schema.NewestStart) ?? 0;
        var unresolved = new List<UnresolvedAttempt>();
        for (var after = 0L; ;)
        {
            var page = Page(Schema.IntentsWithoutOutcome, ("$after", after), ("$limit", StorageLimits.ReadEntries));
            foreach (var (position, entry) in page)
            {
                if (entry.Body is Intent intent && (intent.Verdict is "allow" or "downgrade" || intent.Observed) && unresolved.Count < limit)
                    unresolved.Add(new UnresolvedAttempt(position, entry, intent, position < started));
            }

            if (page.Count < StorageLimits.ReadEntries || unresolved.Count == limit)
                return unresolved;
            after = page[^1].Place;
        }
    }

    /// <summary>The ciphertext that lies beside one entry; null when none does.</summary>
    /// <exception cref="LedgerException">The record cannot be read.</exception>
    public byte[]? ReadPayload(string task, long sequence)
    {
        try
        {
            using var connection = Connect();
            if (!SchemaCheck.HasPayloads(connection))
                return null;
            using var command = Command(connection, Schema.PayloadOf, ("$task", task), ("$sequence", sequence));
            return command.ExecuteScalar() as byte[];
        }
        catch (SqliteException fault)
        {
            throw new LedgerException($"{StorageCodes.StateUnusable}: The record cannot be read ({fault.Message}).", fault);
        }
    }

    /// <summary>The position of one entry of a task; null when there is none.</summary>
    public long? FindPosition(string task, long sequence) => Position(Schema.PositionOf, ("$task", task), ("$sequence", sequence));

    /// <summary>The position of an attempt's intent; null when there is none.</summary>
    public long? FindIntent(string attempt) => Position(Schema.PositionOfIntent, ("$attempt", attempt));

    /// <summary>Everything that was recorded about one attempt; null when nothing was.</summary>
    public AttemptRecord? FindAttempt(string attempt)
    {
        using var connection = Connect();
        using var command = Command(connection, Schema.OfAttempt, ("$attempt", attempt), ("$limit", StorageLimits.ReadEntries));
        using var reader = command.ExecuteReader();
        Entry? intent = null;
        Entry? outcome = null;
        Entry? resolution = null;
        while (reader.Read())
        {
            var entry = Entry.Decode(reader.GetFieldValue<byte[]>(0));
            switch (entry.Body)
            {
                case Intent:
                    intent ??= entry;
                    break;
                case Outcome:
                    outcome ??= entry;
                    break;
                case HoldResolved:
                    resolution ??= entry;
                    break;
            }
        }

        return intent is null ? null : new AttemptRecord(intent, outcome, resolution);
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private async IAsyncEnumerable<Entry> ScanAsync(
        IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = Page(Schema.From, ("$after", after), ("$limit", StorageLimits.ReadEntries));
            foreach (var (_, entry) in page)
            {
                if (kinds.Contains(entry.Kind))
                    yield return entry;
            }

            if (page.Count < StorageLimits.ReadEntries)
                yield break;
            after = page[^1].Place;
            await Task.Yield();
        }
    }

    /// <summary>Rare kinds have an index each; their pages are merged by position.</summary>
    private async IAsyncEnumerable<Entry> RareKindsAsync(
        IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var merged = new List<(long Place, Entry Entry)>();
            foreach (var kind in kinds.Distinct(StringComparer.Ordinal))
                merged.AddRange(Page(Schema.OfRareKind, ("$kind", kind), ("$after", after), ("$limit", StorageLimits.ReadEntries)));
            merged.Sort((left, right) => left.Place.CompareTo(right.Place));

            // Beyond the first so many, a kind whose page was full may have entries that were not read.
            var certain = Math.Min(merged.Count, StorageLimits.ReadEntries);
            for (var index = 0; index < certain; index++)
                yield return merged[index].Entry;
            if (merged.Count < StorageLimits.ReadEntries)
                yield break;
            after = merged[certain - 1].Place;
            await Task.Yield();
        }
    }

    private List<(long Place, Entry Entry)> Page(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = Connect();
        using var command = Command(connection, text, parameters);
        using var reader = command.ExecuteReader();
        var page = new List<(long, Entry)>();
        while (reader.Read())
            page.Add((reader.GetInt64(0), Entry.Decode(reader.GetFieldValue<byte[]>(1))));
        return page;
    }

    private long? Position(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var connection = Connect();
        using var command = Command(connection, text, parameters);
        return command.ExecuteScalar() as long?;
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw new LedgerException($"{StorageCodes.StateUnusable}: The record cannot be read ({fault.Message}).", fault);
        }
    }

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is one of the constants of Schema
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}

/// <summary>An attempt that was let through and has no outcome.</summary>
/// <param name="Position">Where its intent stands.</param>
/// <param name="Entry">The entry of its intent.</param>
/// <param name="Intent">Its intent.</param>
/// <param name="IsUnknown">True when the engine that let it through has ended: whether it happened is not known. False when it runs now.</param>
public sealed record UnresolvedAttempt(long Position, Entry Entry, Intent Intent, bool IsUnknown);

/// <summary>What the record says of one attempt.</summary>
/// <param name="Intent">Its intent.</param>
/// <param name="Outcome">Its outcome; null when it was not allowed, still runs, or never ended.</param>
/// <param name="Resolution">How its hold ended; null when it was not held, or still is.</param>
public sealed record AttemptRecord(Entry Intent, Entry? Outcome, Entry? Resolution);
