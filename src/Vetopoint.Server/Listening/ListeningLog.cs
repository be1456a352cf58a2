namespace Vetopoint.Server.Listening;

internal static partial class ListeningLog
{
    [LoggerMessage(7101, LogLevel.Warning, "A connection of another user (id {UserId}) was refused on a Unix socket.")]
    public static partial void StrangerRefused(ILogger logger, long userId);

    [LoggerMessage(7102, LogLevel.Information, "Listening on {Address}.")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(7103, LogLevel.Warning, "A client on the stdio socket was refused: {Code}: {Message}")]
    public static partial void ClientRefused(ILogger logger, string code, string message);

    [LoggerMessage(7104, LogLevel.Information, "The server `{Server}` is governed for task {Task}.")]
    public static partial void Governed(ILogger logger, string server, string task);

    [LoggerMessage(7105, LogLevel.Information, "The session with `{Server}` in task {Task} ended.")]
    public static partial void Ended(ILogger logger, string server, string task);

    [LoggerMessage(7106, LogLevel.Error, "The session with `{Server}` in task {Task} failed.")]
    public static partial void Failed(ILogger logger, Exception fault, string server, string task);
}
