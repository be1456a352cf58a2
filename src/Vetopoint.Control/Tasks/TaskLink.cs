using System.Collections.Immutable;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Tasks;

/// <summary>A task above another one, at one moment: what it handed on has to be within this, whatever was checked when it was handed on.</summary>
[Immutable]
internal sealed record TaskLink
{
    public required string Id { get; init; }

    public required string Agent { get; init; }

    public required string Owner { get; init; }

    public required Mandate Mandate { get; init; }

    /// <summary>The trust of its agent; permits compare its epoch.</summary>
    public required AgentState Trust { get; init; }

    public required long AgentEpoch { get; init; }

    /// <summary>Attempts that ran, or may have, with those of the tasks below.</summary>
    public required long Calls { get; init; }

    public required long Objects { get; init; }

    public required long Sensitive { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Labels of the data that it and the tasks below touched.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>False once it is over.</summary>
    public required bool IsLive { get; init; }
}
