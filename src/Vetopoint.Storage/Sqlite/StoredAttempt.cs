using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>Which attempt an entry is about; null when about none.</summary>
internal static class StoredAttempt
{
    public static string? Of(EntryBody body) => body switch
    {
        Intent intent => intent.Attempt,
        Outcome outcome => outcome.Attempt,
        HoldResolved resolved => resolved.Attempt,
        _ => null,
    };
}
