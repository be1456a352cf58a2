namespace Vetopoint.Ledger;

/// <summary>Stable codes of what can be wrong with the record and its storage.</summary>
public static class LedgerCodes
{
    /// <summary>An entry is larger than <see cref="LedgerLimits.EntryBytesMax"/>.</summary>
    public const string EntryTooLarge = "VP6001";

    /// <summary>A value has no canonical form: an integer out of range, or text that is not well-formed Unicode.</summary>
    public const string ValueNotCanonical = "VP6002";

    /// <summary>Bytes that are not an entry of a version and kind known here.</summary>
    public const string EntryNotUnderstood = "VP6003";

    /// <summary>Bytes that say what an entry says, but are not its canonical form.</summary>
    public const string EntryNotCanonical = "VP6004";

    /// <summary>A text that is no signed note, no checkpoint, or no key of one.</summary>
    public const string NoteNotUnderstood = "VP6010";

    /// <summary>A tile or a bundle of entries that is none: its name or its length is impossible.</summary>
    public const string TileNotUnderstood = "VP6011";

    /// <summary>A text that is no proof bundle.</summary>
    public const string ProofNotUnderstood = "VP6012";

    /// <summary>A proof that does not lead to the root it should.</summary>
    public const string ProofDoesNotHold = "VP6013";

    /// <summary>A file of a log that is missing or cannot be read.</summary>
    public const string LogUnreadable = "VP6014";

    /// <summary>A witness is away, refuses, or answers what its key did not sign.</summary>
    public const string WitnessRefused = "VP6015";

    /// <summary>There is nothing of a task that could be erased.</summary>
    public const string NothingToErase = "VP6454";

    /// <summary>An erasing is recorded, but could not be done yet.</summary>
    public const string ErasureUnfinished = "VP6456";

    /// <summary>A task's key is missing, though nobody erased what it opens.</summary>
    public const string TaskKeyMissing = "VP6455";

    /// <summary>What stands as a task's key is another.</summary>
    public const string TaskKeyDiffers = "VP6457";

    /// <summary>A task's key could not be kept or destroyed.</summary>
    public const string TaskKeyNotWritten = "VP6458";

    /// <summary>A payload that is not there, or does not open.</summary>
    public const string PayloadUnreadable = "VP6459";

    /// <summary>A key of the record in a token that is away, refuses, or is not what was named.</summary>
    public const string TokenRefused = "VP6466";

    /// <summary>A public key that is not ECDSA on P-256 in its one spelling.</summary>
    public const string KeyInvalid = "VP7901";

    /// <summary>A proof whose signature, key or statement does not hold.</summary>
    public const string ProofInvalid = "VP7902";

    /// <summary>A passphrase that is too short or among the first guesses.</summary>
    public const string PassphraseWeak = "VP7903";
}
