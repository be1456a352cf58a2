using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Telemetry;

/// <summary>One judgement as it is traced and measured: deciding, and then recording the intent.</summary>
internal sealed class Deciding
{
    private readonly Attempt _attempt;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly SpanPart _deciding;
    private TimeSpan? _took;

    private Deciding(Attempt attempt, TimeProvider time)
    {
        _attempt = attempt;
        _time = time;
        _began = time.GetTimestamp();
        _deciding = attempt.Span?.Part("decide") ?? default;
    }

    /// <summary>Begins to watch one; null when nobody wants to know.</summary>
    public static Deciding? Begin(Attempt attempt, TimeProvider time) =>
        attempt.Span is { IsTraced: true } || Measurements.TakesDecisions ? new Deciding(attempt, time) : null;

    /// <summary>The turn of the task is over. What is left is the record.</summary>
    public void Decided(Ruling ruling)
    {
        _took = _time.GetElapsedTime(_began);
        _deciding.Set(TelemetryNames.Verdict, ruling.Verdict.ToName());
        _deciding.End(null);
        if (_attempt.Span is { IsTraced: true } span && ruling.Attempt != 0)
            _ = EndWhenKnownAsync(span.Part("record intent"), ruling.Durable);
    }

    public void Judged(Judgement judgement)
    {
        _deciding.End(judgement is Judgement.Denied denied ? denied.Code : null); // changes nothing where it ended before
        var operations = _attempt.Reading.Forms[0].Operations;
        var effect = operations.IsDefaultOrEmpty ? Effect.Execute : operations[0].Effect;
        Measurements.Judged(
            _attempt.Server, effect.ToName(), judgement.Verdict.ToName(), judgement.Observed, _took ?? _time.GetElapsedTime(_began));
        _attempt.Span?.Judged(judgement, operations);
    }

    [SuppressMessage("Usage", "VSTHRD003", Justification = "The record completes it, and never waits for who awaits it.")]
    private static async Task EndWhenKnownAsync(SpanPart recording, Task<string?> durable) =>
        recording.End(await durable is null ? null : ControlCodes.NotRecorded);
}
