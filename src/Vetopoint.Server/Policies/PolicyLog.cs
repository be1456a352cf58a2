namespace Vetopoint.Server.Policies;

internal static partial class PolicyLog
{
    [LoggerMessage(7201, LogLevel.Warning, "Edits of config and policies are not noticed by themselves; they are found when somebody asks.")]
    public static partial void NotWatched(ILogger logger, Exception fault);

    [LoggerMessage(7202, LogLevel.Information, "The edited policy set {Digest} is staged. `vetopoint policy diff` shows it.")]
    public static partial void Staged(ILogger logger, string digest);

    [LoggerMessage(7203, LogLevel.Warning, "DEVELOPMENT SETTING: the edited policy set {Digest} was activated without a person.")]
    public static partial void ActivatedAutomatically(ILogger logger, string digest);

    [LoggerMessage(7204, LogLevel.Warning, "The edited policy set cannot be activated: {Problem}")]
    public static partial void Problem(ILogger logger, string problem);

    [LoggerMessage(7205, LogLevel.Error, "Checking the edited policy set failed. The active set goes on deciding.")]
    public static partial void CheckFailed(ILogger logger, Exception fault);
}
