using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Proofs;

/// <summary>
/// That one entry stands in a log, in one file that anyone can check without the log (C2SP tlog-proof). The entry itself is in it as extra data,
/// which nothing is believed of until its hash leads to the signed root.
/// </summary>
/// <param name="Index">Where the entry stands, from 0; its position in the record is one more.</param>
/// <param name="Canonical">The entry's canonical bytes; null when they are handed over in another way.</param>
/// <param name="Hashes">The inclusion proof.</param>
/// <param name="Note">The signed checkpoint.</param>
public sealed record ProofBundle(long Index, ReadOnlyMemory<byte>? Canonical, ImmutableArray<byte[]> Hashes, SignedNote Note)
{
    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string Extra = "extra ";
    private const string IndexName = "index ";

    /// <summary>Reads a bundle, strictly. Nothing is checked here.</summary>
    /// <exception cref="LedgerException">It is no bundle.</exception>
    public static ProofBundle Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LedgerLimits.ProofBundleCharsMax)
            throw Refused("it is too long");
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
            throw Refused("an empty line before the checkpoint is missing");
        var lines = text[..end].Split('\n');
        if (!string.Equals(lines[0], Header, StringComparison.Ordinal))
            throw Refused($"its first line is not `{Header}`");
        var at = 1;
        ReadOnlyMemory<byte>? canonical = null;
        if (at < lines.Length && lines[at].StartsWith(Extra, StringComparison.Ordinal))
            canonical = StrictBase64.Decode(lines[at++][Extra.Length..]) ?? throw Refused("its extra data is not base64");
        if (at >= lines.Length || !lines[at].StartsWith(IndexName, StringComparison.Ordinal)
            || !Checkpoint.TryParseSize(lines[at++][IndexName.Length..], out var index))
            throw Refused("the line with the index is missing");
        var hashes = HashLines.Parse(lines.AsSpan(at)) ?? throw Refused("a line that should be a hash is none, or there are too many");
        return new ProofBundle(index, canonical, hashes, SignedNote.Parse(text[(end + 2)..]));
    }

    /// <summary>The file's text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Header).Append('\n');
        if (Canonical is { } canonical)
            text.Append(Extra).Append(Convert.ToBase64String(canonical.Span)).Append('\n');
        text.Append(IndexName).Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n').Append(HashLines.Of(Hashes));
        return text.Append('\n').Append(Note).ToString();
    }

    /// <summary>Checks all of it.</summary>
    /// <param name="key">The log's key, from elsewhere than the bundle.</param>
    /// <param name="canonical">The entry, when the bundle does not hold it.</param>
    /// <returns>What is wrong; null when the entry stands in the log.</returns>
    public string? Verify(NoteKey key, ReadOnlyMemory<byte>? canonical = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        if ((canonical ?? Canonical) is not { } entry)
            return "The bundle does not hold the entry, and none was given.";
        switch (Note.Check(key))
        {
            case NoteCheck.Absent:
                return $"The checkpoint is not signed by the key `{key.Name}`.";
            case NoteCheck.Invalid:
                return $"The signature of the checkpoint is not one by the key `{key.Name}`: the checkpoint was changed.";
            case NoteCheck.Valid:
                break;
        }

        Checkpoint checkpoint;
        try
        {
            checkpoint = Checkpoint.Of(Note);
        }
        catch (LedgerException refused)
        {
            return refused.Message;
        }

        if (!string.Equals(checkpoint.Origin, key.Name, StringComparison.Ordinal))
            return $"The checkpoint is of the log `{checkpoint.Origin}`, not of `{key.Name}`.";
        return TreeProofs.Includes(Index, checkpoint.Size, TreeHash.Leaf(EntryBundle.LeafOf(entry).Span), Hashes, checkpoint.Root.Span)
            ? null
            : $"The entry does not stand at index {Index.ToString(CultureInfo.InvariantCulture)} of the signed tree: it, or the proof, was changed.";
    }

    private static LedgerException Refused(string why) => new($"{LedgerCodes.ProofNotUnderstood}: The text is not a proof bundle: {why}.");
}
