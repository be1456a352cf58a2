using Vetopoint.Control.Agents;
using Vetopoint.Control.Approvers;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Secrets;

namespace Vetopoint.Control.Acts;

/// <summary>Checks that an act is possible now, and says exactly what it would be.</summary>
internal sealed class ActPreparation(
    ActivePolicySet policies, HoldDirectory holds, ToolPins pins, AgentKeys keys, AgentTrust trust, ApproverDirectory approvers, Erasures erasures, ControlOptions options)
{
    public const string ReleaseAct = "release";
    public const string ClientSubject = "client ";

    private const int NameCharactersMax = 128;

    /// <summary>What is prepared when a person is asked, and once more when they answered.</summary>
    /// <param name="act">The act.</param>
    /// <param name="approver">Who is asked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="agentKey">The key of an enrolment that was drawn before; null draws one.</param>
    /// <exception cref="ActException">It is not possible.</exception>
    public async Task<PreparedAct> PrepareAsync(Act act, EnrolledApprover approver, CancellationToken cancellationToken, string? agentKey = null) => act switch
    {
        Act.Approve approve => await PrepareAsync(approve, approver, cancellationToken),
        Act.Activate activate => Prepare(activate),
        Act.Observe observe => Prepared(act, ApprovalAct.Observe, ServerSubject(observe.Server), ActPapers.Observe(observe.Server)),
        Act.Enforce enforce => Prepared(act, ApprovalAct.Enforce, ServerSubject(enforce.Server), ActPapers.Enforce(enforce.Server)),
        Act.Review review => Prepare(review),
        Act.Enroll enroll => Prepare(enroll, agentKey ?? AgentKeys.Draw()),
        Act.Revoke revoke => Prepare(revoke),
        Act.Restore restore => Prepare(restore),
        Act.StartTask start => Prepare(start, agentKey ?? TaskCredentials.Draw()),
        Act.Release release => Prepared(
            act, ApprovalAct.Release, ApprovalSubject.Operator(ClientSubject + Name(release.Client, "client")), ActPapers.Release(release.Client)),
        Act.EnrollApprover enroll => Prepare(enroll),
        Act.ErasePayloads erase => await PrepareAsync(erase, cancellationToken),
        Act.RotateKey rotate => Prepare(rotate),
        _ => throw new InvalidOperationException("An act is one of a closed set."),
    };

    /// <exception cref="ActException">The key is not one, or its person has no good name.</exception>
    public static EcdsaPublicKey KeyOf(Act.EnrollApprover act)
    {
        Name(act.Approver, "approver");
        return EcdsaPublicKey.TryParse(act.PublicKey, out var problem) ?? throw new ActException(ControlCodes.UnknownKey, problem);
    }

    private static PreparedAct Prepared(Act act, ApprovalAct kind, ApprovalSubject subject, ApprovalPaper paper) =>
        new(act, kind, subject, Contract.RungOfOnePerson, paper);

    private static ApprovalSubject ServerSubject(string server) =>
        ApprovalSubject.Operator(ActivePolicySet.ServerSubject + Name(server, "server"));

    private async Task<PreparedAct> PrepareAsync(Act.Approve act, EnrolledApprover approver, CancellationToken cancellationToken)
    {
        Hold? hold;
        try
        {
            hold = await holds.GetAsync(act.Attempt, cancellationToken);
        }
        catch (InvalidDataException changed)
        {
            throw new ActException(ControlCodes.CallNotKept, $"What is kept of the call was changed, so it cannot be approved. Deny it. {changed.Message}");
        }

        if (hold is null)
            throw new ActException(ControlCodes.NoSuchHold, $"There is no hold `{act.Attempt}`. `vetopoint holds` lists those that wait.");
        if (hold.State != HoldState.Waiting)
            throw new ActException(ControlCodes.ActChanged, $"The hold `{act.Attempt}` is {hold.State.ToName()} already.");
        if (hold.Rung > Contract.RungOfOnePerson)
        {
            throw new ActException(
                ControlCodes.RungNotReached,
                $"The hold `{act.Attempt}` needs more than one person's passphrase ({Contract.RungInWords(hold.Rung)}), which this version cannot give. Deny it, or change the policy.");
        }

        if (hold.PolicySet != policies.Current.Digest)
            throw new ActException(ControlCodes.ActChanged, "The policies changed since this was held. Deny it, and let the agent try again.");
        if (string.Equals(approver.Name, hold.Agent, StringComparison.OrdinalIgnoreCase))
            throw new ActException(ControlCodes.OwnApproval, "Nobody approves an action of their own.");
        if (hold.Bytes is not { } bytes)
            throw new ActException(ControlCodes.CallNotKept, $"The exact call of `{act.Attempt}` is not kept any more, so no one can see what they approve. Deny it.");
        return Prepared(act, ApprovalAct.Approve, ApprovalSubject.Attempt(hold.Intent), ActPapers.Approve(hold, bytes, hold.Name is { } tool ? pins.Find(hold.Server, tool) : null)) with
        {
            Bound = HeldCallPaper.Encode(hold.Intent),
            Salt = hold.Salt ?? default,
        };
    }

    private async Task<PreparedAct> PrepareAsync(Act.ErasePayloads act, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(act.Why) || act.Why.Length > LedgerLimits.ErasureWhyCharsMax || act.Why.Any(char.IsControl) || SecretFormats.Kind(act.Why) is not null)
        {
            throw new ActException(
                ControlCodes.NameRefused, $"Say why in one line of at most {LedgerLimits.ErasureWhyCharsMax} characters, without a secret in it: it stands in the record for good.");
        }

        if (act.Task == TaskId.Engine || await erasures.FindAsync(act.Task, cancellationToken) is not { } task)
            throw new ActException(LedgerCodes.NothingToErase, $"There is no task `{act.Task}`. `vetopoint ledger tail` shows the tasks of the newest entries.");
        if (task.Opened.PayloadKey is null)
        {
            throw new ActException(
                LedgerCodes.NothingToErase, $"The task `{act.Task}` was opened before tasks had keys: nothing is kept of its calls, and the digests in its entries cannot be taken back.");
        }

        if (task.IsErased)
            throw new ActException(LedgerCodes.NothingToErase, $"What was kept of the task `{act.Task}` was erased before.");
        return Prepared(act, ApprovalAct.Erase, ApprovalSubject.Payloads(act.Task.ToString(), act.Why), ActPapers.Erase(act, task));
    }

    private PreparedAct Prepare(Act.Activate act)
    {
        if (policies.Staged is not { } staged)
        {
            throw new ActException(
                ControlCodes.NothingStaged, "No edited policy set is staged: the files are what is active, or have problems. Run `vetopoint policy check`.");
        }

        if (staged.Digest != act.PolicySet)
            throw new ActException(ControlCodes.ActChanged, "Another policy set is staged by now. Look at the difference again.");
        return Prepared(act, ApprovalAct.Activate, ApprovalSubject.PolicySet(staged.Digest, staged.Settings.ActivatesAutomatically), ActPapers.Activate(policies.Diff(), staged));
    }

    private PreparedAct Prepare(Act.Review act)
    {
        if (pins.Find(act.Server, act.Tool) is not { } tool)
            throw new ActException(ControlCodes.NoSuchTool, $"No tool `{act.Tool}` of the server `{act.Server}` is pinned. `vetopoint tools` lists those that are.");
        var (digest, definition) = tool is { OfferedDigest: { } offered, Offered: { } bytes } ? (offered, bytes) : (tool.Digest, tool.Definition);
        return Prepared(act, ApprovalAct.Review, ApprovalSubject.Tool(act.Server, act.Tool, digest), ActPapers.Review(tool, digest, definition));
    }

    private static PreparedAct Prepare(Act.Enroll act, string key)
    {
        Name(act.Agent, "agent");
        Name(act.Owner, "owner");
        var digest = AgentKeys.DigestOf(key);
        return Prepared(act, ApprovalAct.Enroll, ApprovalSubject.AgentKey(act.Agent, digest), ActPapers.Enroll(act.Agent, act.Owner, digest)) with { AgentKey = key };
    }

    private PreparedAct Prepare(Act.Revoke act)
    {
        var digests = keys.DigestsOf(act.Agent);
        return digests.Count == 0
            ? throw new ActException(ControlCodes.NoSuchAgent, $"The agent `{act.Agent}` has no key.")
            : Prepared(act, ApprovalAct.Revoke, ApprovalSubject.AgentKey(act.Agent, digests[0]), ActPapers.Revoke(act.Agent, digests.Count));
    }

    private PreparedAct Prepare(Act.StartTask act, string key)
    {
        Name(act.Agent, "agent");
        if (trust.Of(act.Agent).IsQuarantined)
            throw new ActException(ControlCodes.AgentQuarantined, $"The agent `{act.Agent}` is quarantined. Its owner has to look at it first.");

        // Nothing here depends on the time: prepared again, it has to come out the same.
        var opened = TaskStart.Make(policies.Current, act, DateTimeOffset.UnixEpoch);
        return Prepared(act, ApprovalAct.Start, ApprovalSubject.Operator(TaskStart.WordsOf(act)), ActPapers.Start(opened)) with { AgentKey = key };
    }

    private PreparedAct Prepare(Act.Restore act) =>
        trust.Of(act.Agent).IsQuarantined
            ? Prepared(act, ApprovalAct.Restore, ApprovalSubject.Operator(AgentTrust.AgentSubject + act.Agent), ActPapers.Restore(act.Agent))
            : throw new ActException(ControlCodes.NoSuchAgent, $"The agent `{act.Agent}` is not quarantined.");

    private PreparedAct Prepare(Act.EnrollApprover act)
    {
        var key = KeyOf(act);
        return approvers.Find(key.Id) is null
            ? Prepared(act, ApprovalAct.Enroll, ApprovalSubject.Approver(act.Approver, key), ActPapers.EnrollApprover(act.Approver, key))
            : throw new ActException(ControlCodes.ApproverEnrolled, $"The key `{key.Id}` is enrolled already.");
    }

    private PreparedAct Prepare(Act.RotateKey act)
    {
        if (options.RecordKeys is not { } record || act.Key == RecordKey.None)
            throw new ActException(ControlCodes.KeyNotChangeable, "This engine cannot change a key of its record. A record has two: `head` and `log`.");
        var current = record.Current(act.Key);
        return Prepared(
            act, ApprovalAct.Rotate, ApprovalSubject.RecordKey(act.Key.ToName(), current), ActPapers.RotateKey(act.Key, current, record.PlaceOfNext(act.Key)));
    }

    /// <summary>A name stands in the record and on a terminal: it must not be able to look like something else there.</summary>
    private static string Name(string name, string what)
    {
        if (name.Length is 0 or > NameCharactersMax || name.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || char.IsSurrogate(character)))
        {
            throw new ActException(
                ControlCodes.NameRefused, $"The name of the {what} is empty, longer than {NameCharactersMax} characters, or has spaces or control characters in it.");
        }

        return name;
    }
}
