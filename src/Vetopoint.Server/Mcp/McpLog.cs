namespace Vetopoint.Server.Mcp;

internal static partial class McpLog
{
    [LoggerMessage(7401, LogLevel.Error, "The server `{Server}` cannot be used: {Problem}")]
    public static partial void ServerUnusable(ILogger logger, string server, string problem);

    [LoggerMessage(7402, LogLevel.Warning, "A client on the stdio socket was refused: {Problem}")]
    public static partial void ClientRefused(ILogger logger, string problem);

    [LoggerMessage(7403, LogLevel.Information, "The server `{Server}` is governed in task {Task} for `{Client}`.")]
    public static partial void Governed(ILogger logger, string server, string task, string client);

    [LoggerMessage(7404, LogLevel.Information, "The session with `{Server}` in task {Task} ended: {Reason}")]
    public static partial void Ended(ILogger logger, string server, string task, string reason);

    [LoggerMessage(7405, LogLevel.Error, "The session with `{Server}` in task {Task} failed.")]
    public static partial void Failed(ILogger logger, Exception fault, string server, string task);

    [LoggerMessage(7406, LogLevel.Error, "The end of task {Task} could not be recorded.")]
    public static partial void EndNotRecorded(ILogger logger, Exception fault, string task);
}
