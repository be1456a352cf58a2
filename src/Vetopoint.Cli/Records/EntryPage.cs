using System.Globalization;
using System.Text.Json;
using Vetopoint.Cli.Commands;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Mandates;

namespace Vetopoint.Cli.Records;

/// <summary>One entry whole, for a person.</summary>
internal sealed class EntryPage(Screen screen)
{
    public void Show(long position, Entry entry, TaskOpened? opened, LinkedEntries? linked, long? logged)
    {
        screen.Line($"{entry.Attempt ?? $"{entry.Task}#{entry.Sequence}"}  {(entry.Body is Intent judged ? judged.Verdict : entry.Kind)}", "bold");
        var who = opened is null ? "" : $"  {opened.Agent} of {opened.Owner} through {opened.Gate}, for: {Purpose(opened)}";
        One($"{Invocation.Time(entry.Time)}{who}");
        One($"Entry {entry.Sequence} of the task {entry.Task}, position {position} of the record.");
        screen.Line();
        switch (entry.Body)
        {
            case Intent intent:
                Judgement(intent);
                break;
            case TaskOpened own:
                One($"Opened for {own.Server}.");
                foreach (var line in MandateText.Of(own.Mandate))
                    One($"  {line}");
                break;
            default:
                One($"{EntryText.Of(entry.Body)}");
                break;
        }

        if (linked is not null)
            Links(entry, linked);
        if (entry.Body is not Intent)
            Members(entry);
        Place(position, entry, logged);
    }

    private static string Purpose(TaskOpened opened) => opened.Purpose.Length > 0 ? opened.Purpose : "no purpose was given";

    private void Judgement(Intent intent)
    {
        One($"{intent.Server} {intent.Method} {intent.Name} ({intent.Direction})".Replace("  ", " ", StringComparison.Ordinal));
        One($"Form {intent.Form}. Assurance {intent.Assurance}{(intent.Rung is { } rung ? $", needs {rung}" : "")}{(intent.HoldExpiresAt is { } until ? $" until {Invocation.Time(until)}" : "")}."
            + (intent.Observed ? " Observed only: the full form ran." : ""));
        screen.Line(intent.Operations.IsEmpty ? "Operations: none." : "Operations:");
        foreach (var operation in intent.Operations)
        {
            One($"  {OperationText.Of(operation)}");
            foreach (var evidence in operation.Evidence)
                One($"    because {evidence}");
        }

        One($"Decided by: {(intent.Policies.IsEmpty ? "no policy" : string.Join(", ", intent.Policies))}.");
        foreach (var reason in intent.Reasons)
            One($"Reason: {reason}");
        foreach (var instead in intent.WouldAllow)
            One($"Would be allowed: {instead}");
        screen.Line();
        screen.Line("Digests:");
        One($"  request     {intent.RequestDigest}");
        One($"  action      {intent.ActionDigest}");
        One($"  form        {intent.FormDigest}");
        One($"  policy set  {intent.PolicySet}");
        if (intent.Tool is { } tool)
            One($"  tool        {tool}");
        One($"  reader      {intent.Reader}");
    }

    private void Links(Entry entry, LinkedEntries linked)
    {
        screen.Line();
        screen.Line("Linked:");
        var intent = (Intent)linked.Intent.Body;
        if (linked.Intent.Sequence != entry.Sequence)
            One($"  judged      {intent.Verdict}: {intent.Server} {intent.Name ?? intent.Method}, {Entry(linked.Intent)}");
        if (intent.Uses is { } uses)
            One($"  uses        the approval of {uses}");
        if (linked.Resolution is { Body: HoldResolved resolved } ended)
        {
            One($"  hold        {resolved.Resolution}{(resolved.By is { } by ? $" by {by} at rung {resolved.Rung}" : "")}, {Entry(ended)}"
                + (resolved.Proof is { } proof ? $", signed with the key {proof.KeyId}" : ""));
        }
        else if (intent.Verdict == "hold")
        {
            screen.Line("  hold        not ended in the record");
        }

        if (linked.UsedBy is { } user)
            One($"  used by     {user.Attempt}, {Entry(user)}");
        if (linked.Outcome is { Body: Outcome outcome } done)
            One($"  outcome     {outcome.Status}, {outcome.Bytes} bytes{(outcome.Notes is { } notes ? $", {notes}" : "")}, {Entry(done)}");
        else if (intent.Verdict is "allow" or "downgrade" || intent.Observed)
            screen.Line("  outcome     none: it runs now, or was cut off by a crash (`vetopoint ledger unresolved`)", "yellow");
    }

    /// <summary>What an entry of another kind holds, member by member.</summary>
    private void Members(Entry entry)
    {
        screen.Line();
        screen.Line("Recorded:");
        Members(JsonElement.Parse(entry.Canonical.Span).GetProperty("body"), "  ");
    }

    private void Members(JsonElement parent, string indentation)
    {
        foreach (var member in parent.EnumerateObject())
        {
            var name = member.Name.Replace('_', ' ');
            if (member.Value.ValueKind is JsonValueKind.Object)
            {
                One($"{indentation}{name}:");
                Members(member.Value, indentation + "  ");
                continue;
            }

            One($"{indentation}{name}: {(member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString() : member.Value.GetRawText())}");
        }
    }

    private void Place(long position, Entry entry, long? logged)
    {
        screen.Line();
        screen.Line("Chain and log:");
        One($"  this entry  {Convert.ToHexStringLower(entry.Hash.Span)}");
        One($"  before it   {(entry.Sequence == 1 ? "nothing: it is the first of its task" : Convert.ToHexStringLower(entry.Previous.Span))}");
        One(logged switch
        {
            null => "  log         there is none yet",
            { } size when size >= position => string.Create(
                CultureInfo.InvariantCulture, $"  log         leaf {position - 1} of {size}; `vetopoint ledger prove {position}` makes a proof of it"),
            { } size => string.Create(CultureInfo.InvariantCulture, $"  log         not under its checkpoint yet, which covers {size}"),
        });
    }

    private static string Entry(Entry entry) => $"{entry.Task}#{entry.Sequence}";

    /// <summary>Whatever an agent supplied may not begin a line of its own.</summary>
    private void One(string text) => screen.Line(Visible.Line(text));
}
