using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Vetopoint.Control.Approvers;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Acts;

/// <summary>The challenges that were given out and not answered. Each is taken once, good or bad.</summary>
/// <remarks>
/// Everything is bounded by requester (the process at the other end), never by the key that is named: whoever asks too often or signs
/// wrongly keeps itself out, and cannot keep out the key's owner or push out what that one was asked.
/// </remarks>
internal sealed class Challenges(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OutstandingAct> _outstanding = new(StringComparer.Ordinal);
    private readonly Queue<(DateTimeOffset At, string Requester)> _failures = [];
    private long _bytes;

    /// <exception cref="ActException">Too many are open.</exception>
    public ActChallenge Give(PreparedAct act, EnrolledApprover approver, string requester)
    {
        var now = time.GetUtcNow();
        var details = act.Paper.Encode();
        var statement = ApprovalStatement.For(
            act.Kind, act.Subject, act.Rung, ApprovalStatement.NewChallenge(), now, approver.Name, details);
        var outstanding = new OutstandingAct(act, statement.Encode(), details, approver.KeyId, now + ControlLimits.ChallengeLife, requester);
        lock (_lock)
        {
            foreach (var (challenge, _) in _outstanding.Where(open => now >= open.Value.ExpiresAt).ToList())
                TryRemove(challenge, out _);
            var own = _outstanding.Where(open => open.Value.Requester == requester).OrderBy(open => open.Value.ExpiresAt).Select(open => open.Key).ToList();
            foreach (var oldest in own.Take(own.Count - ControlLimits.ChallengesOfOneMax + 1))
                TryRemove(oldest, out _);
            if (_outstanding.Count >= ControlLimits.ChallengesMax || _bytes + outstanding.Bytes > ControlLimits.ChallengeBytesMax)
                throw new ActException(ControlCodes.TooManyFailures, "Too many requests to agree to something are open. Answer those, or wait until they expire.");
            _outstanding.Add(statement.Challenge, outstanding);
            _bytes += outstanding.Bytes;
        }

        return new ActChallenge(outstanding.Statement, details, outstanding.ExpiresAt) { Bound = act.Bound, Salt = act.Salt };
    }

    /// <summary>Takes the challenge that a proof answers and checks the proof against it.</summary>
    /// <exception cref="ActException">The proof is not good.</exception>
    public (PreparedAct Act, ProofEntry Proof, EnrolledApprover Approver) Take(ActProof proof, ApproverDirectory approvers, string requester)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_failures.TryPeek(out var failed) && now - failed.At > ControlLimits.ProofFailureWindow)
                _failures.Dequeue();
            if (_failures.Count(failure => failure.Requester == requester) >= ControlLimits.ProofFailuresMax)
            {
                throw new ActException(
                    ControlCodes.TooManyFailures, $"Too many proofs were wrong. Wait {ControlLimits.ProofFailureWindow.TotalMinutes:0} minutes.");
            }

            try
            {
                return Check(proof, approvers, now);
            }
            catch (ActException)
            {
                _failures.Enqueue((now, requester));
                if (_failures.Count > ControlLimits.ProofFailuresRememberedMax)
                    _failures.Dequeue();
                throw;
            }
        }
    }

    private (PreparedAct Act, ProofEntry Proof, EnrolledApprover Approver) Check(ActProof proof, ApproverDirectory approvers, DateTimeOffset now)
    {
        string challenge;
        try
        {
            challenge = ApprovalStatement.Decode(proof.Statement.Span).Challenge;
        }
        catch (LedgerException exception)
        {
            throw new ActException(ControlCodes.ProofWrong, $"The statement cannot be read. {exception.Message}");
        }

        if (!TryRemove(challenge, out var outstanding) || now >= outstanding.ExpiresAt)
        {
            throw new ActException(
                ControlCodes.ChallengeUnknown, "The statement answers no open challenge: it was used before, is too old, or was not made here. Ask again.");
        }

        // Exactly what was given out: another act, subject, digest or rung under a known challenge is a forgery.
        if (!CryptographicOperations.FixedTimeEquals(outstanding.Statement, proof.Statement.Span))
            throw new ActException(ControlCodes.ProofWrong, "The statement is not the one that was given out. Ask again.");
        if (outstanding.KeyId != proof.KeyId || approvers.Find(proof.KeyId) is not { } approver)
            throw new ActException(ControlCodes.UnknownKey, $"The key `{proof.KeyId}` is not the one that was asked to sign. Ask again with that key.");
        var entry = new ProofEntry(
            Convert.ToBase64String(proof.Statement.Span), Convert.ToBase64String(proof.Signature.Span), proof.KeyId);
        if (!ApprovalStatement.TryVerify(entry, approver.Key, out var statement, out var problem))
            throw new ActException(ControlCodes.ProofWrong, $"The signature is wrong. {problem}");
        if (!statement!.Shows(outstanding.Details) || !statement.IsAbout(outstanding.Act.Kind, outstanding.Act.Subject))
            throw new ActException(ControlCodes.ProofWrong, "The statement does not say what was shown. Ask again.");
        return (outstanding.Act, entry, approver);
    }

    private bool TryRemove(string challenge, [NotNullWhen(true)] out OutstandingAct? outstanding)
    {
        if (!_outstanding.Remove(challenge, out outstanding))
            return false;
        _bytes -= outstanding.Bytes;
        return true;
    }

    private sealed record OutstandingAct(
        PreparedAct Act, byte[] Statement, byte[] Details, string KeyId, DateTimeOffset ExpiresAt, string Requester)
    {
        public long Bytes => Statement.Length + Details.Length;
    }
}

/// <summary>An act that a person was asked to agree to, with all that was fixed when they were asked.</summary>
internal sealed record PreparedAct(Act Act, ApprovalAct Kind, ApprovalSubject Subject, int Rung, ApprovalPaper Paper)
{
    /// <summary>The key that an enrolment gives; shown only once it is enrolled.</summary>
    public string? AgentKey { get; init; }

    /// <summary>What the subject's digest covers, where whoever signs can check it; empty where it cannot be.</summary>
    public ReadOnlyMemory<byte> Bound { get; init; }

    /// <summary>The salt of the held intent's commitment to the request; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }
}
