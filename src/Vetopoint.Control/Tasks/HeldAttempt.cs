using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>A hold as its task remembers it. Owned by the task's state.</summary>
internal sealed class HeldAttempt(AttemptId id, Intent intent, DateTimeOffset heldAt)
{
    public AttemptId Id { get; } = id;

    public Intent Intent { get; } = intent;

    public DateTimeOffset HeldAt { get; } = heldAt;

    public DateTimeOffset ExpiresAt => Intent.HoldExpiresAt ?? HeldAt;

    /// <summary>What an attempt must have in common with this one to use its approval.</summary>
    public HeldKey Key { get; } = HeldKey.Of(intent);

    public HoldState State { get; private set; }

    /// <summary>The rung that the approval gives; 0 without one.</summary>
    public int Rung { get; private set; }

    /// <summary>True once an attempt used the approval up.</summary>
    public bool IsUsed { get; private set; }

    public bool WaitsAt(DateTimeOffset now) => State == HoldState.Waiting && now < ExpiresAt;

    /// <summary>An approval is good once, and only until the hold would have expired.</summary>
    public bool IsUsableAt(DateTimeOffset now) => State == HoldState.Approved && !IsUsed && now < ExpiresAt;

    public void Resolve(HoldState state, int rung)
    {
        State = state;
        Rung = rung;
    }

    public void Use() => IsUsed = true;
}

/// <summary>
/// What binds an approval beyond the form: the exact action, the policies that held it, the reader that read it and the
/// definition it was read with. The form is checked against the held intent itself.
/// </summary>
/// <remarks>
/// The action digest is what binds an approval to what runs; everything else here only narrows it. The form is compared by
/// name, as the bytes of a form carry the id, which is new in each retry. So a gate's action digest must cover every byte it
/// forwards but those that no upstream acts on (the id, the progress token, trace context): what it leaves out, nobody approved.
/// </remarks>
internal readonly record struct HeldKey(
    string ActionDigest, string Server, string Method, string? Name, string Direction, string PolicySet, string Reader, string? Tool)
{
    public static HeldKey Of(Intent intent) => new(
        intent.ActionDigest, intent.Server, intent.Method, intent.Name, intent.Direction, intent.PolicySet, intent.Reader, intent.Tool);

    /// <param name="attempt">The attempt.</param>
    /// <param name="actionDigest">Its action's digest as this task's entries hold it.</param>
    public static HeldKey Of(AttemptFacts attempt, string actionDigest) => new(
        actionDigest, attempt.Server, attempt.Method, attempt.Name, attempt.Direction.ToName(), attempt.PolicySet.Digest,
        attempt.Reader, attempt.Tool);
}
