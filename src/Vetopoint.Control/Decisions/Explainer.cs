using System.Collections.Immutable;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Explains a recorded attempt: it is judged again with the policy set that decided then, on the state its task had then, with other
/// assurance. Arguments are not recorded, so policies about <c>context.input</c> can answer otherwise than they did; that is said.
/// </summary>
public sealed class Explainer
{
    private readonly ILedger _ledger;
    private readonly ActivePolicySet _policies;
    private readonly PolicySetLoader _loader;

    internal Explainer(ILedger ledger, ActivePolicySet policies, PolicySetLoader loader)
    {
        _ledger = ledger;
        _policies = policies;
        _loader = loader;
    }

    /// <summary>Explains an attempt; null when the record has no such attempt.</summary>
    public async Task<Explanation?> ExplainAsync(AttemptId attempt, CancellationToken cancellationToken)
    {
        if (!attempt.IsValid)
            return null;

        // The engine's own chain has no task state; its entries are found the same way.
        var state = attempt.Task == TaskId.Engine ? null : new TaskState(attempt.Task);
        Intent? intent = null;
        Outcome? outcome = null;
        HoldResolved? resolution = null;
        TaskView? then = null;
        var time = default(DateTimeOffset);
        await foreach (var entry in _ledger.ReadTaskAsync(attempt.Task.ToString(), 1, cancellationToken))
        {
            if (entry.Sequence == attempt.Number)
            {
                if (entry.Body is not Intent found)
                    return null;
                (intent, time) = (found, entry.Time);
                then = state is null ? null : ViewOf(state, entry.Time);
            }

            if (entry.Sequence <= attempt.Number)
                state?.Apply(entry);
            else if (entry.Body is Outcome ended && ended.Attempt == intent?.Attempt)
                outcome = ended;
            else if (entry.Body is HoldResolved resolved && resolved.Attempt == intent?.Attempt)
                resolution = resolved;
        }

        if (intent is null)
            return null;
        var set = await SetOfAsync(intent.PolicySet, cancellationToken);
        var pin = ToolState.DefinitionIn(intent.Tool) is { } definition && intent.Name is { } tool && await PinThen.FindAsync(_ledger, intent.Server, tool, time, cancellationToken) is { } known
            && known.Digest == definition ? known : null;
        return new Explanation(attempt, time, intent, outcome, resolution)
        {
            Agent = state?.Opened.Agent ?? "",
            Reviewed = ToolState.DefinitionIn(intent.Tool) is null ? null : pin?.Reviewed ?? false,
            Suspicion = pin?.Suspicion,
            DecidedBy = set is null ? [] : [.. intent.Policies.Select(id => set.Policies.TryGet(id, out var policy) ? policy : null).OfType<Policy>()],
            WouldChange = set is null
                ? ["The policy set that decided is not kept any more, so it cannot be judged again.", .. intent.WouldAllow]
                : [.. Sentences(intent, set, then, pin)],
        };
    }

    private static IEnumerable<string> Sentences(Intent intent, PolicySetSnapshot set, TaskView? then, PinThen? pin)
    {
        foreach (var sentence in intent.WouldAllow)
            yield return sentence;
        if (then is not { } task || intent.Operations.IsEmpty)
            yield break;

        var (facts, form) = Rebuild(intent, set, pin);
        var question = new FormQuestion(facts, task);
        var without = question.Ask(form, 0);
        var permits = question.Ask(form, intent.Assurance).IsPermitted;
        var ran = intent.Verdict is "allow" or "downgrade";
        if (ran && intent.Uses is { } used && !without.IsPermitted)
            yield return $"Without the approval of `{used}` it would not have run: {Names(without)}";
        else if (ran && permits)
            yield return "A policy that forbids it, or a smaller mandate or budget, would have stopped it; none does.";

        if (intent.Verdict is "hold" or "deny")
        {
            if (without.IsFinal)
            {
                yield return "No approval would have changed it: the mandate, a budget or an error stands against it, not a policy.";
            }
            else if (!without.IsPermitted)
            {
                var rung = Enumerable.Range(1, Contract.RungMax).FirstOrDefault(rung => question.Ask(form, rung).IsPermitted);
                yield return rung == 0
                    ? $"No approval would have changed it: {Names(without)}"
                    : $"With {Contract.RungInWords(rung)} (rung {rung}) it would have run: {Names(without)}";
            }
        }

        if (permits != ran && intent.Verdict != "hold" && !intent.Observed)
            yield return "Judged again with what is recorded, the answer differs: what is not recorded (the arguments, the state of the tool or of the agent) decided.";
        if (set.Policies.Policies.Any(policy => policy.Text.Contains("context.input", StringComparison.Ordinal)))
            yield return "Arguments are not recorded, so policies about `context.input` were asked without them here.";
    }

    private static string Names(FormAnswer answer) =>
        answer.Policies.Count == 0 ? string.Join(" ", answer.Reasons) : $"{string.Join(", ", answer.Policies.Select(id => $"`{id}`"))} stood against it.";

    /// <summary>The attempt as far as it is recorded.</summary>
    private static (AttemptFacts Facts, FormFacts Form) Rebuild(Intent intent, PolicySetSnapshot set, PinThen? pin)
    {
        var isTool = intent.Tool is not null || intent.Method == "tools/call";
        ImmutableArray<OperationFacts> operations =
            [.. intent.Operations.Select(entry => OperationFacts.Of(entry.ToOperation(), intent.Server, isTool ? intent.Name : null, set.Settings.Environments))];
        var form = new FormFacts
        {
            Kind = FormNames.TryParse(intent.Form, out var kind) ? kind : FormKind.Full,
            Name = intent.Form,
            Change = RecordedChange.Of(intent),
            Operations = operations,
            Bytes = default,
            Digest = default,
            Entries = intent.Operations,
            Objects = TaskBudget.ObjectsOf(intent.Operations),
            Sensitive = TaskBudget.SensitiveOf(intent.Operations),
        };
        var facts = new AttemptFacts
        {
            Gate = intent.Gate,
            Server = intent.Server,
            Method = intent.Method,
            Name = intent.Name,
            ToolName = isTool ? intent.Name : null,
            Direction = intent.Direction == Direction.ToClient.ToName() ? Direction.ToClient : Direction.ToServer,
            RequestDigest = default,
            ActionDigest = default,
            Forms = [form],
            Input = CedarRecord.Empty,
            InputUnderstood = true,
            Reviewed = pin?.Reviewed ?? false,
            Suspicion = pin?.Suspicion,
            Reader = intent.Reader,
            Tool = intent.Tool,
            PolicySet = set,
            PolicyEpoch = 0,
            AssuranceCeiling = Contract.RungMax,
            Observed = false,
        };
        return (facts, form);
    }

    private static TaskView ViewOf(TaskState state, DateTimeOffset now) => new()
    {
        Id = state.Id.ToString(),
        Agent = state.Opened.Agent,
        Owner = state.Opened.Owner,
        Trust = "trusted",
        Purpose = state.Opened.Purpose,
        Credential = CredentialNames.Of(state.Opened),
        Mandate = state.Mandate,
        Calls = state.Calls,
        Objects = state.Objects,
        Sensitive = state.Sensitive,
        Bytes = state.OutcomeBytes,
        Labels = state.Labels,
        Now = now,
    };

    private async Task<PolicySetSnapshot?> SetOfAsync(string digest, CancellationToken cancellationToken)
    {
        if (_policies.Current is { } current && current.Digest == digest)
            return current;
        try
        {
            return _loader.LoadActivated(await _policies.ReadAsync(digest, cancellationToken)).Set;
        }
        catch (PolicySetException)
        {
            return null; // not kept any more: the explanation says so
        }
    }
}

/// <summary>What is recorded of an attempt, and what would have changed its verdict.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Time">When it was judged.</param>
/// <param name="Intent">As it was judged.</param>
/// <param name="Outcome">What became of it; null when it did not run, or nothing is known.</param>
/// <param name="Resolution">How its hold ended; null when it was not held, or still waits.</param>
public sealed record Explanation(AttemptId Attempt, DateTimeOffset Time, Intent Intent, Outcome? Outcome, HoldResolved? Resolution)
{
    public string Agent { get; init; } = "";

    /// <summary>Whether a person had looked at the tool's definition that it was read with; null when it was read without one.</summary>
    public bool? Reviewed { get; init; }

    /// <summary>Why the tool was suspicious then; null when it was not.</summary>
    public string? Suspicion { get; init; }

    /// <summary>The policies that decided, as they were.</summary>
    public ImmutableArray<Policy> DecidedBy { get; init; } = [];

    /// <summary>What would have changed the verdict, in full sentences.</summary>
    public ImmutableArray<string> WouldChange { get; init; } = [];
}
