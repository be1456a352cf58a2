using System.Diagnostics;

namespace Vetopoint.Control.Telemetry;

/// <summary>A part of an <see cref="AttemptSpan"/> under way; the default is none, and costs nothing.</summary>
public readonly struct SpanPart : IDisposable
{
    private readonly Activity? _activity;

    internal SpanPart(Activity? activity) => _activity = activity;

    /// <summary>Ends it.</summary>
    /// <param name="error">A class of error; null when all went well.</param>
    public void End(string? error)
    {
        if (_activity is not null)
            Stop(_activity, error);
    }

    /// <summary>Ends it, where nothing went wrong that is told elsewhere.</summary>
    public void Dispose() => End(null);

    internal void Set(string name, object? value) => _activity?.SetTag(name, value);

    /// <summary>
    /// Starts an activity below the given parent alone, or below none. It does not become the current one: whatever sends something while it is under way
    /// must not find it.
    /// </summary>
    internal static Activity? Start(ActivitySource source, string name, ActivityKind kind, ActivityContext parent)
    {
        if (!source.HasListeners())
            return null;
        var current = Activity.Current;
        Activity.Current = null;
        var activity = source.StartActivity(kind, parent, name: name);
        Activity.Current = current;
        return activity;
    }

    internal static void Stop(Activity activity, string? error)
    {
        if (activity.IsStopped)
            return;
        if (error is not null)
        {
            activity.SetTag(TelemetryNames.ErrorType, error);
            activity.SetStatus(ActivityStatusCode.Error);
        }

        var current = Activity.Current;
        activity.Stop();
        Activity.Current = current;
    }
}
