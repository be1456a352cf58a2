using System.Collections.Immutable;
using System.Text;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Server.Api;

/// <summary>Turns what the engine knows into what the API shows.</summary>
internal static class Views
{
    public static HoldView Of(Hold hold, ToolPins pins) => new()
    {
        Attempt = hold.Attempt.ToString(),
        Task = hold.Attempt.Task.ToString(),
        Agent = hold.Agent,
        Owner = hold.Owner,
        Gate = hold.Gate,
        Server = hold.Server,
        Method = hold.Method,
        Name = hold.Name,
        State = Of(hold.State),
        Form = hold.Form,
        Change = hold.Change,
        Rung = hold.Rung,
        HeldAt = hold.HeldAt,
        ExpiresAt = hold.ExpiresAt,
        Policies = hold.Policies,
        Reasons = hold.Reasons,
        Operations = [.. hold.Operations.Select(Of)],
        Reviewed = hold.Intent.Tool is { } tool ? hold.Name is { } name && pins.Find(hold.Server, name) is { } pin && pin.Digest == tool && pin.Reviewed : null,
        Request = hold.Bytes is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null,
    };

    public static JudgementView Of(Intent intent, DateTimeOffset time, string agent) => new()
    {
        Attempt = intent.Attempt,
        Time = time,
        Task = AttemptId.TryParse(intent.Attempt, out var id) ? id.Task.ToString() : "",
        Agent = agent,
        Gate = intent.Gate,
        Server = intent.Server,
        Method = intent.Method,
        Name = intent.Name,
        Direction = intent.Direction,
        Verdict = intent.Verdict,
        Form = intent.Form,
        Change = RecordedChange.Of(intent),
        Rung = intent.Rung,
        HoldExpiresAt = intent.HoldExpiresAt,
        Observed = intent.Observed,
        Policies = intent.Policies,
        Reasons = intent.Reasons,
        Operations = [.. intent.Operations.Select(Of)],
    };

    public static OutcomeView Of(Outcome outcome, DateTimeOffset time) =>
        new(outcome.Attempt, time, outcome.Status, outcome.Bytes, outcome.Notes);

    public static ResolutionView Of(HoldResolved resolved, DateTimeOffset time) =>
        new(resolved.Attempt, time, resolved.Resolution, resolved.By);

    /// <summary>Null for an entry that live views do not show.</summary>
    public static EngineEvent? Of(FeedEvent happened) => happened.Entry switch
    {
        Intent intent => new EngineEvent("judgement", happened.Time) { Judgement = Of(intent, happened.Time, happened.Agent) },
        Outcome outcome => new EngineEvent("outcome", happened.Time) { Outcome = Of(outcome, happened.Time) },
        HoldResolved resolved => new EngineEvent("resolution", happened.Time) { Resolution = Of(resolved, happened.Time) },
        _ => null,
    };

    public static OperationView Of(OperationEntry operation) => new(
        operation.Effect, Of(operation.Target), operation.Destination is null ? null : Of(operation.Destination),
        operation.Objects, operation.Bytes, operation.Reversibility, operation.Knowledge, operation.Understood, operation.Evidence);

    public static ImmutableArray<ProblemView> Of(ImmutableArray<Vetopoint.Api.Problem> problems) =>
        [.. problems.Select(ProblemView.Of)];

    public static string Of(HoldState state) => state switch
    {
        HoldState.Waiting => "waiting",
        HoldState.Approved => "approved",
        HoldState.Denied => "denied",
        HoldState.Expired => "expired",
        HoldState.Cancelled => "cancelled",
    };

    private static TargetView Of(TargetEntry target) => new(target.Kind, target.Name, target.Environment, target.Sensitivity);
}
