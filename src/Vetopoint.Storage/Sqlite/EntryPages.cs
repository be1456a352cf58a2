using System.Runtime.CompilerServices;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>Many entries in an order, page after page.</summary>
internal sealed class EntryPages(RecordFile record)
{
    public async IAsyncEnumerable<Entry> OfTaskAsync(string task, long fromSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = record.Page(Schema.OfTask, ("$task", task), ("$from", fromSequence), ("$limit", StorageLimits.ReadEntries));
            foreach (var (_, entry) in page)
                yield return entry;
            if (page.Count < StorageLimits.ReadEntries)
                yield break;
            fromSequence = page[^1].Place + 1;
            await Task.Yield();
        }
    }

    public async IAsyncEnumerable<Entry> NewestAsync(int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = long.MaxValue;
        while (count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = Math.Min(count, StorageLimits.ReadEntries);
            var page = record.Page(Schema.NewestFirst, ("$before", before), ("$limit", wanted));
            foreach (var (_, entry) in page)
                yield return entry;
            if (page.Count < wanted)
                yield break;
            before = page[^1].Place;
            count -= page.Count;
            await Task.Yield();
        }
    }

    public IAsyncEnumerable<Entry> OfKindsAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken) =>
        kinds.Contains(EntryKinds.Intent) || kinds.Contains(EntryKinds.Outcome)
            ? ScanAsync(kinds, cancellationToken)
            : OfRareKindsAsync(kinds, cancellationToken);

    private async IAsyncEnumerable<Entry> ScanAsync(
        IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = record.Page(Schema.From, ("$after", after), ("$limit", StorageLimits.ReadEntries));
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
    private async IAsyncEnumerable<Entry> OfRareKindsAsync(
        IReadOnlyCollection<string> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var merged = new List<(long Place, Entry Entry)>();
            foreach (var kind in kinds.Distinct(StringComparer.Ordinal))
                merged.AddRange(record.Page(Schema.OfRareKind, ("$kind", kind), ("$after", after), ("$limit", StorageLimits.ReadEntries)));
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
}
