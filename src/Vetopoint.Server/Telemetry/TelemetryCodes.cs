namespace Vetopoint.Server.Telemetry;

/// <summary>The codes of telemetry.</summary>
internal static class TelemetryCodes
{
    /// <summary>The collector cannot be reached, or does not answer.</summary>
    public const string Unreachable = "VP6230";

    /// <summary>The collector does not take the export.</summary>
    public const string Refused = "VP6231";

    /// <summary>A header needs a variable that the engine's environment does not have.</summary>
    public const string VariableMissing = "VP6232";
}
