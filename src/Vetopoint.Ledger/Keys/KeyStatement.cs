using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Ledger.Keys;

/// <summary>
/// What a record's keys say of each other: which two belong to it, and which one takes over from which. Each statement is signed by both keys that it
/// names, so that neither can be put in without the other. Every text begins with words of its own and names the record, so that no signature can stand
/// for another statement or another record.
/// </summary>
public static class KeyStatement
{
    private const string BoundText = "vetopoint record keys v1";

    private const string RotatedText = "vetopoint key rotation v1";

    /// <summary>Says that these two keys are those of a record.</summary>
    public static KeysBound Bind(string ledger, HeadKey head, NoteSigner log)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(log);
        var said = Bound(ledger, head.Public.Text, log.Public.ToString());
        return new KeysBound(
            ledger, head.Public.Text, log.Public.ToString(), Convert.ToBase64String(head.SignStatement(said)),
            Convert.ToBase64String(log.SignStatement(said)));
    }

    /// <summary>Says that one key of heads takes over from another.</summary>
    public static KeyRotated Rotate(string ledger, HeadKey old, HeadKey next)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(next);
        var said = Rotated(ledger, RecordKeyNames.Head, old.Public.Text, next.Public.Text);
        return new KeyRotated(
            ledger, RecordKeyNames.Head, old.Public.Text, next.Public.Text, Convert.ToBase64String(old.SignStatement(said)),
            Convert.ToBase64String(next.SignStatement(said)));
    }

    /// <summary>Says that one key of the log takes over from another.</summary>
    public static KeyRotated Rotate(string ledger, NoteSigner old, NoteSigner next)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(next);
        var said = Rotated(ledger, RecordKeyNames.Log, old.Public.ToString(), next.Public.ToString());
        return new KeyRotated(
            ledger, RecordKeyNames.Log, old.Public.ToString(), next.Public.ToString(), Convert.ToBase64String(old.SignStatement(said)),
            Convert.ToBase64String(next.SignStatement(said)));
    }

    internal static bool Holds(KeysBound bound, EcdsaPublicKey head, NoteKey log)
    {
        var said = Bound(bound.Ledger, bound.HeadKey, bound.LogKey);
        return StrictBase64.Decode(bound.HeadSignature) is { } byHead && head.Verify(said, byHead)
            && StrictBase64.Decode(bound.LogSignature) is { } byLog && log.Verify(said, byLog);
    }

    internal static bool Holds(KeyRotated rotated, EcdsaPublicKey old, EcdsaPublicKey next)
    {
        var said = Said(rotated);
        return StrictBase64.Decode(rotated.OldSignature) is { } byOld && old.Verify(said, byOld)
            && StrictBase64.Decode(rotated.NewSignature) is { } byNext && next.Verify(said, byNext);
    }

    internal static bool Holds(KeyRotated rotated, NoteKey old, NoteKey next)
    {
        var said = Said(rotated);
        return StrictBase64.Decode(rotated.OldSignature) is { } byOld && old.Verify(said, byOld)
            && StrictBase64.Decode(rotated.NewSignature) is { } byNext && next.Verify(said, byNext);
    }

    private static byte[] Said(KeyRotated rotated) => Rotated(rotated.Ledger, rotated.Key, rotated.Old, rotated.New);

    // Lines, none of which can hold a line's end: an id, a name of a closed set, and keys in the one spelling that their types read.
    private static byte[] Bound(string ledger, string head, string log) => Encoding.UTF8.GetBytes($"{BoundText}\n{ledger}\n{head}\n{log}\n");

    private static byte[] Rotated(string ledger, string key, string old, string next) =>
        Encoding.UTF8.GetBytes($"{RotatedText}\n{ledger}\n{key}\n{old}\n{next}\n");
}
