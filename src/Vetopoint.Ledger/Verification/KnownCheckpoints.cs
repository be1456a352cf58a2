using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Verification;

/// <summary>Checkpoints that a growing tree must pass through, each signed by the log's key.</summary>
internal sealed class KnownCheckpoints
{
    private readonly Findings _findings;
    private readonly List<(Checkpoint Checkpoint, bool IsOwn)> _waiting = [];

    public KnownCheckpoints(Findings findings, ImmutableArray<SignedNote> known, ImmutableArray<SignedNote> own, NoteKey? key, Func<KeyChain> chain)
    {
        _findings = findings;
        foreach (var note in own)
            Add(note, key, chain, isOwn: true);
        foreach (var note in known)
            Add(note, key, chain, isOwn: false);
        Any = _waiting.Count > 0;
    }

    /// <summary>True when there is any to compare with.</summary>
    public bool Any { get; }

    /// <summary>The largest size of those from elsewhere; null when there is none.</summary>
    public long? Newest { get; private set; }

    /// <summary>Compares the tree as it is now.</summary>
    public void Compare(RootBuilder tree)
    {
        for (var n = _waiting.Count - 1; n >= 0; n--)
        {
            var (checkpoint, isOwn) = _waiting[n];
            if (checkpoint.Size != tree.Size)
                continue;
            _waiting.RemoveAt(n);
            if (!checkpoint.Root.Span.SequenceEqual(tree.Root()))
            {
                _findings.Add(new Finding(
                    FindingCodes.KnownCheckpointDiffers,
                    $"The entries up to here are not those of {Which(isOwn)} of {Number(checkpoint.Size)} entries: history was rewritten, or two are told.",
                    tree.Size, null, null));
            }
        }
    }

    /// <summary>What was not reached was cut off.</summary>
    public void CheckEnd(long size)
    {
        foreach (var (checkpoint, isOwn) in _waiting)
        {
            if (checkpoint.Size > size)
            {
                _findings.Add(
                    FindingCodes.KnownCheckpointDiffers,
                    $"There are {Number(size)} entries, but {Which(isOwn)} covers {Number(checkpoint.Size)}: published entries were cut off.");
            }
        }
    }

    private void Add(SignedNote note, NoteKey? key, Func<KeyChain> chain, bool isOwn)
    {
        Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.Of(note);
        }
        catch (LedgerException refused)
        {
            _findings.Add(FindingCodes.KnownCheckpointDiffers, $"What was given as a checkpoint is none: {refused.Message}");
            return;
        }

        if (key is null || !string.Equals(checkpoint.Origin, key.Name, StringComparison.Ordinal)
            || (note.Check(key) != NoteCheck.Valid && !chain().IsSigned(note, checkpoint.Size, key)))
        {
            _findings.Add(
                FindingCodes.KnownCheckpointDiffers,
                $"{(isOwn ? "The checkpoint beside the record" : "A checkpoint from elsewhere")} of {Number(checkpoint.Size)} entries is not signed by the key " +
                $"of this log: it is of another log, `{checkpoint.Origin}`, or key or record were exchanged.");
            return;
        }

        if (!isOwn)
            Newest = Math.Max(Newest ?? 0, checkpoint.Size);
        if (checkpoint.Size > 0)
            _waiting.Add((checkpoint, isOwn));
    }

    private static string Which(bool isOwn) => isOwn ? "the published checkpoint" : "a checkpoint from elsewhere";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
