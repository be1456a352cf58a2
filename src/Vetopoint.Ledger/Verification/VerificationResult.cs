using System.Collections.Immutable;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Ledger.Verification;

/// <summary>What to verify a record against.</summary>
public sealed record VerificationOptions
{
    /// <summary>The record's public key. Take it from elsewhere than the record where you can: who can replace one can replace both.</summary>
    public required EcdsaPublicKey Key { get; init; }

    /// <summary>Heads kept elsewhere: from an earlier verification, or what the running engine acknowledged.</summary>
    public ImmutableArray<SignedHead> KnownHeads { get; init; } = [];

    /// <summary>Checkpoints kept elsewhere: from an earlier verification, or from a witness.</summary>
    public ImmutableArray<SignedNote> KnownCheckpoints { get; init; } = [];

    /// <summary>The checkpoint that lies beside the record; it must hold, and says nothing of the tail.</summary>
    public SignedNote? OwnCheckpoint { get; init; }

    /// <summary>The key of the record's log, which checkpoints are signed with; needed when one is given.</summary>
    public NoteKey? LogKey { get; init; }

    /// <summary>The tasks' keys, to check the payloads with; null leaves payloads out. Everything else is proved without them.</summary>
    public ITaskKeys? TaskKeys { get; init; }

    /// <summary>Findings to report; the rest is only counted.</summary>
    public int FindingsMax { get; init; } = LedgerLimits.FindingsMax;
}

/// <summary>What a verification found.</summary>
public sealed record VerificationResult
{
    /// <summary>True when nothing is wrong. See <see cref="TailCheckedTo"/> for what could not be seen.</summary>
    public bool IsSound => FindingsCount == 0;

    /// <summary>What is wrong, in the order of the record, up to a limit.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    public required long FindingsCount { get; init; }

    public required long Entries { get; init; }

    public required long Tasks { get; init; }

    /// <summary>Intents by verdict, in the order allow, downgrade, hold, deny.</summary>
    public required VerdictCounts Verdicts { get; init; }

    /// <summary>Attempts that were let through and have no outcome: running now, or cut off by a crash. Up to a limit.</summary>
    public required ImmutableArray<string> Unresolved { get; init; }

    public required long UnresolvedCount { get; init; }

    /// <summary>
    /// The position up to which nothing can have been cut off, by the heads that were given; null when none was given: then the
    /// newest entries may be missing together with the heads that covered them, and the tail is not checked.
    /// </summary>
    public required long? TailCheckedTo { get; init; }

    /// <summary>The record's own head, when its signature holds: keep it elsewhere, and give it to the next verification.</summary>
    public required SignedHead? Head { get; init; }

    /// <summary>The payloads that lie beside the entries; null when they were not checked.</summary>
    public PayloadCounts? Payloads { get; init; }

    /// <summary>The log's own checkpoint, when its signature holds; null when a record was verified and not a log.</summary>
    public SignedNote? Checkpoint { get; init; }

    /// <summary>The changes of the record's keys, each signed by the key before and the key after.</summary>
    public ImmutableArray<KeyChange> KeyChanges { get; init; } = [];

    /// <summary>True when the record says which two keys it signs with; one from before keys were recorded does not.</summary>
    public bool KeysBound { get; init; }

    /// <summary>Where the record goes on from a backup.</summary>
    public ImmutableArray<Restoration> Restorations { get; init; } = [];

    /// <summary>The witnesses that cosigned it, of those that were asked for, and when.</summary>
    public ImmutableArray<Cosigned> Cosigned { get; init; } = [];
}

/// <summary>That a witness cosigned a checkpoint.</summary>
public readonly record struct Cosigned(string Witness, DateTimeOffset Time);

/// <summary>How many payloads are there and were opened, and how many were erased.</summary>
public readonly record struct PayloadCounts(long Checked, long Erased);

/// <summary>That the record goes on from a backup: what was recorded after the backup was made is lost.</summary>
/// <param name="Position">The entry that says so, the first after the backup.</param>
/// <param name="BackedUpAt">When the backup was made.</param>
/// <param name="RestoredAt">When the engine first ran on it.</param>
public readonly record struct Restoration(long Position, DateTimeOffset BackedUpAt, DateTimeOffset RestoredAt);

/// <summary>How many intents had which verdict.</summary>
public readonly record struct VerdictCounts(long Allow, long Downgrade, long Hold, long Deny);
