using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Ledger.Secrets;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Telemetry;

/// <summary>
/// One attempt as it is traced and measured, from the gate to its recorded outcome. Its parts are: reading, deciding, recording the intent, waiting for a
/// person, the call of the target, recording the outcome.
/// </summary>
/// <remarks>
/// It watches and decides nothing. It is handed on with the attempt and its permit instead of as the current activity of a thread: what waits, answers and
/// records are different flows, and nothing that sends anything may find it and add its ids to what was judged.
/// </remarks>
public sealed class AttemptSpan
{
    private static readonly ActivitySource Source = new(TelemetryNames.Source);

    private readonly AttemptOrigin _origin;
    private readonly Activity? _root;
    private readonly TimeProvider _time;
    private readonly long _began;
    private SpanPart _call;
    private long _calledAt;
    private int _called; // 0 before the call, 1 while it is under way, 2 after it
    private int _ended;
    private string? _answer;

    private AttemptSpan(in AttemptOrigin origin, TimeProvider time)
    {
        _origin = origin;
        _time = time;
        _began = time.GetTimestamp();
        _root = SpanPart.Start(Source, NameOf(origin), ActivityKind.Server, origin.Parent);
        if (_root is { IsAllDataRequested: true } root)
            Describe(root, origin);
    }

    /// <summary>Whether anybody listens, so that it is worth telling what there is.</summary>
    public static bool IsWanted => Source.HasListeners() || Measurements.TakesOperations;

    /// <summary>Whether what is told goes into a trace.</summary>
    public bool IsTraced => _root is { IsAllDataRequested: true };

    /// <summary>Begins one; null when nobody listens.</summary>
    public static AttemptSpan? Begin(in AttemptOrigin origin, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return IsWanted ? new AttemptSpan(origin, time) : null;
    }

    /// <summary>Begins a part of it; whoever begins it ends it.</summary>
    public SpanPart Part(string name) => IsTraced ? new SpanPart(SpanPart.Start(Source, name, ActivityKind.Internal, _root!.Context)) : default;

    /// <summary>Tells what a call carries. Only where the owner asked for it; secrets of a known format are masked, and what is long is cut.</summary>
    /// <param name="attribute">One of <see cref="TelemetryNames"/>.</param>
    public void Tell(string attribute, ReadOnlySpan<byte> utf8)
    {
        if (IsTraced && !utf8.IsEmpty)
            _root!.SetTag(attribute, TextOf(utf8));
    }

    /// <summary>It will not go on, or it is over. Only the first end counts.</summary>
    /// <param name="error">A class of error, such as a stable code; null when all went well.</param>
    public void End(string? error)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        Answered(error);
        error ??= _answer;
        Measurements.OperationServed(_origin, error, _time.GetElapsedTime(_began));
        if (_root is not null)
            SpanPart.Stop(_root, error);
    }

    internal void Judged(Judgement judgement, ImmutableArray<Operation> operations)
    {
        if (!IsTraced)
            return;
        var root = _root!;
        root.SetTag(TelemetryNames.Verdict, judgement.Verdict.ToName());
        root.SetTag(TelemetryNames.Attempt, judgement.Attempt?.ToString());
        root.SetTag(TelemetryNames.Effects, operations.Select(static operation => operation.Effect.ToName()).Distinct().ToArray());
        root.SetTag(TelemetryNames.Policies, judgement.Policies.ToArray());
        root.SetTag(TelemetryNames.PolicySet, judgement.PolicySet);
        if (judgement.Observed)
            root.SetTag(TelemetryNames.Observed, true);
        switch (judgement)
        {
            case Judgement.Allowed allowed:
                root.SetTag(TelemetryNames.Form, allowed.Form.ToName());
                break;
            case Judgement.Held held:
                root.SetTag(TelemetryNames.Form, held.Form.ToName());
                root.SetTag(TelemetryNames.Rung, held.Rung);
                root.SetTag(TelemetryNames.Hold, held.Hold.ToString());
                break;
            case Judgement.Denied denied:
                root.SetTag(TelemetryNames.Code, denied.Code);
                break;
        }
    }

    /// <summary>The permit was redeemed: what comes until <see cref="Answered"/> is the target's.</summary>
    internal void Called()
    {
        if (Interlocked.CompareExchange(ref _called, 1, 0) != 0)
            return;
        _calledAt = _time.GetTimestamp();
        if (IsTraced)
        {
            var call = SpanPart.Start(Source, NameOf(_origin), ActivityKind.Client, _root!.Context);
            if (call is { IsAllDataRequested: true })
                DescribeCall(call, _origin);
            _call = new SpanPart(call);
        }
    }

    /// <summary>The target answered, or will not any more: its part of the time is over.</summary>
    /// <param name="error">A class of error; null when it answered and said of none.</param>
    public void Answered(string? error)
    {
        if (Interlocked.CompareExchange(ref _called, 2, 1) != 1)
            return;
        _answer = error;
        Measurements.OperationCalled(_origin, error, _time.GetElapsedTime(_calledAt));
        _call.End(error);
    }

    /// <summary>The outcome is about to be recorded. It is over when that is, or is known to have failed.</summary>
    internal Ending Completing(AttemptOutcome outcome)
    {
        var error = ErrorOf(outcome);
        Answered(error);
        if (outcome.Status == OutcomeStatus.Failed)
            error = _answer ?? error;
        if (IsTraced)
            _root!.SetTag(TelemetryNames.Outcome, outcome.Status.ToName());
        return new Ending(this, Part("record outcome"), error);
    }

    /// <summary>The class of error that an outcome is: the code where one was noted, else how it ended; null when it is none.</summary>
    private static string? ErrorOf(AttemptOutcome outcome) => outcome switch
    {
        { Status: OutcomeStatus.Completed } => null,
        { Notes: ['V', 'P', _, _, _, _] notes } => notes,
        { Status: var status } => status.ToName(),
    };

    private static string NameOf(in AttemptOrigin origin) => origin.Tool is { } tool ? $"{origin.Method} {tool}" : origin.Method;

    private static void Describe(Activity root, in AttemptOrigin origin)
    {
        DescribeCall(root, origin);
        root.SetTag(TelemetryNames.Agent, origin.Agent);
        root.SetTag(TelemetryNames.Task, origin.Task.ToString());
        root.SetTag(TelemetryNames.Gate, origin.Gate);
        root.SetTag(TelemetryNames.Direction, origin.Direction.ToName());
        if (origin.ProtocolVersion is { } version)
            root.SetTag(TelemetryNames.ProtocolVersion, version);
        if (origin.Session is { } session)
            root.SetTag(TelemetryNames.Session, session);
    }

    private static void DescribeCall(Activity span, in AttemptOrigin origin)
    {
        span.SetTag(TelemetryNames.Method, origin.Method);
        span.SetTag(TelemetryNames.Server, origin.Server);
        if (!origin.IsToolCall)
            return;
        span.SetTag(TelemetryNames.OperationName, TelemetryNames.ExecuteTool);
        span.SetTag(TelemetryNames.Tool, origin.Tool ?? BoundedNames.Other);
    }

    private static string TextOf(ReadOnlySpan<byte> utf8)
    {
        // Masked before it is cut, so that no half of a secret is left over; twice the length is enough to see all of one that begins before the cut.
        var taken = utf8.Length <= ControlLimits.TracedTextCharsMax * 2 ? utf8 : utf8[..(ControlLimits.TracedTextCharsMax * 2)];
        var masked = SecretFormats.Mask(Encoding.UTF8.GetString(taken));
        return masked.Length <= ControlLimits.TracedTextCharsMax && taken.Length == utf8.Length
            ? masked
            : string.Concat(masked.AsSpan(0, Math.Min(masked.Length, ControlLimits.TracedTextCharsMax)), "…");
    }

    /// <summary>An outcome on its way to the record.</summary>
    internal sealed class Ending(AttemptSpan span, SpanPart recording, string? error) : IDisposable
    {
        private bool _recorded;

        public void Recorded() => _recorded = true;

        public void Dispose()
        {
            recording.End(_recorded ? null : ControlCodes.NotRecorded);
            span.End(_recorded ? error : ControlCodes.NotRecorded);
        }
    }
}
