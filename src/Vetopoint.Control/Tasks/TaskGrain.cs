using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Ledger.Secrets;
using Vetopoint.Ledger.Verification;

namespace Vetopoint.Control.Tasks;

/// <inheritdoc cref="ITaskGrain"/>
[SuppressMessage("Usage", "VSTHRD003", Justification = "The record completes these tasks, and never waits for who awaits them.")]
internal sealed partial class TaskGrain : Grain, ITaskGrain
{
    private readonly ILedger _ledger;
    private readonly LiveTasks _liveTasks;
    private readonly HoldDirectory _holds;
    private readonly AgentTrust _trust;
    private readonly ApproverDirectory _approvers;
    private readonly ITaskKeys _keys;
    private readonly TimeProvider _time;

    private TaskState _state = null!; // set on activation, before any turn
    private LiveTask? _live;
    private TaskKey? _key;
    private string? _keyProblem;
    private string? _failure;
    private Task<string?> _ended = Task.FromResult<string?>(null);

    public TaskGrain(
        ILedger ledger, LiveTasks liveTasks, HoldDirectory holds, AgentTrust trust, ApproverDirectory approvers, ITaskKeys keys, ControlOptions options)
    {
        _keys = keys;
        _ledger = ledger;
        _liveTasks = liveTasks;
        _holds = holds;
        _trust = trust;
        _approvers = approvers;
        _time = options.Time;
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!TaskId.TryParse(this.GetPrimaryKeyString(), out var id) || id == TaskId.Engine)
            throw new TaskException($"{ControlCodes.TaskOver}: `{this.GetPrimaryKeyString()}` names no task.");

        _state = new TaskState(id);

        // An approval that no approver signed is not taken up, and neither is a task that holds one: someone else wrote to the record.
        var check = ChainCheck.OfTask(_approvers.List().Select(approver => (approver.Name, approver.Key)));
        await foreach (var entry in _ledger.ReadTaskAsync(id.ToString(), 1, cancellationToken))
        {
            if (check.Check(entry) is { } finding)
                throw EngineChain.NotProved(entry, finding);
            _state.Apply(entry);
        }

        if (_state.IsOpened && (!_state.IsEnded || _state.Unresolved.Count > 0))
            FindKey(_state.Opened);
        if (_state.IsOpened && !_state.IsEnded)
        {
            TakeLive();
            _live!.Key = _key;
            await PutIntoTreeAsync(cancellationToken);
            foreach (var hold in _state.Holds)
            {
                if (hold.State == HoldState.Waiting || hold.IsUsableAt(_time.GetUtcNow()))
                    _holds.Add(Describe(hold, bytes: null));
            }
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_failure is not null)
            _holds.Forget(_state.Id);
        return Task.CompletedTask;
    }

    public async Task<Written> OpenAsync(TaskOpened opened)
    {
        if (_failure is not null || _state.IsOpened)
            return Written.Refused(_failure ?? $"{ControlCodes.TaskOver}: The task `{_state.Id}` was opened before.");
        FindKey(opened);
        if (_keyProblem is not null)
            return Written.Refused(_keyProblem);
        _live = _liveTasks.Take(_state.Id, opened.Agent, Mandate.FromEntry(opened.Mandate));
        _live.Key = _key;
        var written = Append(opened);
        await PutIntoTreeAsync(CancellationToken.None);
        return written;
    }

    public Task<TaskSummary?> DescribeAsync() => Task.FromResult(
        _state.IsOpened
            ? new TaskSummary(_state.Opened, _failure is not null || _live is not { IsLive: true } || _time.GetUtcNow() >= _state.Mandate.ExpiresAt)
            : null);

    public async Task<Ruling> JudgeAsync(AttemptFacts attempt)
    {
        if (_failure is not null)
            return Ruling.Unrecorded(ControlCodes.NotRecorded, _failure);
        if (_live is not { IsLive: true } live)
            return Over();
        if (_keyProblem is not null)
            return Ruling.Unrecorded(ControlCodes.NotRecorded, _keyProblem);
        if (_state.Attempts >= ControlLimits.AttemptsPerTaskMax)
        {
            Close("It made more attempts than one task can have.");
            return Ruling.Unrecorded(ControlCodes.TooLarge, "The task made more attempts than one task can have, so it was ended. Start a new one.");
        }

        var now = _time.GetUtcNow();
        var agent = _trust.Of(_state.Opened.Agent);

        // Taken before anything is decided, so that whatever changes from here on makes the permit void.
        var (taskEpoch, agentEpoch) = (live.Epoch, agent.Epoch);
        var committed = new Committed(_state.Name, _key);
        var action = committed.ToAction(attempt.ActionDigest.Span);
        var hold = _state.FindHold(HeldKey.Of(attempt, action));

        Derivation? approved;
        Derivation derivation;
        bool observed;
        var tries = 0;
        do
        {
            _links = await LinksAsync();
            approved = hold is not null && hold.IsUsableAt(now) ? UseApproval(attempt, hold, agent, now) : null;
            derivation = approved ?? Judge(attempt, hold, agent, now);

            // Observing never lets a quarantined agent or an expired task go on.
            observed = attempt.Observed && derivation.Verdict != Verdict.Allow
                && derivation.Code is not (ControlCodes.AgentQuarantined or ControlCodes.TaskExpired or ControlCodes.TooLarge or ControlCodes.TaskOver or ControlCodes.TooManyChildren);
        }
        while (!await ReserveAboveAsync(attempt, derivation, observed) && ++tries < ControlLimits.ReservationTriesMax);

        // While the tasks above were asked, the record may have failed, and this task may have been stopped.
        if (_failure is not null)
            return Ruling.Unrecorded(ControlCodes.NotRecorded, _failure);
        if (!live.IsLive)
            return Over();
        if (tries == ControlLimits.ReservationTriesMax)
        {
            (approved, observed) = (null, false);
            derivation = Deny(attempt, ControlCodes.OverBudget, "Other tasks use the same budget at this moment. Try again.");
        }

        var joined = derivation.Verdict == Verdict.Hold && !observed && hold is not null && hold.WaitsAt(now) ? hold : null;
        if (derivation.Verdict == Verdict.Hold && !observed && joined is null && _state.WaitingAt(now) >= ControlLimits.HoldsPerTaskMax)
        {
            derivation = derivation with
            {
                Verdict = Verdict.Deny,
                Code = ControlCodes.TooManyHolds,
                Rung = null,
                Reasons = ["Too many calls of this task wait for a person already. Wait for those, or ask the owner to look at them.", .. derivation.Reasons],
            };
        }

        var form = observed ? attempt.Full : derivation.Form;
        DateTimeOffset? expiresAt = derivation.Verdict != Verdict.Hold
            ? null
            : joined?.ExpiresAt ?? Earliest(now + attempt.PolicySet.Settings.HoldsExpireAfter, _state.Mandate.ExpiresAt);
        var id = new AttemptId(_state.Id, _state.Sequence + 1);
        var (said, payload) = committed.Payload(id.Number, attempt.Payload);
        var intent = new Intent
        {
            Attempt = id.ToString(),
            Gate = attempt.Gate,
            Server = attempt.Server,
            Method = attempt.Method,
            Name = attempt.Name is { } name ? SecretFormats.Mask(name) : null,
            Direction = attempt.Direction.ToName(),
            Salted = committed.IsSalted,
            RequestDigest = committed.To(id.Number, CommittedBytes.Request, attempt.RequestDigest.Span),
            ActionDigest = action,
            FormDigest = committed.To(id.Number, CommittedBytes.Form, form.Digest.Span),
            Payload = said,
            Verdict = derivation.Verdict.ToName(),
            Form = form.Name,
            Assurance = approved is null ? 0 : hold!.Rung,
            Rung = derivation.Rung,
            HoldExpiresAt = expiresAt,
            Uses = approved is null ? null : hold!.Id.ToString(),
            Observed = observed,
            PolicySet = attempt.PolicySet.Digest,
            Reader = attempt.Reader,
            Tool = attempt.Tool,
            Policies = derivation.Policies,
            Reasons = derivation.Reasons,
            WouldAllow = derivation.WouldAllow,
            Operations = RecordedChange.In(form),
        };
        var written = Append(intent, payload);
        if (derivation.Verdict == Verdict.Hold && !observed && joined is null && _state.TryGetHold(id.Number, out var held))
            _holds.Add(Describe(held!, form.Bytes));

        return new Ruling
        {
            Attempt = id.Number,
            Verdict = derivation.Verdict,
            Observed = observed,
            Form = form.Kind,
            FormIndex = attempt.Forms.IndexOf(form),
            Code = derivation.Code,
            Hold = derivation.Verdict != Verdict.Hold ? 0 : joined?.Id.Number ?? id.Number,
            Rung = derivation.Rung ?? 0,
            HoldExpiresAt = expiresAt ?? default,
            Policies = derivation.Policies,
            Reasons = derivation.Reasons,
            WouldAllow = derivation.WouldAllow,
            Task = live,
            TaskEpoch = taskEpoch,
            Agent = agent,
            AgentEpoch = agentEpoch,
            Links = _links,
            Intent = intent,
            Durable = written.Durable,
            AgentName = _state.Opened.Agent,
        };
    }

    public Task<Completed> CompleteAsync(long attempt, OutcomeFacts outcome)
    {
        if (_failure is not null)
            return Task.FromResult(Completed.Refused(_failure));
        var id = new AttemptId(_state.Id, attempt).ToString();
        if (!_state.IsOpenAttempt(attempt))
            return Task.FromResult(Completed.Refused($"{ControlCodes.NotRecorded}: The attempt `{id}` is not one that may run and has no outcome yet."));

        // INVARIANT: where the task's key is gone, nothing is said of bytes; least of all a plain digest.
        var committed = new Committed(_state.Name, _key);
        var isKept = _key is not null || _state.Opened.PayloadKey is null;
        var sequence = _state.Sequence + 1;
        var (said, payload) = committed.Payload(sequence, outcome.Payload);
        var entry = new Outcome(
            id, outcome.Status.ToName(), outcome.Bytes,
            isKept && outcome.ResultDigest is { } digest ? committed.To(sequence, CommittedBytes.Result, digest.Span) : null,
            outcome.Notes, committed.IsSalted, said);
        return Task.FromResult(new Completed(entry, Append(entry, payload).Durable));
    }

    public Task ForgetKeyAsync()
    {
        _key = null;
        if (_live is not null)
            _live.Key = null;
        return Task.CompletedTask;
    }

    public Task<Resolved> ResolveAsync(long hold, HoldResolved resolution)
    {
        if (_failure is not null || !_state.TryGetHold(hold, out var held))
            return Task.FromResult(Resolved.Before(HoldState.Cancelled));
        if (!_state.IsEnded && held!.State == HoldState.Waiting && _time.GetUtcNow() >= held.ExpiresAt)
            Resolve(held, new HoldResolved(held.Id.ToString(), HoldState.Expired.ToName(), null, 0, null));
        if (held!.State != HoldState.Waiting || _state.IsEnded)
            return Task.FromResult(Resolved.Before(Describe(held, null).State));

        var written = Resolve(held, resolution);
        return Task.FromResult(new Resolved(held.State, ByThisCall: true, written.Durable));
    }

    public Task ExpireAsync(long hold)
    {
        if (_failure is null && !_state.IsEnded && _state.TryGetHold(hold, out var held)
            && held!.State == HoldState.Waiting && _time.GetUtcNow() >= held.ExpiresAt)
        {
            Resolve(held, new HoldResolved(held.Id.ToString(), HoldState.Expired.ToName(), null, 0, null));
        }

        return Task.CompletedTask;
    }

    public Task<Hold?> FindHoldAsync(long hold) =>
        Task.FromResult(_state.TryGetHold(hold, out var held) ? Describe(held!, bytes: null) : null);

    public Task<string?> EndAsync(string reason)
    {
        if (_failure is not null)
            return Task.FromResult<string?>(_failure);
        if (!_state.IsEnded && _state.IsOpened)
            Close(reason);
        return _ended;
    }

    private Derivation? UseApproval(AttemptFacts attempt, HeldAttempt hold, AgentState agent, DateTimeOffset now)
    {
        if (agent.IsQuarantined)
            return null;

        // The same name is the same form only because the hold was found by its action digest: see HeldKey.
        foreach (var form in attempt.Forms)
        {
            if (form.Name == hold.Intent.Form)
                return Deriver.Approved(attempt, View(agent, now), form, hold.Rung);
        }

        return null;
    }

    private Derivation Judge(AttemptFacts attempt, HeldAttempt? hold, AgentState agent, DateTimeOffset now)
    {
        if (agent.IsQuarantined)
            return Deny(attempt, ControlCodes.AgentQuarantined, "This agent is quarantined. Its owner has to look at it first.");
        if (hold?.State == HoldState.Denied)
            return Deny(attempt, ControlCodes.RefusedByPerson, "A person refused this very call in this task. Do not repeat it; ask the task's owner.");
        return Deriver.Derive(attempt, View(agent, now), assurance: 0);
    }

    private static Derivation Deny(AttemptFacts attempt, string code, string reason) =>
        new() { Verdict = Verdict.Deny, Form = attempt.Full, Code = code, Reasons = [reason] };

    private TaskView View(AgentState agent, DateTimeOffset now) => new()
    {
        Id = _state.Id.ToString(),
        Agent = _state.Opened.Agent,
        Owner = _state.Opened.Owner,
        Trust = agent.Trust,
        Purpose = _state.Opened.Purpose,
        Credential = CredentialNames.Of(_state.Opened),
        Mandate = _state.Mandate,
        Calls = Used.Calls,
        Objects = Used.Objects,
        Sensitive = Used.Sensitive,
        Bytes = _live!.BytesUsed,
        Labels = Labels(),
        Children = _state.Children.Count,
        Links = _links,
        Now = now,
    };

    private Written Resolve(HeldAttempt held, HoldResolved resolution)
    {
        var written = Append(resolution);
        _holds.Resolve(held.Id, held.State, resolution, written.Durable);
        return written;
    }

    private void Close(string reason)
    {
        foreach (var hold in _state.Holds.Where(hold => hold.State == HoldState.Waiting).ToList())
            Resolve(hold, new HoldResolved(hold.Id.ToString(), HoldState.Cancelled.ToName(), null, 0, null));
        var written = Append(new TaskEnded(reason) { Totals = Totals() });
        LeaveTree();
        _ended = ForgetAsync(_live!, written.Durable);
        _live!.End();
    }

    /// <summary>The task stays known as over until that is durable: a record that fails now does not bring it back to life.</summary>
    private async Task<string?> ForgetAsync(LiveTask live, Task<string?> durable)
    {
        var refused = await durable;
        if (refused is null)
            _liveTasks.Remove(live);
        return refused;
    }

    /// <summary>Seals an entry, applies it and enqueues it. Its place is reserved when this returns.</summary>
    private Written Append(EntryBody body, ReadOnlyMemory<byte> payload = default)
    {
        var entry = _state.Seal(_time.GetUtcNow(), body, payload);
        _state.Apply(entry);
        return new Written(Confirmation.OfAsync(_ledger.AppendAsync(entry), Fail, TaskScheduler.Current));
    }

    /// <summary>
    /// The record refused an entry, so the state here is ahead of the record. Nothing more is judged from it: permits are void, what is
    /// pending is denied, and the next call finds a grain that has read the record again.
    /// </summary>
    private string Fail(string why)
    {
        if (_failure is not null)
            return _failure;
        _failure = $"{ControlCodes.NotRecorded}: The record could not be written, so nothing runs. {why}";
        _live?.Renew();
        DeactivateOnIdle();
        return _failure;
    }

    /// <summary>
    /// Takes the task's key from where it is kept. Without it nothing more is judged: entries that could not be erased must not be written, nor
    /// retries be told apart from approved calls in another way than before.
    /// </summary>
    private void FindKey(TaskOpened opened)
    {
        if (opened.PayloadKey is not { } id)
            return;
        try
        {
            _key = _keys.Find(_state.Name, id);
            if (_key is null)
                _keyProblem = $"{LedgerCodes.TaskKeyMissing}: The key of the task `{_state.Name}` is missing, so nothing of it can be recorded. Restore the state directory, or start a new task.";
        }
        catch (LedgerException refused)
        {
            _keyProblem = refused.Message;
        }
    }

    private void TakeLive()
    {
        _live = _liveTasks.Take(_state.Id, _state.Opened.Agent, _state.Mandate);
        _live.CountAtLeast(_state.Bytes);
    }

    private Hold Describe(HeldAttempt held, ReadOnlyMemory<byte>? bytes) => new()
    {
        Attempt = held.Id,
        State = held.State == HoldState.Waiting && _state.IsEnded ? HoldState.Cancelled : held.State,
        Agent = _state.Opened.Agent,
        Owner = _state.Opened.Owner,
        HeldAt = held.HeldAt,
        ExpiresAt = held.ExpiresAt,
        Intent = held.Intent,
        Bytes = bytes,
    };

    private static DateTimeOffset Earliest(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
