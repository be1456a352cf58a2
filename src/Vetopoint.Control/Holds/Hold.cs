using System.Collections.Immutable;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Holds;

/// <summary>An attempt that waits for a person, as lists show it. A snapshot.</summary>
[Immutable]
public sealed record Hold
{
    public required AttemptId Attempt { get; init; }

    public required HoldState State { get; init; }

    public required string Agent { get; init; }

    /// <summary>The person who answers for the agent.</summary>
    public required string Owner { get; init; }

    public required DateTimeOffset HeldAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The attempt as it was judged and recorded.</summary>
    public required Intent Intent { get; init; }

    /// <summary>What differs from the full form, in words; empty for the full form.</summary>
    public string Change => RecordedChange.Of(Intent);

    /// <summary>The exact bytes that would be sent; null when they have to be read from where they are kept.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }

    /// <summary>The salt with which the intent commits to <see cref="Bytes"/>; null where it does so by a plain digest.</summary>
    public ReadOnlyMemory<byte>? Salt { get; init; }

    public string Gate => Intent.Gate;

    public string Server => Intent.Server;

    public string Method => Intent.Method;

    public string? Name => Intent.Name;

    /// <summary>The form that would run, as in policies.</summary>
    public string Form => Intent.Form;

    /// <summary>The assurance it needs.</summary>
    public int Rung => Intent.Rung ?? Vetopoint.Control.Policies.Contract.RungMax;

    /// <summary>What would be done, as it was judged.</summary>
    public ImmutableArray<OperationEntry> Operations => Intent.Operations;

    public ImmutableArray<string> Policies => Intent.Policies;

    public ImmutableArray<string> Reasons => Intent.Reasons;

    public string PolicySet => Intent.PolicySet;

    /// <summary>What the intent says of the exact bytes that would be sent, lower-case hexadecimal.</summary>
    public string FormDigest => Intent.FormDigest;
}
