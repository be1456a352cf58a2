using System.Collections.Immutable;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Tasks;

/// <summary>A task that another one asks for.</summary>
/// <param name="Agent">Who is to work in it; null for the agent that asks.</param>
/// <param name="Template">A template of the active policy set; null for none.</param>
/// <param name="Values">What its parameters are filled in with.</param>
/// <param name="Request">The mandate, where no template is named.</param>
public sealed record ChildTask(string? Agent, string? Template, ImmutableDictionary<string, string> Values, MandateRequest? Request);

/// <summary>What came of it: one of a closed set.</summary>
public abstract record ChildAnswer
{
    private protected ChildAnswer() { }

    /// <summary>It is there.</summary>
    /// <param name="Task">The task.</param>
    /// <param name="Key">Its bearer key, shown this once.</param>
    /// <param name="Mandate">Its mandate in plain words.</param>
    public sealed record Created(TaskHandle Task, string Key, ImmutableArray<string> Mandate) : ChildAnswer;

    /// <summary>A person has to agree. Ask again with the same words then.</summary>
    public sealed record Held(AttemptId Hold, DateTimeOffset ExpiresAt, ImmutableArray<string> Reasons) : ChildAnswer;

    /// <summary>It is not created.</summary>
    public sealed record Refused(string Code, ImmutableArray<string> Reasons) : ChildAnswer;
}
