using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Telemetry;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Where every gate asks. Nothing else makes a <see cref="Permit"/>.
/// 1. Facts are prepared outside the turn of the task. 2. The turn judges, reserves and enqueues the intent. 3. Here, outside the turn,
/// the intent's commit is awaited. 4. Only then a permit is made, in this process, and never leaves it.
/// </summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "The record completes these tasks, and never waits for who awaits them.")]
public sealed class DecisionPoint
{
    private readonly IGrainFactory _grains;
    private readonly AttemptPreparation _preparation;
    private readonly LiveTasks _liveTasks;
    private readonly AgentTrust _trust;
    private readonly ActivePolicySet _policies;
    private readonly HoldDirectory _holds;
    private readonly HeldCalls _heldCalls;
    private readonly JudgementFeed _feed;
    private readonly TimeProvider _time;

    internal DecisionPoint(
        IGrainFactory grains, AttemptPreparation preparation, LiveTasks liveTasks, AgentTrust trust, ActivePolicySet policies,
        HoldDirectory holds, HeldCalls heldCalls, JudgementFeed feed, ControlOptions options)
    {
        _grains = grains;
        _preparation = preparation;
        _liveTasks = liveTasks;
        _trust = trust;
        _policies = policies;
        _holds = holds;
        _heldCalls = heldCalls;
        _feed = feed;
        _time = options.Time;
    }

    /// <summary>
    /// Judges an attempt and records it. Returns when the intent is durable; only for operations proved read-only it may
    /// return before, see <see cref="Permit.IntentDurable"/>. Whatever goes wrong on the way is a <see cref="Judgement.Denied"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The reading is <see cref="ReadingKind.Protocol"/>: use <see cref="Pass"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up before anything was judged.</exception>
    public ValueTask<Judgement> JudgeAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.Reading.Kind == ReadingKind.Protocol)
            throw new ArgumentException("A message of the closed table is passed, not judged.", nameof(attempt));
        cancellationToken.ThrowIfCancellationRequested();

        // From here on the caller cannot give up: an intent may be on its way to the record, and the answer has to match it.
        return Deciding.Begin(attempt, _time) is { } deciding ? JudgeWatchedAsync(attempt, deciding) : TryJudgeAsync(attempt, null);
    }

    /// <summary>Lets a message of the closed table through, unjudged and unrecorded, as long as its task is live.</summary>
    /// <exception cref="ArgumentException">The reading is not <see cref="ReadingKind.Protocol"/>.</exception>
    /// <exception cref="PermitException">The task is not live.</exception>
    public Permit Pass(Attempt attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        if (attempt.Reading.Kind != ReadingKind.Protocol)
            throw new ArgumentException("Only a message of the closed table passes unjudged.", nameof(attempt));
        if (!_liveTasks.TryGet(attempt.Task, out var task) || !task.IsLive)
            throw new PermitException($"{ControlCodes.TaskOver}: The task is over. Start a new one.");

        var agent = _trust.Of(task.Agent);
        var grounds = new PermitGrounds
        {
            Task = task,
            TaskEpoch = task.Epoch,
            Agent = agent,
            AgentEpoch = agent.Epoch,
            Policies = _policies,
            PolicyEpoch = _policies.Epoch,
            IsEnforced = true,
        };
        return new Permit(null, FormKind.Full, attempt.Reading.Forms[0].Bytes, grounds, Confirmation.Done, _time);
    }

    /// <summary>
    /// Waits for a hold to end. After <see cref="HoldState.Approved"/> the gate calls <see cref="JudgeAsync(Attempt, CancellationToken)"/> again with the same attempt:
    /// the approval is used up, and the attempt is judged once more at that moment.
    /// </summary>
    /// <param name="hold">As <see cref="Judgement.Held"/> names it.</param>
    /// <param name="upTo">How long; <see cref="HoldState.Waiting"/> is returned after that.</param>
    /// <param name="cancellationToken">Ends the waiting, not the hold.</param>
    public Task<HoldState> WaitForHoldAsync(AttemptId hold, TimeSpan upTo, CancellationToken cancellationToken) =>
        _holds.WaitAsync(hold, upTo, cancellationToken);

    /// <summary>Records the outcome. Durable when it returns: only then may the end of the result be released.</summary>
    /// <param name="permit">The permit it ran with.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="cancellationToken">Only before anything was recorded.</param>
    /// <exception cref="LedgerException">The intent or the outcome could not be recorded: release nothing more.</exception>
    /// <exception cref="InvalidOperationException">The outcome was recorded before.</exception>
    public ValueTask CompleteAsync(Permit permit, AttemptOutcome outcome, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        ArgumentNullException.ThrowIfNull(outcome);
        return permit.Span is { } span ? RecordWatchedAsync(permit, outcome, span, cancellationToken) : RecordAsync(permit, outcome, cancellationToken);
    }

    /// <summary>
    /// Gives a permit back that will not be used, or whose caller is gone: its outcome is <c>cut</c> when nothing was sent, else
    /// <c>unknown</c>. A hold needs no such call: it stays approvable for the identical retry until it expires.
    /// </summary>
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    public ValueTask AbandonAsync(Permit permit, string why, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permit);
        var status = permit.IsRedeemed ? OutcomeStatus.Unknown : OutcomeStatus.Cut;
        return CompleteAsync(permit, new AttemptOutcome(status, permit.Released, null, why), cancellationToken);
    }

    private async ValueTask<Judgement> JudgeWatchedAsync(Attempt attempt, Deciding deciding)
    {
        var judgement = await TryJudgeAsync(attempt, deciding);
        deciding.Judged(judgement);
        return judgement;
    }

    private async ValueTask<Judgement> TryJudgeAsync(Attempt attempt, Deciding? deciding)
    {
        try
        {
            var facts = _preparation.Prepare(attempt); // 1.
            var ruling = await GrainOf(attempt.Task).JudgeAsync(facts); // 2.
            deciding?.Decided(ruling);
            return ruling.Attempt == 0 ? Unrecorded(facts, ruling.Code, ruling.Reasons) : await JudgeAsync(attempt, facts, ruling);
        }
        catch (AttemptTooLargeException exception)
        {
            return Unrecorded(null, ControlCodes.TooLarge, [exception.Message]);
        }
#pragma warning disable CA1031 // Promise 3: whatever goes wrong while judging is a Deny, and this is the one place that makes it so.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Unrecorded(
                null, ControlCodes.Fault, [$"Something went wrong while this was judged, so it is denied. Tell the owner: {exception.GetType().Name}."]);
        }
    }

    private async Task<Judgement> JudgeAsync(Attempt attempt, AttemptFacts facts, Ruling ruling)
    {
        var id = new AttemptId(attempt.Task, ruling.Attempt);
        var runs = ruling.Observed || ruling.Verdict is Verdict.Allow or Verdict.Downgrade;
        var form = facts.Forms[ruling.FormIndex];
        if (!(runs && IsProvedReadOnly(facts, form)) && await ruling.Durable is { } refused) // 3.
            return Unrecorded(facts, ControlCodes.NotRecorded, [refused]);

        _feed.Publish(new FeedEvent(_time.GetUtcNow(), id, ruling.AgentName, ruling.Intent!));
        if (runs)
        {
            if (AttemptId.TryParse(ruling.Intent!.Uses, out var used))
                _holds.Used(used); // the call is about to run: what was kept for the person to see is not needed any more
            return new Judgement.Allowed(Mint(id, form, facts, ruling, attempt.Span), form.Kind, form.Change) // 4.
            {
                Attempt = id,
                Verdict = ruling.Verdict,
                Observed = ruling.Observed,
                Policies = ruling.Policies,
                Reasons = ruling.Reasons,
                PolicySet = facts.PolicySet.Digest,
            };
        }

        if (ruling.Verdict == Verdict.Hold)
        {
            var hold = new AttemptId(attempt.Task, ruling.Hold);
            if (hold == id)
                await _heldCalls.KeepAsync(id, ruling.Intent!, form.Bytes);
            return new Judgement.Held(hold, ruling.Rung, form.Kind, ruling.HoldExpiresAt)
            {
                Attempt = id,
                Verdict = Verdict.Hold,
                Policies = ruling.Policies,
                Reasons = ruling.Reasons,
                PolicySet = facts.PolicySet.Digest,
            };
        }

        return new Judgement.Denied(ruling.Code, ruling.WouldAllow)
        {
            Attempt = id,
            Policies = ruling.Policies,
            Reasons = ruling.Reasons,
            PolicySet = facts.PolicySet.Digest,
        };
    }

    private async ValueTask RecordWatchedAsync(Permit permit, AttemptOutcome outcome, AttemptSpan span, CancellationToken cancellationToken)
    {
        using var ending = span.Completing(outcome);
        await RecordAsync(permit, outcome, cancellationToken);
        ending.Recorded();
    }

    private async ValueTask RecordAsync(Permit permit, AttemptOutcome outcome, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (permit.Attempt is not { } attempt)
            return;
        if (!permit.TryFinish())
            throw new InvalidOperationException($"{ControlCodes.PermitFinished}: The outcome of `{attempt}` was recorded before.");
        if (await permit.IntentRecorded is { } notRecorded)
            throw new LedgerException(notRecorded);

        // A gate cannot report less than what left.
        var payload = outcome.Result.IsEmpty || _policies.Current.Settings.Payloads != RecordedPayloads.ArgumentsAndResults
            ? null
            : PayloadText.Of(outcome.Result.Span);
        var completed = await GrainOf(attempt.Task).CompleteAsync(
            attempt.Number, new OutcomeFacts(outcome.Status, Math.Max(outcome.Bytes, permit.Released), outcome.ResultDigest, outcome.Notes, payload));
        if (await completed.Durable is { } refused)
            throw new LedgerException(refused);
        if (completed.Outcome is { } entry && _liveTasks.TryGet(attempt.Task, out var task))
            _feed.Publish(new FeedEvent(_time.GetUtcNow(), attempt, task.Agent, entry));
    }

    private ITaskGrain GrainOf(TaskId task) =>
        _liveTasks.TryGet(task, out var live)
            ? live.Grain ??= _grains.GetGrain<ITaskGrain>(task.ToString())
            : _grains.GetGrain<ITaskGrain>(task.ToString());

    private Permit Mint(AttemptId id, FormFacts form, AttemptFacts facts, Ruling ruling, AttemptSpan? span)
    {
        var grounds = new PermitGrounds
        {
            Task = ruling.Task!,
            TaskEpoch = ruling.TaskEpoch,
            Agent = ruling.Agent!,
            AgentEpoch = ruling.AgentEpoch,
            Links = ruling.Links,
            Policies = _policies,
            PolicyEpoch = facts.PolicyEpoch,
            IsEnforced = !facts.Observed,
        };
        return new Permit(id, form.Kind, form.Bytes, grounds, ruling.Durable, _time) { Span = span };
    }

    /// <summary>
    /// Whether the upstream may be called while the intent is still being written: only where someone who may be believed (the operator's
    /// mapping, exact knowledge of the server, or a person who reviewed the tool) says that nothing but reading happens.
    /// A tool's own word is not enough: a hostile one calls its purge `get_status`.
    /// </summary>
    private static bool IsProvedReadOnly(AttemptFacts facts, FormFacts form)
    {
        if (facts.Suspicion is not null || !facts.InputUnderstood)
            return false;
        foreach (var candidate in form.Operations)
        {
            var operation = candidate.Operation;
            if (operation.Effect != Effect.Read || !operation.Understood || operation.Destination is not null)
                return false;
            if (!facts.Reviewed && !IsBelieved(operation.Evidence))
                return false;
        }

        return true;
    }

    private static bool IsBelieved(ImmutableArray<Evidence> evidence)
    {
        if (evidence.IsDefault)
            return false;
        foreach (var item in evidence)
        {
            if (item.Source >= EvidenceSource.WellKnownServer)
                return true;
        }

        return false;
    }

    private static Judgement.Denied Unrecorded(AttemptFacts? facts, string code, ImmutableArray<string> reasons) =>
        new(code, []) { Verdict = Verdict.Deny, Reasons = reasons, PolicySet = facts?.PolicySet.Digest ?? "" };
}
