using Vetopoint.Api.Messages;

namespace Vetopoint.Server.Telemetry;

/// <summary>How the export of one kind of telemetry fares. Told by the exporting threads, read by the API.</summary>
internal sealed class Signal(string name, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private long _delivered;
    private long _lost;
    private long _waiting;
    private DateTimeOffset? _failingSince;
    private string? _problem;

    public string Name => name;

    /// <summary>Those that will not arrive.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public TelemetryView View
    {
        get
        {
            lock (_lock)
                return new TelemetryView(name, Interlocked.Read(ref _delivered), Lost, _failingSince, _failingSince is null ? null : _problem);
        }
    }

    /// <summary>Takes a place among those that wait.</summary>
    /// <returns>False when there is none: it is lost.</returns>
    public bool TryWait(int waitingMax)
    {
        if (Interlocked.Increment(ref _waiting) <= waitingMax)
            return true;
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _lost);
        return false;
    }

    /// <summary>Some of those that wait are being exported.</summary>
    public void Taken(long count) => Interlocked.Add(ref _waiting, -count);

    /// <summary>Why an export does not succeed, as far as it is known before it ends.</summary>
    public void Note(string problem)
    {
        lock (_lock)
            _problem = problem;
    }

    /// <summary>An export ended.</summary>
    /// <param name="losesThem">False for what the next export brings again, such as sums.</param>
    public void Exported(long count, bool succeeded, bool losesThem = true)
    {
        bool changed;
        string? problem;
        lock (_lock)
        {
            changed = succeeded == _failingSince is not null;
            if (changed)
                _failingSince = succeeded ? null : time.GetUtcNow();
            if (succeeded)
                _problem = null;
            problem = _problem;
        }

        if (succeeded)
            Interlocked.Add(ref _delivered, count);
        else if (losesThem)
            Interlocked.Add(ref _lost, count);
        if (changed && succeeded)
            TelemetryLog.Recovered(logger, name, Lost);
        else if (changed)
            TelemetryLog.Failing(logger, name, problem ?? "");
    }
}
