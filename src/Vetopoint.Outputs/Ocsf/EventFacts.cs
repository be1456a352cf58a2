using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Outputs.Ocsf;

/// <summary>What of an entry goes into the part that all events have in common.</summary>
internal sealed record EventFacts(int Activity, string Operation)
{
    public int Severity { get; init; } = OcsfFacts.Informational;

    public int Status { get; init; }

    public string? StatusText { get; init; }

    public string? StatusCode { get; init; }

    public string? Detail { get; init; }

    public string? Message { get; init; }

    /// <summary>The server, or Vetopoint itself.</summary>
    public string? Service { get; init; }

    public string? Group { get; init; }

    public string? Attempt { get; init; }

    /// <summary>The person who did it, where that is not the task's owner.</summary>
    public string? By { get; init; }

    public ImmutableArray<OperationEntry> Operations { get; init; } = [];

    public static EventFacts Of(Entry entry, IRecordContext context) => entry.Body switch
    {
        Intent intent => OfIntent(intent),
        Outcome outcome => OfCall(context.IntentOf(outcome.Attempt)) with
        {
            Status = outcome.Status switch { "completed" => OcsfFacts.Success, "unknown" => 0, _ => OcsfFacts.Failure },
            StatusCode = outcome.Status,
            Detail = outcome.Notes,
            Message = $"{outcome.Status}: {outcome.Bytes} bytes",
        },
        HoldResolved resolved => OfCall(context.IntentOf(resolved.Attempt)) with
        {
            Status = resolved.Resolution == "approved" ? OcsfFacts.Success : OcsfFacts.Failure,
            StatusCode = resolved.Resolution,
            Severity = resolved.Resolution == "approved" ? OcsfFacts.Medium : OcsfFacts.Low,
            By = resolved.By,
            Message = $"hold {resolved.Resolution}{ByWhom(resolved.By)}",
        },
        _ => OfOwn(entry),
    };

    private static EventFacts OfIntent(Intent intent)
    {
        var effect = EffectOf(intent);
        var held = intent.Verdict == "hold" && !intent.Observed;
        var runs = intent.Observed || intent.Verdict is "allow" or "downgrade";
        return OfCall(intent) with
        {
            Severity = OcsfFacts.SeverityOf(intent.Verdict, effect),
            Status = runs ? OcsfFacts.Success : held ? OcsfFacts.Other : OcsfFacts.Failure,
            StatusText = held ? "Held" : null,
            Detail = string.Join(" ", intent.Reasons),
            Message = $"{intent.Verdict}: {effect} by {intent.Method} {intent.Name} on {intent.Server}",
        };
    }

    private static EventFacts OfCall(Intent? intent) => intent is null
        ? new EventFacts(OcsfFacts.Other, "unknown")
        : new EventFacts(OcsfFacts.ActivityOf(EffectOf(intent)), intent.Name is null ? intent.Method : $"{intent.Method} {intent.Name}")
        {
            Service = intent.Server,
            Group = intent.Gate,
            Attempt = intent.Attempt,
            Operations = intent.Operations,
        };

    /// <summary>What happened to Vetopoint itself.</summary>
    private static EventFacts OfOwn(Entry entry)
    {
        var (activity, severity, message, service, by) = entry.Body switch
        {
            TaskOpened opened =>
                (OcsfFacts.Create, OcsfFacts.Informational, $"task opened for {opened.Agent}: {opened.Purpose}", opened.Server, (string?)null),
            TaskEnded ended => (OcsfFacts.Delete, OcsfFacts.Informational, $"task ended: {ended.Reason}", null, null),
            ApproverEnrolled enrolled => (OcsfFacts.Create, OcsfFacts.Medium, $"approver {enrolled.Approver} enrolled", null, enrolled.By),
            PolicySetActivated activated => (OcsfFacts.Update, OcsfFacts.Medium, $"policy set {activated.PolicySet} activated", null, activated.By),
            ToolPinned pinned =>
                (OcsfFacts.Create, OcsfFacts.Informational, $"tool {pinned.Tool} of {pinned.Server} pinned", pinned.Server, pinned.By),
            ToolChanged changed => (OcsfFacts.Update, OcsfFacts.High, $"tool {changed.Tool} of {changed.Server}: {changed.What}", changed.Server, null),
            AgentKeyChanged { Enrolled: true } key => (OcsfFacts.Create, OcsfFacts.Medium, $"agent {key.Agent} was given a key", null, key.By),
            AgentKeyChanged key => (OcsfFacts.Delete, OcsfFacts.Medium, $"agent {key.Agent} lost its keys", null, key.By),
            LeaseChanged { State: "stuck" } lease => (OcsfFacts.Delete, OcsfFacts.High, $"lease {lease.Lease} of {lease.Name} for {lease.Agent} could not be revoked: {lease.Note}", null, null),
            LeaseChanged lease => (
                lease.State == "revoked" ? OcsfFacts.Delete : OcsfFacts.Create, OcsfFacts.Informational,
                $"lease {lease.Lease} of {lease.Name} for {lease.Agent} {lease.State}", null, null),
            OperatorAct act => (OcsfFacts.Update, OcsfFacts.Medium, $"{act.Act} {act.Subject}", null, act.By),
            PayloadsErased erased => (OcsfFacts.Delete, OcsfFacts.Medium, $"what was kept of the calls of {erased.Task} is erased: {erased.Why}", null, erased.By),
            KeyRotated rotated => (OcsfFacts.Update, OcsfFacts.Medium, $"key {rotated.Key} of the record changed", null, rotated.By),
            RecordRestored restored => (OcsfFacts.Update, OcsfFacts.High, $"record restored from a backup of {restored.Position} entries", null, null),
            EngineStarted started => (OcsfFacts.Other, OcsfFacts.Informational, $"engine {started.Version} started", null, null),
            _ => (OcsfFacts.Other, OcsfFacts.Informational, entry.Kind, null, null),
        };
        return new EventFacts(activity, $"vetopoint {entry.Kind}")
        {
            Severity = severity,
            Status = OcsfFacts.Success,
            Message = message + ByWhom(by),
            Service = service ?? "vetopoint",
            By = by,
        };
    }

    private static string EffectOf(Intent intent) => intent.Operations.IsDefaultOrEmpty ? "" : intent.Operations[0].Effect;

    private static string ByWhom(string? by) => by is null ? "" : $" by {by}";
}
