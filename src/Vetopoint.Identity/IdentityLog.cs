using Microsoft.Extensions.Logging;

namespace Vetopoint.Identity;

internal static partial class IdentityLog
{
    [LoggerMessage(7150, LogLevel.Information, "The workload {Source} {Subject} was given a token for the task {Task} of the agent {Agent}, bound to {Binding}, until {ExpiresAt}.")]
    public static partial void Issued(
        ILogger logger, string source, string subject, string task, string agent, string binding, DateTimeOffset expiresAt);

    [LoggerMessage(7151, LogLevel.Warning, "VP7110: A request for a token was refused ({Error}): {Why}.")]
    public static partial void Refused(ILogger logger, string error, string why);

    [LoggerMessage(7152, LogLevel.Warning, "VP7111: A call with a task token was refused ({Error}): {Why}.")]
    public static partial void CallRefused(ILogger logger, string error, string why);

    [LoggerMessage(7153, LogLevel.Error, "VP7112: The record cannot be written, so no token is given.")]
    public static partial void NotRecorded(ILogger logger, Exception fault);

    [LoggerMessage(7154, LogLevel.Information, "The task {Task} was ended with its token.")]
    public static partial void Revoked(ILogger logger, string task);
}
