using System.Collections.Immutable;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Verification;

/// <summary>
/// What a sound record can say, entry by entry:
/// an attempt is recorded once, in its own task; an outcome follows an intent that let the attempt run, once; a hold ends once; an
/// approval is proved by an approver who was enrolled before, is for exactly that attempt, and is used once; what widens authority
/// is proved; no statement serves twice.
/// </summary>
internal sealed class RecordRules(Findings findings)
{
    /// <summary>The task in whose chain the engine records what concerns no single agent.</summary>
    private const string EngineTask = "engine";

    /// <summary>An entry is sealed a moment after its time was looked at.</summary>
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(10);

    private readonly AttemptBook _attempts = new();
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly HashSet<(string Server, string Tool)> _pinned = [];
    private readonly ProofRules _proofs = new(findings);
    private readonly ImmutableArray<Restoration>.Builder _restorations = ImmutableArray.CreateBuilder<Restoration>();
    private bool _isActivated;
    private bool _allowsAutomatic;
    private long _allow;
    private long _downgrade;
    private long _hold;
    private long _deny;

    /// <summary>The keys of the record, as its entries say.</summary>
    public KeyChain Keys { get; } = new();

    public ImmutableArray<Restoration> Restorations => _restorations.ToImmutable();

    public VerdictCounts Verdicts => new(_allow, _downgrade, _hold, _deny);

    public long UnresolvedCount => _attempts.UnresolvedCount;

    public ImmutableArray<string> Unresolved(int max) => _attempts.Unresolved(max);

    /// <summary>Takes for granted that an approver is enrolled: the chain that says so was checked before.</summary>
    public void Know(EcdsaPublicKey key, string approver) => _proofs.Know(key, approver);

    public void Check(long position, Entry entry)
    {
        var at = new Place(position, entry);
        switch (entry.Body)
        {
            case Intent intent:
                Check(at, intent);
                break;
            case Outcome outcome:
                Check(at, outcome);
                break;
            case HoldResolved resolved:
                Check(at, resolved);
                break;
            case TaskEnded:
                _ended.Add(entry.Task);
                break;
            case ApproverEnrolled enrolled:
                _proofs.Enrol(at, enrolled);
                break;
            case PolicySetActivated activated:
                Check(at, activated);
                break;
            case ToolPinned pinned:
                // Only the first pin of a tool needs no person: a later one would take back what was noticed of it.
                var isFirstPin = _pinned.Add((pinned.Server, pinned.Tool));
                _proofs.Require(
                    at, pinned.Proof, pinned.By, mustBeThere: pinned.Reviewed || !isFirstPin, ApprovalAct.Review,
                    ApprovalSubject.Tool(pinned.Server, pinned.Tool, pinned.Definition));
                break;
            case AgentKeyChanged key:
                _proofs.Require(
                    at, key.Proof, key.By, mustBeThere: key.Enrolled, key.Enrolled ? ApprovalAct.Enroll : ApprovalAct.Revoke,
                    ApprovalSubject.AgentKey(key.Agent, key.KeyDigest));
                break;
            case OperatorAct act:
                Check(at, act);
                break;
            case PayloadsErased erased:
                _proofs.Require(at, erased.Proof, erased.By, mustBeThere: true, ApprovalAct.Erase, ApprovalSubject.Payloads(erased.Task, erased.Why));
                break;
            case KeysBound:
                CheckKeys(at);
                break;
            case KeyRotated rotated:
                CheckKeys(at);
                _proofs.Require(at, rotated.Proof, rotated.By, mustBeThere: true, ApprovalAct.Rotate, ApprovalSubject.RecordKey(rotated.Key, rotated.Old));
                break;
            case RecordRestored restored:
                Check(at, restored);
                break;
            case TaskOpened or ToolChanged or LeaseChanged or EngineStarted:
                break;
            default:
                throw new InvalidOperationException($"no rule says what `{entry.Kind}` may say");
        }
    }

    /// <summary>
    /// That an activation calls itself automatic proves nothing. It may be automatic only as the first of the record, before there is anyone to
    /// ask, or when the set before it says so, which is part of what a person signed when they activated that one.
    /// </summary>
    private void Check(Place at, PolicySetActivated activated)
    {
        var mayBeAutomatic = _isActivated ? _allowsAutomatic : !_proofs.HasApprovers;
        var automatic = activated.Automatic && mayBeAutomatic;
        var statement = _proofs.Require(
            at, activated.Proof, activated.By, mustBeThere: !automatic, ApprovalAct.Activate,
            ApprovalSubject.PolicySet(activated.PolicySet, activated.AllowsAutomatic));
        _isActivated = true;
        _allowsAutomatic = activated.AllowsAutomatic && (automatic || statement is not null);
    }

    private void Check(Place at, Intent intent)
    {
        var verdict = Count(at, intent);
        var runs = verdict is Verdict.Allow or Verdict.Downgrade || intent.Observed;
        if (!intent.Attempt.StartsWith(at.Entry.Task, StringComparison.Ordinal) || intent.Attempt.AsSpan(at.Entry.Task.Length) is not ['.', ..])
        {
            findings.Add(
                FindingCodes.AttemptMisplaced, $"The attempt `{intent.Attempt}` does not belong to this task.", at.Position, at.Entry);
        }

        if (runs && _ended.Contains(at.Entry.Task))
            findings.Add(FindingCodes.RanAfterEnd, $"The attempt `{intent.Attempt}` ran after its task had ended.", at.Position, at.Entry);
        if (runs)
            CheckApprovalUsed(at, intent);

        if (!_attempts.TryAdd(at, intent, runs, isHeld: verdict == Verdict.Hold))
            findings.Add(FindingCodes.AttemptMisplaced, $"The attempt `{intent.Attempt}` is recorded a second time.", at.Position, at.Entry);
    }

    private void CheckApprovalUsed(Place at, Intent intent)
    {
        const int OnePerson = Rungs.OfOnePerson;
        if (intent.Uses is not { } uses)
        {
            // The engine's own chain holds operators' acts; each is followed by the entry that carries its proof.
            if (intent.Assurance >= OnePerson && !Same(at.Entry.Task, EngineTask))
            {
                findings.Add(
                    FindingCodes.ApprovalMissing,
                    $"The attempt `{intent.Attempt}` claims that a person stands behind it, but uses no approval.", at.Position, at.Entry);
            }

            return;
        }

        if (_attempts.Held(uses) is not { Held: { } approved, ApprovedRung: { } rung } held)
        {
            findings.Add(
                FindingCodes.ApprovalMissing, $"The attempt `{intent.Attempt}` uses an approval of `{uses}`, which was not given before.",
                at.Position, at.Entry);
            return;
        }

        if (!IsSameAction(approved, intent))
        {
            findings.Add(
                FindingCodes.ApprovalMissing,
                $"The attempt `{intent.Attempt}` is not what was approved as `{uses}`: the call, form, tool, reader or policy set differs.",
                at.Position, at.Entry);
        }

        if (at.Entry.Time > approved.HoldExpiresAt + ClockSlack)
        {
            findings.Add(
                FindingCodes.ApprovalMissing, $"The attempt `{intent.Attempt}` uses the approval of `{uses}` after it had expired.",
                at.Position, at.Entry);
        }

        if (intent.Assurance > rung)
        {
            findings.Add(
                FindingCodes.ApprovalMissing, $"The attempt `{intent.Attempt}` claims more assurance than the approval of `{uses}` gives.",
                at.Position, at.Entry);
        }

        if (held.Used)
            findings.Add(FindingCodes.ApprovalUsedTwice, $"The approval of `{uses}` is used a second time.", at.Position, at.Entry);
        held.Used = true;
    }

    /// <summary>The bytes may differ in what changes from call to call, so the action's digest is compared and not theirs.</summary>
    private static bool IsSameAction(Intent approved, Intent used) =>
        Same(approved.ActionDigest, used.ActionDigest) && Same(approved.Server, used.Server) && Same(approved.Method, used.Method)
        && Same(approved.Name, used.Name) && Same(approved.Direction, used.Direction) && Same(approved.Form, used.Form)
        && Same(approved.Tool, used.Tool) && Same(approved.Reader, used.Reader) && Same(approved.PolicySet, used.PolicySet);

    private static bool Same(string? left, string? right) => string.Equals(left, right, StringComparison.Ordinal);

    private void Check(Place at, Outcome outcome)
    {
        switch (_attempts.End(outcome.Attempt, at.Entry.Task))
        {
            case AttemptBook.OutcomeOf.Attempt:
                break;
            case AttemptBook.OutcomeOf.EndedAttempt:
                findings.Add(FindingCodes.OutcomeTwice, $"The attempt `{outcome.Attempt}` has a second outcome.", at.Position, at.Entry);
                break;
            case AttemptBook.OutcomeOf.Nothing:
                findings.Add(
                    FindingCodes.OutcomeWithoutIntent,
                    $"The attempt `{outcome.Attempt}` has an outcome, but no intent before it in this task let it run.", at.Position, at.Entry);
                break;
        }
    }

    private void Check(Place at, HoldResolved resolved)
    {
        if (_attempts.Held(resolved.Attempt) is not { Held: { } held } attempt)
        {
            findings.Add(
                FindingCodes.ResolutionMisplaced,
                _attempts.IsHoldOver(resolved.Attempt, at.Entry.Task)
                    ? $"The hold of `{resolved.Attempt}` ended a second time."
                    : $"The hold of `{resolved.Attempt}` ended, but there was none before.", at.Position, at.Entry);
            return;
        }

        if (attempt.IsResolved)
            findings.Add(FindingCodes.ResolutionMisplaced, $"The hold of `{resolved.Attempt}` ended a second time.", at.Position, at.Entry);
        attempt.IsResolved = true;

        var approved = Same(resolved.Resolution, "approved");
        var statement = _proofs.Require(
            at, resolved.Proof, resolved.By, mustBeThere: approved || resolved.Rung > 0, approved ? ApprovalAct.Approve : ApprovalAct.Deny,
            ApprovalSubject.Attempt(held));
        if (!approved)
            _attempts.EndHold(resolved.Attempt, attempt);
        if (!approved || statement is null)
            return;
        if (statement.Rung != resolved.Rung || resolved.Rung < (held.Rung ?? 0) || resolved.Rung > Rungs.OfOnePerson)
        {
            findings.Add(
                FindingCodes.ProofInvalid,
                $"The approval of `{resolved.Attempt}` does not give the rung that it claims, or that the hold waits for.", at.Position, at.Entry);
            return;
        }

        attempt.ApprovedRung = resolved.Rung;
    }

    /// <summary>Enforcing again and quarantine narrow, so they need no proof; anything else an operator does widens.</summary>
    private void Check(Place at, OperatorAct act)
    {
        if (act is { Act: "quarantine" or "set_secret" or "remove_secret", By: null, Proof: null })
            return;
        if (ApprovalActNames.TryParse(act.Act, out var known))
        {
            _proofs.Require(
                at, act.Proof, act.By, mustBeThere: known != ApprovalAct.Enforce, known, ApprovalSubject.Operator(act.Subject));
        }
        else
        {
            findings.Add(FindingCodes.ProofInvalid, $"The act `{act.Act}` is not known here.", at.Position, at.Entry);
        }
    }

    private void CheckKeys(Place at)
    {
        if (Keys.Take(at.Position, at.Entry.Body) is { } wrong)
            findings.Add(FindingCodes.KeyNotLinked, wrong, at.Position, at.Entry);
    }

    /// <summary>The entry stands right behind what the backup held; anything else hides what was recorded in between.</summary>
    private void Check(Place at, RecordRestored restored)
    {
        _restorations.Add(new Restoration(at.Position, restored.BackedUpAt, at.Entry.Time));
        if (restored.Position != at.Position - 1)
        {
            findings.Add(
                FindingCodes.RestoredMisplaced,
                $"The record says that it goes on from a backup of {restored.Position.ToString(System.Globalization.CultureInfo.InvariantCulture)} entries, but stands elsewhere.",
                at.Position, at.Entry);
        }
    }

    private Verdict Count(Place at, Intent intent)
    {
        switch (intent.Verdict)
        {
            case "allow":
                _allow++;
                return Verdict.Allow;
            case "downgrade":
                _downgrade++;
                return Verdict.Downgrade;
            case "hold":
                _hold++;
                return Verdict.Hold;
            case "deny":
                _deny++;
                return Verdict.Deny;
            default:
                findings.Add(FindingCodes.NotAnEntry, $"The verdict `{intent.Verdict}` is not known here.", at.Position, at.Entry);
                return Verdict.Deny;
        }
    }

    private enum Verdict
    {
        Deny = 0,
        Hold,
        Downgrade,
        Allow,
    }
}

/// <summary>An entry and where it stands.</summary>
internal readonly record struct Place(long Position, Entry Entry);
