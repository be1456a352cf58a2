namespace Vetopoint.Ledger;

/// <summary>Every limit of the record, in one place.</summary>
public static class LedgerLimits
{
    /// <summary>Canonical bytes of one entry. A larger one is refused, so its attempt is denied.</summary>
    public const int EntryBytesMax = 256 * 1024;

    /// <summary>Bytes of a payload that is kept beside an entry. What is longer is cut, and the entry says so.</summary>
    public const int PayloadBytesMax = 256 * 1024;

    /// <summary>UTF-16 units of why payloads are erased.</summary>
    public const int ErasureWhyCharsMax = 300;

    /// <summary>UTF-16 units of a task's id.</summary>
    public const int TaskCharsMax = 200;

    /// <summary>Nesting of an entry's JSON; the deepest is a label of an operation's target.</summary>
    public const int EntryDepthMax = 8;

    /// <summary>Canonical bytes of an approver's statement.</summary>
    public const int StatementBytesMax = 16 * 1024;

    /// <summary>Bytes of a signed head.</summary>
    public const int HeadBytesMax = 1024;

    /// <summary>Findings that a verification reports; the rest is counted.</summary>
    public const int FindingsMax = 100;

    /// <summary>Rows that a verification hands to another thread at a time.</summary>
    public const int ReadAheadRows = 64;

    /// <summary>Canonical bytes of such rows, but for the last.</summary>
    public const long ReadAheadBytes = 512 * 1024;

    /// <summary>Groups of rows that a verification reads ahead.</summary>
    public const int ReadAheadGroups = 6;

    /// <summary>Threads that decode and hash ahead of a verification.</summary>
    public const int ReadAheadThreadsMax = 8;

    /// <summary>Attempts without an outcome that a verification lists; the rest is counted.</summary>
    public const int UnresolvedMax = 1_000;

    /// <summary>Entries of one page of a query when no number is asked for.</summary>
    public const int PageEntriesDefault = 50;

    /// <summary>Entries of one page of a query.</summary>
    public const int PageEntriesMax = 10_000;

    /// <summary>Bytes of a full bundle of entries: each has its length before it.</summary>
    public const int BundleBytesMax = 256 * (2 + ushort.MaxValue);

    /// <summary>Bytes of a signed note, with all its signatures.</summary>
    public const int NoteBytesMax = 64 * 1024;

    /// <summary>Signatures of a note; a signed note may always have 16.</summary>
    public const int NoteSignaturesMax = 64;

    /// <summary>Hashes of an inclusion or consistency proof: a tree of 2^63 entries is this deep.</summary>
    public const int ProofHashesMax = 63;

    /// <summary>UTF-16 units of a proof bundle.</summary>
    public const int ProofBundleCharsMax = 1024 * 1024;

    /// <summary>
    /// The largest integer in an entry. RFC 8785 numbers are IEEE 754 doubles: beyond this two integers can read alike.
    /// </summary>
    public const long IntegerMax = (1L << 53) - 1;
}
