using System.Collections.Immutable;
using Vetopoint.Control.Attempts;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Decisions;

/// <summary>The answer of the <see cref="DecisionPoint"/> to one attempt: one of three cases.</summary>
public abstract record Judgement
{
    private protected Judgement() { }

    /// <summary>The attempt, as recorded. Null only in a <see cref="Denied"/> that could not be recorded.</summary>
    public AttemptId? Attempt { get; init; }

    /// <summary>What the policies say. Where the server is observed, this is what would have become of it.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>True when the server is only observed: the verdict is recorded, and the full form runs.</summary>
    public bool Observed { get; init; }

    /// <summary>Ids of the policies that decided.</summary>
    public ImmutableArray<string> Policies { get; init; } = [];

    /// <summary>Why, in sentences for an agent and a person.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>Digest of the policy set that decided; empty when none did.</summary>
    public string PolicySet { get; init; } = "";

    /// <summary>It may run, in the permit's form.</summary>
    /// <param name="Permit">Opens the upstream, once.</param>
    /// <param name="Form">The form that runs.</param>
    /// <param name="Change">What differs from the full form, in words; empty for the full form.</param>
    public sealed record Allowed(Permit Permit, FormKind Form, string Change) : Judgement;

    /// <summary>It waits for a person.</summary>
    /// <param name="Hold">The hold to wait for: this attempt's id, or that of the identical attempt that waits already.</param>
    /// <param name="Rung">The assurance it needs.</param>
    /// <param name="Form">The form that would run.</param>
    /// <param name="ExpiresAt">When the hold ends by itself.</param>
    public sealed record Held(AttemptId Hold, int Rung, FormKind Form, DateTimeOffset ExpiresAt) : Judgement;

    /// <summary>It does not run.</summary>
    /// <param name="Code">A stable code, <c>VP4nnn</c>.</param>
    /// <param name="WouldAllow">What would be allowed instead, in words; empty when nothing would.</param>
    public sealed record Denied(string Code, ImmutableArray<string> WouldAllow) : Judgement;
}
