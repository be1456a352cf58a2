namespace Vetopoint.Storage;

/// <summary>Every limit of storage, in one place.</summary>
public static class StorageLimits
{
    /// <summary>Entries that wait for the writer. Beyond it an append faults at once and its attempt is denied.</summary>
    public const int QueueEntriesMax = 8_192;

    /// <summary>Canonical bytes that wait for the writer.</summary>
    public const long QueueBytesMax = 64L * 1024 * 1024;

    /// <summary>Entries in one transaction.</summary>
    public const int BatchEntriesMax = 512;

    /// <summary>Callers that make it worth waiting for them to come back.</summary>
    public const int GatherEntriesMin = 12;

    /// <summary>After so many times in a row that they did not come, they are waited for once in 2^n transactions.</summary>
    public const int GatherMissesMax = 7;

    /// <summary>Entries between two WAL checkpoints. About 4 MB of pages at 1 KB an entry.</summary>
    public const int CheckpointEntries = 2_000;

    /// <summary>Transactions between two WAL checkpoints: a small one still writes several pages.</summary>
    public const int CheckpointTransactions = 500;

    /// <summary>Bytes of entries and payloads between two WAL checkpoints.</summary>
    public const long CheckpointBytes = 16L * 1024 * 1024;

    /// <summary>What the WAL file shrinks to after a checkpoint.</summary>
    public const long WalBytesKept = 64L * 1024 * 1024;

    /// <summary>Tasks whose newest entry the writer remembers; it looks others up.</summary>
    public const int RememberedTasks = 10_000;

    /// <summary>Entries that one query reads at a time, so that a slow reader holds no snapshot open.</summary>
    public const int ReadEntries = 256;

    /// <summary>Kilobytes of pages that the check of a record's file for damage keeps.</summary>
    public const int DamageCacheKilobytes = 32 * 1024;

    /// <summary>Entries that the log takes from the record at a time.</summary>
    public const int LogReadEntries = 1_024;

    /// <summary>Differences between index and record that a check tells.</summary>
    public const int IndexDifferencesMax = 20;

    /// <summary>Characters of a URI that names a token's key.</summary>
    public const int TokenUriCharsMax = 1_024;

    /// <summary>Bytes of a token's PIN.</summary>
    public const int TokenPinBytesMax = 256;

    /// <summary>How long the index's follower waits for entries to gather.</summary>
    public static TimeSpan IndexInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a transaction waits for callers who are expected back: about as long as a commit takes.</summary>
    public static TimeSpan GatherMax { get; } = TimeSpan.FromMilliseconds(1);

    /// <summary>How long the log lets entries gather before it signs a checkpoint over them. Twice this is how old a checkpoint may get under load.</summary>
    public static TimeSpan LogInterval { get; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the log's former key signs beside the new one, so that auditors and witnesses have time to take up the new one.</summary>
    public static TimeSpan FormerKeySigns { get; } = TimeSpan.FromDays(7);

    /// <summary>How long a statement waits for another process that holds the database.</summary>
    public static TimeSpan BusyTimeout { get; } = TimeSpan.FromSeconds(1);
}
