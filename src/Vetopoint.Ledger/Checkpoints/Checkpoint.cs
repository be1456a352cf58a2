using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Checkpoints;

/// <summary>How many entries the tree of a log has, and its root: the text of a checkpoint (C2SP tlog-checkpoint).</summary>
/// <param name="Origin">Which log.</param>
/// <param name="Size">How many entries.</param>
/// <param name="Root">The root over them.</param>
public sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root)
{
    /// <summary>The name of the log of a record, which is the name of its key as well.</summary>
    public static string OriginOf(string ledger) => $"vetopoint/{ledger}";

    /// <summary>The text that is signed.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n");

    public SignedNote Sign(NoteSigner signer, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var text = ToText();
        return new SignedNote(text, [signer.Sign(text, time)]);
    }

    /// <summary>Reads a note's text. Lines after the third mean nothing here, though a log may sign them.</summary>
    /// <exception cref="LedgerException">It is no checkpoint.</exception>
    public static Checkpoint Of(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        var lines = note.Text.Split('\n')[..^1];
        if (lines.Length < 3 || lines.Any(line => line.Length == 0)
            || !TryParseSize(lines[1], out var size) || StrictBase64.Decode(lines[2]) is not { Length: TreeHash.Bytes } root)
        {
            throw new LedgerException(
                $"{LedgerCodes.NoteNotUnderstood}: The note is not a checkpoint: an origin, a size and a root, each on a line of its own.");
        }

        return new Checkpoint(lines[0], size, root);
    }

    public bool Equals(Checkpoint? other) => other is not null
        && Size == other.Size && string.Equals(Origin, other.Origin, StringComparison.Ordinal) && Root.Span.SequenceEqual(other.Root.Span);

    public override int GetHashCode() => HashCode.Combine(StringComparer.Ordinal.GetHashCode(Origin), Size);

    /// <summary>A size in its one spelling.</summary>
    internal static bool TryParseSize(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)
        && string.Equals(size.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
}
