using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Ledger.Verification;

/// <summary>Checks what people signed, against the keys that were enrolled before.</summary>
internal sealed class ProofRules(Findings findings)
{
    private readonly Dictionary<string, (EcdsaPublicKey Key, string Approver)> _approvers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _challenges = new(StringComparer.Ordinal);

    public bool HasApprovers => _approvers.Count > 0;

    /// <summary>Takes for granted that an approver is enrolled: the chain that says so was checked before.</summary>
    public void Know(EcdsaPublicKey key, string approver) => _approvers[key.Id] = (key, approver);

    /// <summary>The first approver cannot be let in by another; each later one must be.</summary>
    public void Enrol(Place at, ApproverEnrolled enrolled)
    {
        var key = EcdsaPublicKey.TryParse(enrolled.PublicKey, out var problem);
        if (key is null || !string.Equals(key.Id, enrolled.KeyId, StringComparison.Ordinal))
        {
            findings.Add(
                FindingCodes.EnrolmentInvalid,
                key is null ? problem : $"The key of approver `{enrolled.Approver}` has the id `{key.Id}`, not `{enrolled.KeyId}`.", at.Position, at.Entry);
            return;
        }

        if (_approvers.ContainsKey(key.Id))
        {
            findings.Add(FindingCodes.EnrolmentInvalid, $"The key `{key.Id}` was enrolled before.", at.Position, at.Entry);
            return;
        }

        var isFirst = _approvers.Count == 0;
        var statement = Require(
            at, enrolled.Proof, enrolled.By, mustBeThere: !isFirst, ApprovalAct.Enroll, ApprovalSubject.Approver(enrolled.Approver, key));
        if (isFirst || statement is not null)
            _approvers.Add(key.Id, (key, enrolled.Approver));
    }

    /// <summary>The statement of a proof that holds for exactly this; else null, with a finding when it had to.</summary>
    public ApprovalStatement? Require(
        Place at, ProofEntry? proof, string? by, bool mustBeThere, ApprovalAct act, ApprovalSubject subject)
    {
        if (proof is null)
        {
            if (mustBeThere || by is not null)
            {
                findings.Add(
                    FindingCodes.ProofMissing,
                    $"`{act.ToName()}` of `{subject.Text}` needs the proof of an approver, and has none.", at.Position, at.Entry);
            }

            return null;
        }

        if (!_approvers.TryGetValue(proof.KeyId, out var approver))
        {
            findings.Add(
                FindingCodes.ProofInvalid, $"The proof is by a key `{proof.KeyId}` that was not enrolled before.", at.Position, at.Entry);
            return null;
        }

        if (!ApprovalStatement.TryVerify(proof, approver.Key, out var statement, out var problem) || statement is null)
        {
            findings.Add(FindingCodes.ProofInvalid, problem, at.Position, at.Entry);
            return null;
        }

        if (!statement.IsAbout(act, subject))
        {
            findings.Add(
                FindingCodes.ProofInvalid,
                $"The statement is about `{statement.Act.ToName()}` of `{statement.Subject}`, and not about `{act.ToName()}` of exactly this " +
                $"`{subject.Text}`.", at.Position, at.Entry);
            return null;
        }

        if (!string.Equals(statement.Approver, approver.Approver, StringComparison.Ordinal)
            || !string.Equals(by, approver.Approver, StringComparison.Ordinal))
        {
            findings.Add(
                FindingCodes.ProofInvalid,
                $"The key `{proof.KeyId}` is that of `{approver.Approver}`, but the entry or the statement names someone else.", at.Position, at.Entry);
            return null;
        }

        if (!_challenges.Add(statement.Challenge))
        {
            findings.Add(FindingCodes.ProofUsedTwice, "The same statement served for an act before.", at.Position, at.Entry);
            return null;
        }

        return statement;
    }
}
