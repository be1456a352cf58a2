using System.Collections.Immutable;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Ledger.Verification;

/// <summary>What to verify a log against.</summary>
public sealed record LogVerificationOptions
{
    /// <summary>The log's public key, from elsewhere than the log: who can replace one can replace both.</summary>
    public required NoteKey Key { get; init; }

    /// <summary>Witnesses that must have cosigned the log's checkpoint, or one of the known ones.</summary>
    public ImmutableArray<NoteKey> Witnesses { get; init; } = [];

    /// <summary>Checkpoints kept elsewhere: from an earlier verification, or from a witness.</summary>
    public ImmutableArray<SignedNote> KnownCheckpoints { get; init; } = [];

    /// <summary>False when only the hashes are to be checked, because the entries are those of a record that is verified by itself.</summary>
    public bool ReadsEntries { get; init; } = true;

    /// <summary>Findings to report; the rest is only counted.</summary>
    public int FindingsMax { get; init; } = LedgerLimits.FindingsMax;
}
