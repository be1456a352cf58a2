using System.Collections.Immutable;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Tasks;

namespace Vetopoint.Control.Decisions;

/// <summary>What a decision needs to know of the task, at one moment of one turn.</summary>
internal readonly record struct TaskView
{
    private readonly ImmutableArray<TaskLink> _links;

    public required string Id { get; init; }

    public required string Agent { get; init; }

    public required string Owner { get; init; }

    /// <summary>As policies spell it.</summary>
    public required string Trust { get; init; }

    public required string Purpose { get; init; }

    public required Credential Credential { get; init; }

    public required Mandate Mandate { get; init; }

    public required long Calls { get; init; }

    public required long Objects { get; init; }

    public required long Sensitive { get; init; }

    public required long Bytes { get; init; }

    public required CedarSet Labels { get; init; }

    /// <summary>Tasks that it created.</summary>
    public int Children { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The tasks above it, nearest first.</summary>
    public ImmutableArray<TaskLink> Links
    {
        get => _links.IsDefault ? [] : _links;
        init => _links = value;
    }
}
