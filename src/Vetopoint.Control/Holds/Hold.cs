using System.Collections.Immutable;
using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Holds;

/// <summary>An attempt that waits for a person, as lists show it. A snapshot.</summary>
public sealed record Hold
{
    public required AttemptId Attempt { get; init; }

    public required HoldState State { get; init; }

    public required string Agent { get; init; }

    /// <summary>The person who answers for the agent.</summary>
    public required string Owner { get; init; }

    public required string Gate { get; init; }

    public required string Server { get; init; }

    public required string Method { get; init; }

    public string? Name { get; init; }

    /// <summary>The form that would run, as in policies.</summary>
    public required string Form { get; init; }

    /// <summary>The assurance it needs.</summary>
    public required int Rung { get; init; }

    public required DateTimeOffset HeldAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What would be done, as it was judged.</summary>
    public required ImmutableArray<OperationEntry> Operations { get; init; }

    public required ImmutableArray<string> Policies { get; init; }

    public required ImmutableArray<string> Reasons { get; init; }

    public required string PolicySet { get; init; }

    /// <summary>SHA-256 of the exact bytes that would be sent, lower-case hexadecimal.</summary>
    public required string FormDigest { get; init; }

    /// <summary>
    /// The exact bytes that would be sent; null when they are not kept (the engine ended before they were safe):
    /// such a hold can be denied and cannot be approved.
    /// </summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }
}
