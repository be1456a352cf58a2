namespace Vetopoint.Server.Api;

internal static partial class ApiLog
{
    [LoggerMessage(7301, LogLevel.Error, "The API failed on {Method} {Path}.")]
    public static partial void Fault(ILogger logger, Exception fault, string method, string path);

    [LoggerMessage(7302, LogLevel.Error, "The record could not be used for a request of the API.")]
    public static partial void RecordUnavailable(ILogger logger, Exception fault);

    [LoggerMessage(7303, LogLevel.Warning, "An act was refused: {Code}.")]
    public static partial void ActRefused(ILogger logger, string code);

    [LoggerMessage(7304, LogLevel.Warning, "An act was performed: {Act}.")]
    public static partial void ActPerformed(ILogger logger, string act);
}
