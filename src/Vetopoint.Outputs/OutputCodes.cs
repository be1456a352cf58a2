namespace Vetopoint.Outputs;

/// <summary>Codes of what goes wrong with an output. None of them touches a decision.</summary>
public static class OutputCodes
{
    /// <summary>The file cannot be written.</summary>
    public const string File = "VP6201";

    /// <summary>The address cannot be reached, or broke off.</summary>
    public const string Unreachable = "VP6202";

    /// <summary>The receiver answered that it does not take the events.</summary>
    public const string Refused = "VP6203";

    /// <summary>The cursor cannot be read or written.</summary>
    public const string Cursor = "VP6204";
}
