namespace Vetopoint.Ledger.Keys;

/// <summary>One of the two keys that a record signs with.</summary>
public enum RecordKey
{
    /// <summary>No key.</summary>
    None = 0,

    /// <summary>Signs heads: how far the record reaches (ECDSA, P-256).</summary>
    Head,

    /// <summary>Signs the checkpoints of the record's log (Ed25519).</summary>
    Log,
}

/// <summary>The one spelling of each <see cref="RecordKey"/>, in entries and on the command line.</summary>
public static class RecordKeyNames
{
    public const string Head = "head";

    public const string Log = "log";

    public static string ToName(this RecordKey key) => key switch
    {
        RecordKey.None => "none",
        RecordKey.Head => Head,
        RecordKey.Log => Log,
    };

    public static bool TryParse(string name, out RecordKey key)
    {
        key = name switch
        {
            Head => RecordKey.Head,
            Log => RecordKey.Log,
            _ => RecordKey.None,
        };
        return key != RecordKey.None;
    }
}
