namespace Vetopoint.Server.Telemetry;

internal static partial class TelemetryLog
{
    [LoggerMessage(7401, LogLevel.Warning, "The export of {Signal} fails. {Problem}")]
    public static partial void Failing(ILogger logger, string signal, string problem);

    [LoggerMessage(7402, LogLevel.Information, "The export of {Signal} succeeds again; {Lost} were lost so far.")]
    public static partial void Recovered(ILogger logger, string signal, long lost);
}
