using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Control.Acts;

/// <summary>
/// Where a person's acts are proved and performed.
/// 1. <see cref="ChallengeAsync(Act, string?, string, CancellationToken)"/> says exactly what would be agreed to. 2. The person's own program shows it and signs.
/// 3. <see cref="PerformAsync(ActProof, string, CancellationToken)"/> checks the signature against the challenge it gave out, once. 4. The act is judged by the active policies
/// as the operation <c>change_policy</c>, recorded, and only then done.
/// </summary>
public sealed class ActDesk
{
    private const string ThisProcess = "";

    private readonly EngineChain _chain;
    private readonly ApproverDirectory _approvers;
    private readonly ActivePolicySet _policies;
    private readonly HoldDirectory _holds;
    private readonly AgentKeys _keys;
    private readonly TaskDirectory _tasks;
    private readonly TaskCredentials _credentials;
    private readonly LiveTasks _liveTasks;
    private readonly ActPreparation _preparation;
    private readonly Erasures _erasures;
    private readonly Challenges _challenges;
    private readonly TimeProvider _time;
    private readonly IRecordKeys? _recordKeys;

    internal ActDesk(
        EngineChain chain, ApproverDirectory approvers, ActivePolicySet policies, HoldDirectory holds, AgentKeys keys,
        TaskDirectory tasks, TaskCredentials credentials, LiveTasks liveTasks, ActPreparation preparation, Erasures erasures, ControlOptions options)
    {
        _credentials = credentials;
        _erasures = erasures;
        _chain = chain;
        _approvers = approvers;
        _policies = policies;
        _holds = holds;
        _keys = keys;
        _tasks = tasks;
        _liveTasks = liveTasks;
        _preparation = preparation;
        _challenges = new Challenges(options.Time);
        _time = options.Time;
        _recordKeys = options.RecordKeys;
    }

    /// <summary>States what a person would agree to.</summary>
    /// <param name="act">The act.</param>
    /// <param name="keyId">The approver's key; null when only one is enrolled.</param>
    /// <param name="cancellationToken">Gives up asking.</param>
    /// <exception cref="ActException">It cannot be asked for now.</exception>
    public Task<ActChallenge> ChallengeAsync(Act act, string? keyId, CancellationToken cancellationToken) =>
        ChallengeAsync(act, keyId, ThisProcess, cancellationToken);

    /// <summary>States what a person would agree to, to a requester with limits of its own.</summary>
    /// <param name="act">The act.</param>
    /// <param name="keyId">The approver's key; null when only one is enrolled.</param>
    /// <param name="requester">Who asks, as the connection tells it: a process, never a name of its own choosing.</param>
    /// <param name="cancellationToken">Gives up asking.</param>
    /// <exception cref="ActException">It cannot be asked for now.</exception>
    public async Task<ActChallenge> ChallengeAsync(Act act, string? keyId, string requester, CancellationToken cancellationToken) // 1.
    {
        ArgumentNullException.ThrowIfNull(act);
        var approver = ApproverOf(keyId);
        return _challenges.Give(await _preparation.PrepareAsync(act, approver, cancellationToken), approver, requester);
    }

    /// <summary>Performs the act that a statement names. Durable when it returns.</summary>
    /// <exception cref="ActException">The proof is not good, or the act is not possible any more. Nothing was changed.</exception>
    /// <exception cref="LedgerException">It could not be recorded. Nothing was changed.</exception>
    public Task<ActResult> PerformAsync(ActProof proof, CancellationToken cancellationToken) => PerformAsync(proof, ThisProcess, cancellationToken);

    /// <summary>Performs the act that a statement names, for a requester with limits of its own. Durable when it returns.</summary>
    /// <param name="proof">The signed statement.</param>
    /// <param name="requester">Who sends it, as the connection tells it.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <exception cref="ActException">The proof is not good, or the act is not possible any more. Nothing was changed.</exception>
    /// <exception cref="LedgerException">It could not be recorded. Nothing was changed.</exception>
    public async Task<ActResult> PerformAsync(ActProof proof, string requester, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var (given, entry, approver) = _challenges.Take(proof, _approvers, requester); // 3.

        // What was shown must still be so: prepared again, it has to come out the same.
        var now = await _preparation.PrepareAsync(given.Act, approver, cancellationToken, given.AgentKey);
        if (now.Subject != given.Subject || (given.Act is Act.StartTask && !now.Paper.Encode().AsSpan().SequenceEqual(given.Paper.Encode())))
            throw new ActException(ControlCodes.ActChanged, "What was agreed to changed meanwhile. Ask again.");
        return given.Act switch
        {
            Act.Approve approve => await ApproveAsync(approve, entry, approver),
            Act.StartTask start => await StartAsync(start, given, entry, approver, cancellationToken),
            _ => await ChangeAsync(given, entry, approver, cancellationToken),
        };
    }

    /// <summary>Makes the first approver. Possible only while none is enrolled.</summary>
    /// <exception cref="ActException">An approver is enrolled already, or the key is not good.</exception>
    public Task<ActResult> EnrollFirstApproverAsync(Act.EnrollApprover act, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(act);
        var key = ActPreparation.KeyOf(act);
        return _chain.ChangeAsync(
            async turn =>
            {
                if (_approvers.List().Count > 0)
                    throw new ActException(ControlCodes.ApproverEnrolled, "An approver is enrolled already; another one needs that one's proof.");
                var place = turn.Next;
                await turn.AppendAsync(new ApproverEnrolled(act.Approver, key.Id, key.Text));
                return new ActResult(place, $"`{act.Approver}` can approve.");
            },
            cancellationToken);
    }

    /// <summary>Enforces a server again, without a proof: narrowing is free.</summary>
    public Task EnforceAsync(string server, CancellationToken cancellationToken) =>
        RecordAsync(new OperatorAct(ActivePolicySet.EnforceAct, ActivePolicySet.ServerSubject + server, null, null), cancellationToken);

    /// <summary>Takes every key from an agent and ends its tasks, without a proof: narrowing is free.</summary>
    public async Task RevokeAsync(string agent, CancellationToken cancellationToken)
    {
        await _chain.ChangeAsync(
            async turn =>
            {
                await turn.AppendAsync(Revocations(agent));
                return true;
            },
            cancellationToken);
        await EndTasksAsync(agent);
    }

    /// <summary>Stops an agent everywhere, without a proof: narrowing is free. Its permits are void and what is in flight is cut.</summary>
    public async Task QuarantineAsync(string agent, CancellationToken cancellationToken)
    {
        // Stop means stop, also when the record cannot be written: what is in flight is cut first.
        foreach (var task in _liveTasks.OfAgent(agent))
            task.Renew();
        await RecordAsync(new OperatorAct(AgentTrust.QuarantineAct, AgentTrust.AgentSubject + agent, null, null), cancellationToken);
        foreach (var task in _liveTasks.OfAgent(agent))
            task.Renew();
    }

    private EnrolledApprover ApproverOf(string? keyId)
    {
        var approvers = _approvers.List();
        if (approvers.Count == 0)
            throw new ActException(ControlCodes.NoApprover, "Nobody is enrolled who could approve. Run `vetopoint init`.");
        if (keyId is null && approvers.Count == 1)
            return approvers[0];
        return _approvers.Find(keyId ?? "")
            ?? throw new ActException(ControlCodes.UnknownKey, keyId is null ? "Several people can approve. Say who does." : $"The key `{keyId}` is not enrolled.");
    }

    private async Task<ActResult> ApproveAsync(Act.Approve act, ProofEntry proof, EnrolledApprover approver)
    {
        var resolved = await _holds.ResolveAsync(
            act.Attempt, new HoldResolved(act.Attempt.ToString(), HoldState.Approved.ToName(), approver.Name, Contract.RungOfOnePerson, proof));
        if (!resolved.ByThisCall || resolved.State != HoldState.Approved)
            throw new ActException(ControlCodes.ActChanged, $"The hold `{act.Attempt}` is {resolved.State.ToName()} already.");
        return new ActResult(act.Attempt, $"`{act.Attempt}` is approved: the identical call runs once.");
    }

    private async Task<ActResult> StartAsync(
        Act.StartTask act, PreparedAct given, ProofEntry proof, EnrolledApprover approver, CancellationToken cancellationToken)
    {
        var result = await ChangeAsync(given, proof, approver, cancellationToken);
        var digest = AgentKeys.DigestOf(given.AgentKey!);
        var id = TaskId.Draw();
        try
        {
            _credentials.Remember(digest, id);
            await _tasks.OpenAsync(id, TaskStart.Make(_policies.Current, act, _time.GetUtcNow()) with { KeyDigest = digest });
        }
        catch (TaskException stopped)
        {
            throw new ActException(ControlCodes.ActChanged, $"The task could not begin. {stopped.Message}");
        }

        return result with { Message = $"The task `{id}` of the agent `{act.Agent}` has begun. Its key is shown this once." };
    }

    // 4.
    private async Task<ActResult> ChangeAsync(PreparedAct given, ProofEntry proof, EnrolledApprover approver, CancellationToken cancellationToken)
    {
        var result = await _chain.ChangeAsync(
            async turn =>
            {
                var place = turn.Next;
                var (permitted, intent) = EngineOperation.Judge(
                    _policies.Current, given.Paper.Act, given.Subject.Text, approver.Name, _time.GetUtcNow(), place);
                if (!permitted)
                {
                    await turn.AppendAsync(intent);
                    throw new ActException(
                        ControlCodes.ActRefused, $"The active policies do not let one person do this ({string.Join(", ", intent.Policies)}). {string.Join(" ", intent.Reasons)}");
                }

                var outcome = new Outcome(place.ToString(), OutcomeStatus.Completed.ToName(), 0, null, null);
                var change = EntriesOf(given, proof, approver.Name);
                if (given.Act is Act.Activate activate)
                {
                    if (_policies.Staged is not { } staged || staged.Digest != activate.PolicySet)
                        throw new ActException(ControlCodes.ActChanged, "The policy files were edited meanwhile. Look at the difference again.");
                    await _policies.ActivateAsync(turn, staged, approver.Name, proof, intent, outcome);
                }
                else if (given.Act is Act.ErasePayloads erase)
                {
                    await EraseAsync(turn, erase, [intent, .. change]);
                }
                else if (given.Act is Act.RotateKey rotate)
                {
                    await _recordKeys!.RotateAsync(rotate.Key, rotated => turn.AppendAsync([intent, rotated with { By = approver.Name, Proof = proof }, outcome]));
                }
                else
                {
                    await turn.AppendAsync([intent, .. change, outcome]);
                }

                return new ActResult(place, Done(given)) { AgentKey = given.AgentKey };
            },
            cancellationToken);

        if (given.Act is Act.Revoke revoke)
            await EndTasksAsync(revoke.Agent);
        return result;
    }

    /// <summary>Recorded first, then done, then confirmed by the outcome.</summary>
    private async Task EraseAsync(EngineChain.EngineTurn turn, Act.ErasePayloads erase, IReadOnlyList<EntryBody> recorded)
    {
        await _erasures.EndAsync(erase.Task);
        await turn.AppendAsync(recorded);
        try
        {
            await _erasures.FinishAsync(turn);
        }
        catch (Exception fault) when (fault is LedgerException or IOException or UnauthorizedAccessException)
        {
            throw new ActException(
                LedgerCodes.ErasureUnfinished, $"That it is to be erased is recorded, but it is not done: {fault.Message} The engine does it when it starts the next time.");
        }
    }

    private List<EntryBody> EntriesOf(PreparedAct given, ProofEntry proof, string by) => given.Act switch
    {
        Act.Observe act => [new OperatorAct(ActivePolicySet.ObserveAct, ActivePolicySet.ServerSubject + act.Server, by, proof)],
        Act.Enforce act => [new OperatorAct(ActivePolicySet.EnforceAct, ActivePolicySet.ServerSubject + act.Server, by, proof)],
        Act.Review act => [new ToolPinned(act.Server, act.Tool, given.Subject.Digest, Reviewed: true, by, proof)],
        Act.Enroll act => [new AgentKeyChanged(act.Agent, act.Owner, given.Subject.Digest, Enrolled: true, by, proof)],
        Act.Revoke act => Revocations(act.Agent),
        Act.Release act => [new OperatorAct(ActPreparation.ReleaseAct, ActPreparation.ClientSubject + act.Client, by, proof)],
        Act.StartTask act => [new OperatorAct(TaskStart.StartAct, TaskStart.WordsOf(act), by, proof)],
        Act.Restore act => [new OperatorAct(AgentTrust.RestoreAct, AgentTrust.AgentSubject + act.Agent, by, proof)],
        Act.EnrollApprover act when EcdsaPublicKey.TryParse(act.PublicKey, out _) is { } key =>
            [new ApproverEnrolled(act.Approver, key.Id, key.Text, by, proof)],
        Act.ErasePayloads act => [new PayloadsErased(act.Task.ToString(), act.Why, by, proof)],
        Act.Activate or Act.RotateKey => [],
        _ => throw new InvalidOperationException($"The act `{given.Paper.Act}` has no entry."),
    };

    private static string Done(PreparedAct given) => given.Act switch
    {
        Act.Activate act => $"The policy set `{act.PolicySet}` decides now.",
        Act.Observe act => $"The server `{act.Server}` is only observed: nothing is stopped there.",
        Act.Enforce act => $"Verdicts on the server `{act.Server}` are enforced.",
        Act.Review act => $"The tool `{act.Tool}` of the server `{act.Server}` is reviewed.",
        Act.Enroll act => $"The agent `{act.Agent}` has a key. It is shown this once.",
        Act.Revoke act => $"The agent `{act.Agent}` has no key any more, and its tasks are over.",
        Act.Release act => $"The client `{act.Client}` may be released.",
        Act.Restore act => $"The agent `{act.Agent}` may act again.",
        Act.EnrollApprover act => $"`{act.Approver}` can approve.",
        Act.ErasePayloads act => $"What was kept of the task `{act.Task}` is erased: its key is destroyed.",
        Act.RotateKey act => $"The record's key `{act.Key.ToName()}` is a new one. Whoever verifies the record follows from the old one by itself; keep the new public key.",
        _ => given.Paper.Summary,
    };

    /// <summary>One statement can prove one entry only, and narrowing needs none: revocations stand without a proof.</summary>
    private List<EntryBody> Revocations(string agent)
    {
        var owner = _keys.List().FirstOrDefault(known => known.Agent == agent)?.Owner ?? "";
        return [.. _keys.DigestsOf(agent).Select(digest => new AgentKeyChanged(agent, owner, digest, Enrolled: false, By: null, Proof: null))];
    }

    private async Task EndTasksAsync(string agent)
    {
        foreach (var task in _liveTasks.OfAgent(agent))
            await _tasks.EndAsync(task.Id, "Its agent's keys were taken away.", CancellationToken.None);
    }

    private Task<bool> RecordAsync(EntryBody body, CancellationToken cancellationToken) => _chain.ChangeAsync(
        async turn =>
        {
            await turn.AppendAsync(body);
            return true;
        },
        cancellationToken);
}
