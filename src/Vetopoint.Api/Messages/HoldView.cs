using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/holds</c>.</summary>
public sealed record HoldList(ImmutableArray<HoldView> Holds);

/// <summary><c>GET /v1/holds/{attempt}</c>: an attempt that waits, or waited, for a person.</summary>
public sealed record HoldView
{
    /// <summary>The attempt's id, which is the hold's id: <c>t-7hq2m4xk9d.17</c>.</summary>
    public required string Attempt { get; init; }

    public required string Task { get; init; }
    public required string Agent { get; init; }
    public required string Owner { get; init; }
    public required string Gate { get; init; }
    public required string Server { get; init; }
    public required string Method { get; init; }
    public string? Name { get; init; }

    /// <summary><c>waiting</c>, <c>approved</c>, <c>denied</c>, <c>expired</c> or <c>cancelled</c>.</summary>
    public required string State { get; init; }

    /// <summary>The form that would run.</summary>
    public required string Form { get; init; }

    /// <summary>What differs from the full form; empty for the full form.</summary>
    public required string Change { get; init; }

    /// <summary>The assurance it needs, 1 to 4.</summary>
    public required int Rung { get; init; }

    public required DateTimeOffset HeldAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public ImmutableArray<string> Policies { get; init; } = [];
    public ImmutableArray<string> Reasons { get; init; } = [];
    public ImmutableArray<OperationView> Operations { get; init; } = [];

    /// <summary>Whether a person has looked at the tool's definition that it was read with; null when it was read without one.</summary>
    public bool? Reviewed { get; init; }

    /// <summary>The exact bytes that would be sent, as text; null when the engine no longer has them.</summary>
    public string? Request { get; init; }
}

/// <summary>One operation as it was judged.</summary>
/// <param name="Reversibility"><c>none</c>, <c>window</c> or <c>full</c>.</param>
/// <param name="Knowledge"><c>unknown</c>, <c>declared</c>, <c>estimated</c> or <c>measured</c>.</param>
public sealed record OperationView(
    string Effect, TargetView Target, TargetView? Destination, long? Objects, long? Bytes,
    string Reversibility, string Knowledge, bool Understood, ImmutableArray<string> Evidence);

/// <param name="Environment">Null when it is not known, which counts as <c>prod</c>.</param>
public sealed record TargetView(string Kind, string Name, string? Environment, ImmutableArray<string> Sensitivity);
