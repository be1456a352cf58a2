using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Mandates;

namespace Vetopoint.Control.Acts;

/// <summary>Writes what a person is shown for each act: everything that the act would change, and exactly.</summary>
internal static class ActPapers
{
    public static ApprovalPaper Approve(Hold hold, ReadOnlyMemory<byte> bytes, PinnedTool? pin) => HeldCallPaper.Of(hold.Intent, bytes.Span, new HeldCallClaims(
        hold.Agent,
        hold.Owner,
        LookedAt(ToolState.DefinitionIn(hold.Intent.Tool), pin),
        pin?.Suspicion ?? "no",
        HeldCallPaper.InWords(hold.HeldAt)));

    public static ApprovalPaper Activate(PolicySetDiff diff, PolicySetSnapshot set) => new(
        "activate", diff.To, "Make the edited policies, contract and config the ones that decide.",
        [
            ("active now", diff.From),
            ("would be active", diff.To),
            ("policies", set.Policies.Policies.Length.ToString(CultureInfo.InvariantCulture)),
            ("edits activate themselves", set.Settings.ActivatesAutomatically ? "YES: no person would be asked any more" : "no"),
            ("only observed servers", Names(set.Settings.Servers.Where(server => server.Value.Observe).Select(server => server.Key))),
        ],
        [
            .. diff.Policies.Select(change => (
                change.Before is null ? $"New policy {change.Id}" : change.After is null ? $"Removed policy {change.Id}" : $"Changed policy {change.Id}",
                Lines(change))),
            .. diff.Files.Select(file => ($"File {file.Name}", (ImmutableArray<string>)[.. file.Lines.Select(Line)])),
        ]);

    public static ApprovalPaper Observe(string server) => new(
        "observe", server,
        $"Stop enforcing on the server `{server}`: verdicts are recorded, and every call runs in full, also those that policies forbid.",
        [("server", server)], []);

    public static ApprovalPaper Enforce(string server) => new("enforce", server, $"Enforce verdicts on the server `{server}` again.", [("server", server)], []);

    public static ApprovalPaper Review(PinnedTool tool, string digest, ReadOnlyMemory<byte> definition) => new(
        "review", $"{tool.Server}/{tool.Name}",
        $"Accept this definition of the tool `{tool.Name}` of the server `{tool.Server}`: its calls are read with it, and its own word may lower their risk.",
        [
            ("server", tool.Server),
            ("tool", tool.Name),
            ("accepted definition", digest),
            ("pinned until now", tool.Digest),
            ("suspicion", tool.Suspicion ?? "none"),
        ],
        digest == tool.Digest
            ? [("Definition", [Text(definition)])]
            : [("Definition to accept", [Text(definition)]), ("Definition until now", [Text(tool.Definition)])]);

    public static ApprovalPaper Enroll(string agent, string owner, string keyDigest) => new(
        "enroll", agent, $"Give the agent `{agent}` a bearer key. Whoever has the key acts as this agent.",
        [("agent", agent), ("owner", owner), ("key digest", keyDigest)], []);

    public static ApprovalPaper Revoke(string agent, int keys) => new(
        "revoke", agent, $"Take every key from the agent `{agent}` and end its tasks.",
        [("agent", agent), ("keys", keys.ToString(CultureInfo.InvariantCulture))], []);

    public static ApprovalPaper Start(TaskOpened opened) => new(
        "start", opened.Agent, $"Give the agent `{opened.Agent}` a task, with this mandate. Whoever has the key of the task acts in it.",
        [
            ("agent", opened.Agent),
            ("owner", opened.Owner),
            ("template", opened.Template ?? ""),
            ("lasts", (opened.Mandate.ExpiresAt - DateTimeOffset.UnixEpoch).ToString("c")),
        ],
        [("Mandate", MandateText.Of(opened)[..^1])]);

    public static ApprovalPaper Restore(string agent) => new(
        "restore", agent, $"Let the quarantined agent `{agent}` act again.", [("agent", agent)], []);

    public static ApprovalPaper Release(string client) => new(
        "release", client, $"Take the client `{client}` out of governance: its servers are reached without Vetopoint from then on.",
        [("client", client)], []);

    public static ApprovalPaper EnrollApprover(string approver, EcdsaPublicKey key) => new(
        "enroll_approver", approver, $"Let `{approver}` approve calls and activate policies.",
        [("approver", approver), ("key", key.Id), ("key digest", key.Digest)], []);

    public static ApprovalPaper Erase(Act.ErasePayloads act, ErasableTask task) => new(
        "erase", act.Task.ToString(),
        $"Erase for good what is kept of the calls of the task `{act.Task}`. What the entries say stays, and every proof stays valid; nobody can read or check the calls themselves any more.",
        [
            ("task", act.Task.ToString()),
            ("agent", task.Opened.Agent),
            ("owner", task.Opened.Owner),
            ("server", task.Opened.Server),
            ("payloads", task.Payloads.ToString(CultureInfo.InvariantCulture)),
            ("why", act.Why),
            ("the task", task.IsEnded ? "has ended" : "IS LIVE, and is ended first"),
        ],
        []);

    public static ApprovalPaper RotateKey(RecordKey key, string current, string place) => new(
        "rotate", key.ToName(),
        key == RecordKey.Log
            ? "Make a new key for the log of the record. Both keys sign the change; the old one signs checkpoints beside the new one for a while."
            : "Make a new key for the heads of the record. Both keys sign the change; the old one signs nothing from then on.",
        [("key", key.ToName()), ("public key until now", current), ("the new one lies in", place)], []);

    private static string LookedAt(string? definition, PinnedTool? pin)
    {
        if (definition is null)
            return "there is no definition";
        if (pin?.Digest != definition)
            return "NO: it changed since";
        return pin.Reviewed ? "yes" : "no, nobody has reviewed it";
    }

    private static ImmutableArray<string> Lines(PolicyChange change) =>
    [
        .. (change.Before?.Split('\n') ?? []).Select(line => "- " + line),
        .. (change.After?.Split('\n') ?? []).Select(line => "+ " + line),
    ];

    private static string Line(LineChange line) => line.Kind switch
    {
        LineChangeKind.Same => "  " + line.Text,
        LineChangeKind.Removed => "- " + line.Text,
        LineChangeKind.Added => "+ " + line.Text,
    };

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "none";

    private static string Text(ReadOnlyMemory<byte> definition) => Encoding.UTF8.GetString(definition.Span);
}
