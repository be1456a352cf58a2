using Vetopoint.Control.Attempts;
using Vetopoint.Control.Holds;

namespace Vetopoint.Control.Decisions;

/// <summary>Where every gate asks. Nothing else makes a <see cref="Permit"/>.</summary>
public sealed class DecisionPoint
{
    /// <summary>
    /// Judges an attempt and records it. Returns when the intent is durable; only for operations proved read-only it may
    /// return before, see <see cref="Permit.IntentDurable"/>. Whatever goes wrong on the way is a <see cref="Judgement.Denied"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<Judgement> JudgeAsync(Attempt attempt, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Lets a message of the closed table through, unjudged and unrecorded, as long as its task is live.</summary>
    /// <exception cref="ArgumentException">The reading is not <see cref="Readers.Operations.ReadingKind.Protocol"/>.</exception>
    /// <exception cref="PermitException">The task is not live.</exception>
    public Permit Pass(Attempt attempt) => throw new NotImplementedException();

    /// <summary>
    /// Waits for a hold to end. After <see cref="HoldState.Approved"/> the gate calls <see cref="JudgeAsync"/> again with the same attempt:
    /// the approval is used up, and the attempt is judged once more at that moment.
    /// </summary>
    /// <param name="hold">As <see cref="Judgement.Held"/> names it.</param>
    /// <param name="upTo">How long; <see cref="HoldState.Waiting"/> is returned after that.</param>
    public Task<HoldState> WaitForHoldAsync(AttemptId hold, TimeSpan upTo, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Records the outcome. Durable when it returns: only then may the end of the result be released.</summary>
    /// <exception cref="Ledger.Entries.LedgerException">It could not be recorded: release nothing more.</exception>
    public ValueTask CompleteAsync(Permit permit, AttemptOutcome outcome, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Gives a permit back that will not be used, or whose caller is gone: its outcome is <c>cut</c> when nothing was sent, else
    /// <c>unknown</c>. A hold needs no such call: it stays approvable for the identical retry until it expires.
    /// </summary>
    public ValueTask AbandonAsync(Permit permit, string why, CancellationToken cancellationToken) => throw new NotImplementedException();
}
