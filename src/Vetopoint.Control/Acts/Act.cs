using System.Collections.Immutable;
using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Control.Acts;

/// <summary>An operator's own action that widens what agents may do, so that it needs a person's proof. One of a closed set.</summary>
public abstract record Act
{
    private protected Act() { }

    /// <summary>Lets a held attempt through, once.</summary>
    public sealed record Approve(AttemptId Attempt) : Act;

    /// <summary>Makes the staged policy set the one that decides.</summary>
    public sealed record Activate(string PolicySet) : Act;

    /// <summary>Records verdicts of a server without enforcing them.</summary>
    public sealed record Observe(string Server) : Act;

    /// <summary>Enforces again.</summary>
    public sealed record Enforce(string Server) : Act;

    /// <summary>Accepts the definition a server offers now as the pin of its tool, and marks it as looked at.</summary>
    public sealed record Review(string Server, string Tool) : Act;

    /// <summary>Gives an agent a bearer key.</summary>
    public sealed record Enroll(string Agent, string Owner) : Act;

    /// <summary>Takes every key from an agent and ends its tasks.</summary>
    public sealed record Revoke(string Agent) : Act;

    /// <summary>Lets a quarantined agent act again.</summary>
    public sealed record Restore(string Agent) : Act;

    /// <summary>Gives an agent a task, by a mandate template of the active policy set.</summary>
    /// <param name="Agent">Who gets it.</param>
    /// <param name="Template">The template.</param>
    /// <param name="Values">What its parameters are filled in with.</param>
    public sealed record StartTask(string Agent, string Template, ImmutableDictionary<string, string> Values) : Act;

    /// <summary>Takes a client out of governance.</summary>
    public sealed record Release(string Client) : Act;

    /// <summary>Erases what is kept of a task's calls, and ends the task when it is live.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="Why">Why, in the person's words; it stands in the record.</param>
    public sealed record ErasePayloads(TaskId Task, string Why) : Act;

    /// <summary>Has a new key of the record take over from the one that signs now.</summary>
    public sealed record RotateKey(RecordKey Key) : Act;

    /// <summary>Makes a person able to approve. The first one is free, at <c>init</c>.</summary>
    /// <param name="Approver">The person's name.</param>
    /// <param name="PublicKey">SubjectPublicKeyInfo, base64.</param>
    public sealed record EnrollApprover(string Approver, string PublicKey) : Act;
}
