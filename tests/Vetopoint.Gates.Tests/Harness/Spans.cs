using System.Collections.Concurrent;
using System.Diagnostics;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Telemetry;

namespace Vetopoint.Gates.Tests.Harness;

/// <summary>Everything that is traced while this lives, as a tracing program gets it.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == TelemetryNames.Source,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The attempts of one task, in the order they ended; tests that run beside this one have tasks of their own.</summary>
    public IReadOnlyList<Activity> Of(TaskHandle task) =>
        [.. _ended.Where(span => Equals(span.GetTagItem(TelemetryNames.Task), task.Id.ToString()))];

    /// <summary>The last attempt of a task with this name.</summary>
    public async Task<Activity> AttemptAsync(TaskHandle task, string name)
    {
        await GateHost.EventuallyAsync(() => Of(task).Any(span => span.OperationName == name));
        return Of(task).Last(span => span.OperationName == name);
    }

    /// <summary>The parts of an attempt, in the order they began.</summary>
    public IReadOnlyList<Activity> PartsOf(Activity attempt) =>
        [.. _ended.Where(span => span.ParentSpanId == attempt.SpanId && span.TraceId == attempt.TraceId).OrderBy(static span => span.StartTimeUtc)];

    /// <summary>Everything that would leave in a trace, as text.</summary>
    public string Text() => string.Join('\n', _ended.Select(static span =>
        $"{span.OperationName} {span.DisplayName} {span.StatusDescription} {span.TraceStateString} "
        + string.Join(' ', span.TagObjects.Select(static tag => $"{tag.Key}={(tag.Value is Array many ? string.Join(',', many.Cast<object>()) : tag.Value)}"))
        + string.Join(' ', span.Baggage.Select(static item => $"{item.Key}={item.Value}"))));

    public void Dispose() => _listener.Dispose();
}
