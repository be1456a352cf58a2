using System.Collections.Immutable;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Decisions;

/// <summary>
/// What the turn of a task needs to judge an attempt: all that could be prepared without it. Immutable, so the call to the
/// grain in this process copies a reference and not the message.
/// </summary>
[Immutable]
internal sealed class AttemptFacts
{
    public required string Gate { get; init; }

    public required string Server { get; init; }

    public required string Method { get; init; }

    public required string? Name { get; init; }

    /// <summary>The tool, where the attempt is a call of one.</summary>
    public required string? ToolName { get; init; }

    public required Direction Direction { get; init; }

    /// <summary>SHA-256 of the message as it came.</summary>
    public required ReadOnlyMemory<byte> RequestDigest { get; init; }

    public required ReadOnlyMemory<byte> ActionDigest { get; init; }

    /// <summary>What is kept of the message; null when nothing is.</summary>
    public PayloadText? Payload { get; init; }

    /// <summary>The full form first.</summary>
    public required ImmutableArray<FormFacts> Forms { get; init; }

    /// <summary>What the model chose, as policies see it.</summary>
    public required CedarRecord Input { get; init; }

    /// <summary>False when a part of what the model chose has no place in <see cref="Input"/>.</summary>
    public required bool InputUnderstood { get; init; }

    public required bool Reviewed { get; init; }

    public required string? Suspicion { get; init; }

    public required string Reader { get; init; }

    /// <summary>The tool as it is: see <see cref="Tools.ToolState"/>; null when nothing is known of it.</summary>
    public required string? Tool { get; init; }

    /// <summary>The policy set that judges it.</summary>
    public required PolicySetSnapshot PolicySet { get; init; }

    /// <summary>The epoch of the policies when <see cref="PolicySet"/> was taken.</summary>
    public required long PolicyEpoch { get; init; }

    /// <summary>The highest rung a person can give here. What needs more is denied: no one could release it.</summary>
    public required int AssuranceCeiling { get; init; }

    /// <summary>True when the server is only observed.</summary>
    public required bool Observed { get; init; }

    /// <summary>True when the task would create another one.</summary>
    public bool IsDelegation => Gate == Tasks.Delegation.Gate && Method == Tasks.Delegation.Method;

    public FormFacts Full => Forms[0];
}
