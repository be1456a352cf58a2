using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tasks;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Proof, held in memory, that an attempt was judged and recorded and may run in one form, once, within a second.
/// Only the <see cref="DecisionPoint"/> makes one. It is never serialised and never copied.
/// </summary>
public sealed class Permit
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly LiveTask _task;
    private readonly long _taskEpoch;
    private readonly Func<bool> _stillHolds;
    private readonly TimeProvider _time;
    private readonly long _madeAt;
    private int _redeemed;

    internal Permit(
        AttemptId? attempt, FormKind form, ReadOnlyMemory<byte> bytes, LiveTask task, long taskEpoch, Func<bool> stillHolds,
        Task intentDurable, TimeProvider time)
    {
        Attempt = attempt;
        Form = form;
        _bytes = bytes;
        _task = task;
        _taskEpoch = taskEpoch;
        _stillHolds = stillHolds;
        IntentDurable = intentDurable;
        _time = time;
        _madeAt = time.GetTimestamp();
    }

    /// <summary>The recorded attempt; null for a message of the closed table, which is not recorded.</summary>
    public AttemptId? Attempt { get; }

    public FormKind Form { get; }

    /// <summary>
    /// Completes when the intent is durable. Complete already, except for operations proved read-only, whose intent may be
    /// written while the upstream answers; nothing of that answer leaves before this and the outcome are durable.
    /// </summary>
    public Task IntentDurable { get; }

    /// <summary>Cancelled when the task ends, its agent is quarantined or its record fails: cut what is in flight.</summary>
    public CancellationToken Stopped => _task.Stopped;

    /// <summary>Whether it was redeemed, so that something may have happened.</summary>
    public bool IsRedeemed => Volatile.Read(ref _redeemed) != 0;

    /// <summary>
    /// Gives the exact bytes to send. Possible once, within <see cref="ControlLimits.PermitLife"/>, and only while the task, its
    /// agent and the policy set are those that were judged.
    /// </summary>
    /// <exception cref="PermitException">It is not possible; the attempt is denied.</exception>
    public ReadOnlyMemory<byte> Redeem()
    {
        if (Interlocked.Exchange(ref _redeemed, 1) != 0)
            throw new PermitException("VP4020: This permit was used already. Ask for another judgement.");
        if (_time.GetElapsedTime(_madeAt) > ControlLimits.PermitLife)
            throw new PermitException("VP4021: This permit is older than one second. Ask for another judgement.");
        if (_task.Epoch != _taskEpoch || !_stillHolds())
            throw new PermitException("VP4022: The task, its agent or the policies changed after this was judged. Ask for another judgement.");
        return _bytes;
    }

    /// <summary>
    /// Takes bytes of a result out of the task's budget, before they leave.
    /// </summary>
    /// <returns>False when the budget is used up, the task stopped, or its record failed: cut the stream.</returns>
    public bool TryRelease(long bytes) => _task.TryRelease(_taskEpoch, bytes);
}

/// <summary>A permit could not be redeemed. The attempt is denied; nothing was sent.</summary>
public sealed class PermitException : Exception
{
    internal PermitException(string message) : base(message) { }
}
