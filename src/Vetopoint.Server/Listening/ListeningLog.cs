namespace Vetopoint.Server.Listening;

internal static partial class ListeningLog
{
    [LoggerMessage(7101, LogLevel.Warning, "A connection of another user (id {UserId}) was refused on a Unix socket.")]
    public static partial void StrangerRefused(ILogger logger, long userId);

    [LoggerMessage(7102, LogLevel.Information, "Listening on {Address}.")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(7103, LogLevel.Error, "Agents cannot connect over HTTP: {Problem}")]
    public static partial void NotListening(ILogger logger, string problem);

    [LoggerMessage(7104, LogLevel.Error, "Auditors cannot connect over HTTP: {Problem}")]
    public static partial void LogNotListening(ILogger logger, string problem);
}
