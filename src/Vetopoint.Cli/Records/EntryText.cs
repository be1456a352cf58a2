using Vetopoint.Ledger.Entries;

namespace Vetopoint.Cli.Records;

/// <summary>What one entry says, in a line.</summary>
internal static class EntryText
{
    public static string Of(EntryBody body) => body switch
    {
        TaskOpened opened => $"{opened.Agent} for {opened.Owner} through {opened.Gate}: {opened.Server}",
        TaskEnded ended => ended.Reason,
        Intent intent => $"{intent.Verdict} {intent.Attempt} {intent.Server} {intent.Name ?? intent.Method}{(intent.Observed ? " (observed)" : "")} {string.Join(" ", intent.Reasons)}".TrimEnd(),
        Outcome outcome => $"{outcome.Status} {outcome.Attempt} {outcome.Bytes} bytes {outcome.Notes}".TrimEnd(),
        HoldResolved resolved => $"{resolved.Resolution} {resolved.Attempt}{By(resolved.By)}",
        ApproverEnrolled approver => $"{approver.Approver} can approve",
        PolicySetActivated activated => $"policy set {activated.PolicySet}{By(activated.By)}{(activated.Automatic ? ", automatically" : "")}",
        ToolPinned pinned => $"{pinned.Server}/{pinned.Tool}{(pinned.Reviewed ? ", reviewed" : "")}{By(pinned.By)}",
        ToolChanged changed => $"{changed.Server}/{changed.Tool}: {changed.What}",
        AgentKeyChanged key => $"{key.Agent} of {key.Owner} {(key.Enrolled ? "got a key" : "lost its keys")}{By(key.By)}",
        LeaseChanged lease => $"lease {lease.Lease} of `{lease.Name}` for {lease.Agent} in {lease.Task}: {lease.State}{(lease.Note is null ? "" : $", {lease.Note}")}",
        OperatorAct act => $"{act.Act} {act.Subject}{By(act.By)}",
        PayloadsErased erased => $"what was kept of {erased.Task}: {erased.Why}{By(erased.By)}",
        KeysBound bound => $"keys of the record {bound.Ledger}",
        KeyRotated rotated => $"key `{rotated.Key}` changed{By(rotated.By)}",
        RecordRestored restored => $"goes on from a backup of {restored.Position} entries",
        EngineStarted started => $"version {started.Version}",
        _ => "",
    };

    private static string By(string? person) => person is null ? "" : $", by {person}";
}
