using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Telemetry;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// Proof, held in memory, that an attempt was judged and recorded and may run in one form, once, within a second.
/// Only the <see cref="DecisionPoint"/> makes one. It is never serialised and never copied.
/// </summary>
[SuppressMessage("Usage", "VSTHRD003", Justification = "The record completes these tasks, and never waits for who awaits them.")]
public sealed class Permit
{
    private readonly PermitGrounds _grounds;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly TimeProvider _time;
    private readonly long _madeAt;
    private long _released;
    private int _redeemed;
    private int _finished;

    internal Permit(
        AttemptId? attempt, FormKind form, ReadOnlyMemory<byte> bytes, PermitGrounds grounds, Task<string?> intentDurable, TimeProvider time)
    {
        Attempt = attempt;
        Form = form;
        _bytes = bytes;
        _grounds = grounds;
        IntentRecorded = intentDurable;
        Stopped = grounds.Task.Renewed;
        _time = time;
        _madeAt = time.GetTimestamp();
    }

    /// <summary>The recorded attempt; null for a message of the closed table, which is not recorded.</summary>
    public AttemptId? Attempt { get; }

    public FormKind Form { get; }

    /// <summary>
    /// Completes when it is known whether the intent is durable. Complete already, except for operations proved read-only, whose
    /// intent may be written while the upstream answers; <see cref="DecisionPoint.CompleteAsync"/> waits for it.
    /// </summary>
    public Task IntentDurable => IntentRecorded;

    /// <summary>Cancelled when the task ends, its agent is quarantined or its record fails: cut what is in flight.</summary>
    public CancellationToken Stopped { get; }

    /// <summary>Whether it was redeemed, so that something may have happened.</summary>
    public bool IsRedeemed => Volatile.Read(ref _redeemed) != 0;

    /// <summary>Bytes of the result that left.</summary>
    public long Released => Volatile.Read(ref _released);

    /// <summary>Who watches the attempt; null when nobody does.</summary>
    public AttemptSpan? Span { get; init; }

    /// <summary>Null once the intent is durable; else why it is not.</summary>
    internal Task<string?> IntentRecorded { get; }

    /// <summary>
    /// Gives the exact bytes to send. Possible once, within <see cref="ControlLimits.PermitLife"/>, and only while the task, its
    /// agent and the policies are those that were judged.
    /// </summary>
    /// <exception cref="PermitException">It is not possible; the attempt is denied.</exception>
    public ReadOnlyMemory<byte> Redeem()
    {
        if (Interlocked.Exchange(ref _redeemed, 1) != 0)
            throw new PermitException($"{ControlCodes.PermitUsed}: This permit was used already. Ask for another judgement.");
        if (_time.GetElapsedTime(_madeAt) > ControlLimits.PermitLife)
            throw new PermitException($"{ControlCodes.PermitOld}: This permit is older than one second. Ask for another judgement.");
        if (!_grounds.StillHold())
        {
            throw new PermitException(
                $"{ControlCodes.PermitVoid}: The task, its agent or the policies changed after this was judged. Ask for another judgement.");
        }

        Span?.Called();
        return _bytes;
    }

    /// <summary>Takes bytes of a result out of the task's budget, before they leave.</summary>
    /// <returns>False when the budget is used up, the task stopped, its agent is quarantined or its record failed: cut the stream.</returns>
    public bool TryRelease(long bytes)
    {
        if (!IsRedeemed || _grounds.IsStopped())
            return false;
        if (Attempt is null)
            return true; // a message of the closed table carries no data
        if (!_grounds.Task.TryRelease(_grounds.TaskEpoch, bytes, _grounds.IsEnforced))
            return false;
        Interlocked.Add(ref _released, bytes);
        return true;
    }

    /// <summary>Whether this call is the one that records the outcome.</summary>
    internal bool TryFinish() => Interlocked.Exchange(ref _finished, 1) == 0;
}

/// <summary>What a permit rests on, as it was when it was made.</summary>
internal sealed record PermitGrounds
{
    public required LiveTask Task { get; init; }

    public required long TaskEpoch { get; init; }

    public required AgentState Agent { get; init; }

    public required long AgentEpoch { get; init; }

    public required ActivePolicySet Policies { get; init; }

    public required long PolicyEpoch { get; init; }

    /// <summary>The tasks above it, as they were.</summary>
    public ImmutableArray<TaskLink> Links { get; init; } = [];

    /// <summary>False on a server that is only observed: budgets count and do not cut.</summary>
    public required bool IsEnforced { get; init; }

    /// <summary>Whether nothing changed since.</summary>
    public bool StillHold() =>
        Task.Epoch == TaskEpoch && Agent.Epoch == AgentEpoch && Policies.Epoch == PolicyEpoch && !Agent.IsQuarantined
        && LinksHold();

    /// <summary>Whether what was begun has to end. A change of policies does not reach back to what began under the earlier ones.</summary>
    public bool IsStopped() => Task.Epoch != TaskEpoch || Agent.IsQuarantined || !LinksHold();

    /// <summary>Whether every agent above is trusted as it was. What stops a task above changes the epoch of this one too.</summary>
    private bool LinksHold()
    {
        foreach (var link in Links)
        {
            if (link.Trust.Epoch != link.AgentEpoch || link.Trust.IsQuarantined)
                return false;
        }

        return true;
    }
}

/// <summary>A permit could not be redeemed. The attempt is denied; nothing was sent.</summary>
public sealed class PermitException : Exception
{
    internal PermitException(string message) : base(message) { }
}
