namespace Vetopoint.Server.Logging;

/// <summary>
/// Sends what is logged to the <see cref="LogFile"/>: Vetopoint's own from Information on, others' from Warning on, and errors of
/// Orleans only, whose warnings are about a cluster's health and mean nothing in a silo that is alone.
/// </summary>
internal sealed class EngineLoggerProvider(LogFile file, TimeProvider time) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new EngineLogger(
        categoryName,
        LeastOf(categoryName),
        file,
        time);

    public void Dispose()
    {
        // The file outlives the hosts that log into it; the engine closes it last.
    }

    private static LogLevel LeastOf(string category) =>
        category.StartsWith("Vetopoint.", StringComparison.Ordinal) ? LogLevel.Information
        : category.StartsWith("Orleans.", StringComparison.Ordinal) ? LogLevel.Error
        : LogLevel.Warning;

    private sealed class EngineLogger(string category, LogLevel least, LogFile file, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                file.Add(new LogRecord(time.GetUtcNow(), logLevel, category, eventId.Id, formatter(state, exception), exception?.ToString()));
        }
    }
}
