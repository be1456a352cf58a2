namespace Vetopoint.Control.Decisions;

/// <summary>What becomes of an attempt, strictest first. Zero is the safe one.</summary>
public enum Verdict
{
    Deny = 0,

    /// <summary>It waits for a person.</summary>
    Hold,

    /// <summary>A weaker form runs.</summary>
    Downgrade,
    Allow,
}

/// <summary>The one spelling of each <see cref="Verdict"/> outside C#.</summary>
public static class VerdictNames
{
    public static string ToName(this Verdict verdict) => verdict switch
    {
        Verdict.Deny => "deny",
        Verdict.Hold => "hold",
        Verdict.Downgrade => "downgrade",
        Verdict.Allow => "allow",
    };

    /// <summary>The verdict of a recorded name; an unknown name is a Deny.</summary>
    public static Verdict Parse(string name) => name switch
    {
        "allow" => Verdict.Allow,
        "downgrade" => Verdict.Downgrade,
        "hold" => Verdict.Hold,
        _ => Verdict.Deny,
    };
}
