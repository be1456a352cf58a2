using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Records;

/// <summary>The entries that belong to an attempt.</summary>
/// <param name="Intent">Where it was judged.</param>
/// <param name="Resolution">How its hold ended; null when it was not held, or still is.</param>
/// <param name="UsedBy">The attempt that its approval let run; null when none did.</param>
/// <param name="Outcome">What became of it; null when it did not run, or still does.</param>
internal sealed record LinkedEntries(Entry Intent, Entry? Resolution, Entry? UsedBy, Entry? Outcome)
{
    /// <summary>What is linked to the attempt that an entry is about; null for an entry about none.</summary>
    public static async Task<LinkedEntries?> OfAsync(SqliteLedgerReader reader, Entry entry, CancellationToken cancellationToken)
    {
        if (entry.Attempt is not { } attempt || reader.FindAttempt(attempt) is not { } record)
            return null;
        var usedBy = record.Resolution?.Body is HoldResolved { Resolution: "approved" }
            ? await UserAsync(reader, record.Resolution, attempt, cancellationToken)
            : null;
        return new LinkedEntries(record.Intent, record.Resolution, usedBy, record.Outcome);
    }

    /// <summary>An approval is used in its own task, after it was given.</summary>
    private static async Task<Entry?> UserAsync(SqliteLedgerReader reader, Entry approval, string attempt, CancellationToken cancellationToken)
    {
        await foreach (var later in reader.ReadTaskAsync(approval.Task, approval.Sequence + 1, cancellationToken))
        {
            if (later.Body is Intent intent && string.Equals(intent.Uses, attempt, StringComparison.Ordinal))
                return later;
        }

        return null;
    }
}
