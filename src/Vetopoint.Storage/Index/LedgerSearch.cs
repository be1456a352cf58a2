using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Storage.Index;

/// <summary>
/// Answers questions to a record: through its index as far as that reaches, by reading the entries behind it, and without it when it cannot be used. The answer
/// is the same. INVARIANT: every entry of an answer was read from the record and matches; the index only says where to look.
/// </summary>
public sealed class LedgerSearch : IDisposable
{
    private readonly RecordFile _record;
    private readonly string? _index;
    private readonly Dictionary<string, TaskOpened?> _opened = new(StringComparer.Ordinal);

    private LedgerSearch(string record, string? index)
    {
        _record = new RecordFile(record);
        _index = index;
    }

    /// <summary>Why the index was not used for the newest answer; null when it was, or when there is none.</summary>
    public string? IndexProblem { get; private set; }

    /// <summary>Opens a record to be searched. Not for more than one thread at a time.</summary>
    /// <param name="indexFile">Null to read every entry and use no index.</param>
    public static LedgerSearch Open(string recordFile, string? indexFile) => new(recordFile, indexFile);

    /// <exception cref="LedgerException">The record cannot be read, or an entry in it is not understood.</exception>
    public LedgerPage Find(LedgerQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, LedgerLimits.PageEntriesMax);
        IndexProblem = null;
        if (query.Attempt is { } attempt)
            return Page(query, Attempt(attempt, query), cancellationToken);
        if (query.Task is { } task && query.Conditions().Length == 1)
            return Page(query, Task(task, query), cancellationToken);
        try
        {
            using var index = _index is null ? null : IndexFile.OpenToRead(_index, _record);
            return Page(query, Indexed(query, index), cancellationToken);
        }
        catch (Exception fault) when (fault is SqliteException or InvalidDataException or InvalidCastException)
        {
            IndexProblem = fault.Message;
            return Page(query, Indexed(query, null), cancellationToken);
        }
    }

    /// <summary>How a task began; null for one that no agent has.</summary>
    public TaskOpened? OpenedOf(string task)
    {
        if (_opened.TryGetValue(task, out var opened))
            return opened;
        if (_opened.Count >= StorageLimits.RememberedTasks)
            _opened.Clear();
        return _opened[task] = _record.OpenedOf(task);
    }

    public void Dispose() => _record.Dispose();

    private LedgerPage Page(LedgerQuery query, IEnumerable<(long Position, byte[] Canonical)> candidates, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<FoundEntry>();
        foreach (var (position, canonical) in candidates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = Entry.Decode(canonical);
            var opened = OpenedOf(entry.Task);
            if (!query.Matches(entry, opened))
                continue;
            found.Add(new FoundEntry(position, entry, opened));
            if (found.Count == query.Limit)
                return new LedgerPage(found.ToImmutable(), position);
        }

        return new LedgerPage(found.ToImmutable(), null);
    }

    private IEnumerable<(long Position, byte[] Canonical)> Attempt(string attempt, LedgerQuery query)
    {
        var page = _record.CanonicalPage(Schema.OfAttempt, ("$attempt", attempt), ("$limit", StorageLimits.ReadEntries));
        if (!query.OldestFirst)
            page.Reverse();
        return page.Where(one => query.After is not { } after || (query.OldestFirst ? one.Place > after : one.Place < after));
    }

    private IEnumerable<(long Position, byte[] Canonical)> Task(string task, LedgerQuery query)
    {
        var from = query.After ?? (query.OldestFirst ? 0 : long.MaxValue);
        var (text, name) = query.OldestFirst ? (Schema.OfTaskAfter, "$after") : (Schema.OfTaskBefore, "$before");
        while (true)
        {
            var page = _record.CanonicalPage(text, ("$task", task), (name, from), ("$limit", Math.Min(query.Limit, StorageLimits.ReadEntries)));
            foreach (var one in page)
                yield return one;
            if (page.Count == 0)
                yield break;
            from = page[^1].Place;
        }
    }

    /// <summary>What the index names, and all behind its end.</summary>
    private IEnumerable<(long Position, byte[] Canonical)> Indexed(LedgerQuery query, IndexFile? index)
    {
        var end = (index?.Blocks ?? 0) * IndexBlock.Entries;
        return query.OldestFirst
            ? Named(query, index).Concat(Following(query, Math.Max(end, query.After ?? 0)))
            : Preceding(query, end, query.After ?? long.MaxValue).Concat(Named(query, index));
    }

    private IEnumerable<(long Position, byte[] Canonical)> Named(LedgerQuery query, IndexFile? index)
    {
        if (index is null)
            yield break;
        using var candidates = new IndexCandidates(index, query);
        foreach (var position in candidates.Positions())
        {
            // An index names only what was there when it was made, and nothing is ever taken away.
            yield return _record.CanonicalPage(Schema.At, ("$position", position)) is [var one] ? one : throw new InvalidDataException("it names an entry that is not there");
        }
    }

    private IEnumerable<(long Position, byte[] Canonical)> Following(LedgerQuery query, long after)
    {
        while (Scan(Schema.ScanAscending, query, after, 0) is { Count: > 0 } page)
        {
            foreach (var one in page)
                yield return one;
            after = page[^1].Place;
        }
    }

    private IEnumerable<(long Position, byte[] Canonical)> Preceding(LedgerQuery query, long end, long before)
    {
        while (before > end + 1 && Scan(Schema.ScanDescending, query, end, before) is { Count: > 0 } page)
        {
            foreach (var one in page)
                yield return one;
            before = page[^1].Place;
        }
    }

    private List<(long Place, byte[] Canonical)> Scan(string text, LedgerQuery query, long after, long before) => _record.CanonicalPage(
        text, ("$after", after), ("$before", before), ("$task", (object?)query.Task ?? DBNull.Value), ("$kind", (object?)query.Kind ?? DBNull.Value),
        ("$limit", StorageLimits.ReadEntries));
}
