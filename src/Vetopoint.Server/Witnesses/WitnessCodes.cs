namespace Vetopoint.Server.Witnesses;

/// <summary>Codes of what goes wrong with a witness of the record's log. None of them touches a decision.</summary>
internal static class WitnessCodes
{
    /// <summary>A key in the config that is not a witness's verifier key, or stands there twice.</summary>
    public const string KeyInvalid = "VP6485";

    /// <summary>The witness took too long.</summary>
    public const string TooSlow = "VP6486";
}
