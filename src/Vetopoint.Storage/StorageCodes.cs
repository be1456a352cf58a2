namespace Vetopoint.Storage;

/// <summary>Stable codes of what can go wrong when the record is written or opened.</summary>
public static class StorageCodes
{
    /// <summary>The entry does not follow the newest entry of its task. Nothing was stored.</summary>
    public const string NotNext = "VP6101";

    /// <summary>More entries wait than may.</summary>
    public const string QueueFull = "VP6102";

    /// <summary>The disk is full. Nothing was stored.</summary>
    public const string DiskFull = "VP6103";

    /// <summary>The store failed in another way, and nothing was stored.</summary>
    public const string StoreFailed = "VP6104";

    /// <summary>Something else wrote to the record while the engine ran. Nothing is stored any more.</summary>
    public const string ChangedByOther = "VP6105";

    /// <summary>The ledger is stopping or has stopped.</summary>
    public const string Stopped = "VP6106";

    /// <summary>It is not known whether a commit happened, so the process stops.</summary>
    public const string CommitUnknown = "VP6107";

    /// <summary>A file or directory of the state could be read or changed by someone else.</summary>
    public const string NotPrivate = "VP6201";

    /// <summary>Another engine holds the state directory.</summary>
    public const string Locked = "VP6202";

    /// <summary>Locks have no effect where the state directory lies.</summary>
    public const string LockWithoutEffect = "VP6203";

    /// <summary>The state directory cannot be used: it is no directory, or cannot be made or written.</summary>
    public const string StateUnusable = "VP6204";

    /// <summary>The record's file is gone, though there was one.</summary>
    public const string RecordMissing = "VP6210";

    /// <summary>The record's key is gone.</summary>
    public const string KeyMissing = "VP6211";

    /// <summary>The record's newest entries are not what its signed head says.</summary>
    public const string HeadMismatch = "VP6212";

    /// <summary>A key that is not the record's.</summary>
    public const string KeyForeign = "VP6460";

    /// <summary>A folder that is no backup, or is not as it was made, or whose record is not sound.</summary>
    public const string BackupInvalid = "VP6463";

    /// <summary>A backup cannot be made or restored there.</summary>
    public const string BackupRefused = "VP6464";

    /// <summary>A backup that ends before what was seen elsewhere.</summary>
    public const string BackupOlder = "VP6465";

    /// <summary>A file that is no record, or one of a newer version, or a damaged one.</summary>
    public const string NotARecord = "VP6213";

    /// <summary>A checkpoint was published that the record does not lead to.</summary>
    public const string LogContradicted = "VP6220";

    /// <summary>The log's files or its key cannot be written or read.</summary>
    public const string LogUnusable = "VP6221";

    /// <summary>The index beside the record cannot be written, or says something else than the record.</summary>
    public const string IndexUnusable = "VP6470";
}
