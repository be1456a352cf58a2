using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Proofs;

namespace Vetopoint.Ledger.Witnesses;

/// <summary>What a log asks of a witness (C2SP tlog-witness, add-checkpoint).</summary>
/// <param name="OldSize">The size that the witness saw last.</param>
/// <param name="Hashes">The consistency proof from that size.</param>
/// <param name="Note">The signed checkpoint.</param>
public sealed record AddCheckpoint(long OldSize, ImmutableArray<byte[]> Hashes, SignedNote Note)
{
    private const string Old = "old ";

    /// <summary>Reads a request's body, strictly.</summary>
    /// <exception cref="LedgerException">It is no such request.</exception>
    public static AddCheckpoint Parse(string body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var end = body.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = end < 0 ? [] : body[..end].Split('\n');
        return lines.Length > 0 && lines[0].StartsWith(Old, StringComparison.Ordinal) && Checkpoint.TryParseSize(lines[0][Old.Length..], out var size)
            && HashLines.Parse(lines.AsSpan(1)) is { } hashes
            ? new AddCheckpoint(size, hashes, SignedNote.Parse(body[(end + 2)..]))
            : throw new LedgerException($"{LedgerCodes.NoteNotUnderstood}: The request is not an old size, a proof and a checkpoint, as C2SP tlog-witness says.");
    }

    /// <summary>The request's body.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Old}{OldSize}\n{HashLines.Of(Hashes)}\n{Note}");
}
