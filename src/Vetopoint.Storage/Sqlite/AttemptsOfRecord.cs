using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>What the record says of single attempts.</summary>
internal sealed class AttemptsOfRecord(RecordFile record)
{
    /// <summary>Everything that was recorded about one attempt; null when nothing was.</summary>
    public AttemptRecord? Find(string attempt)
    {
        Entry? intent = null;
        Entry? outcome = null;
        Entry? resolution = null;
        foreach (var (_, entry) in record.Page(Schema.OfAttempt, ("$attempt", attempt), ("$limit", StorageLimits.ReadEntries)))
        {
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

    public IReadOnlyList<UnresolvedAttempt> Unresolved(int limit)
    {
        var started = record.Number(Schema.NewestStart) ?? 0;
        var unresolved = new List<UnresolvedAttempt>();
        for (var after = 0L; ;)
        {
            var page = record.Page(Schema.IntentsWithoutOutcome, ("$after", after), ("$limit", StorageLimits.ReadEntries));
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
