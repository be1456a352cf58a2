using System.Collections.Immutable;

namespace Vetopoint.Control.Decisions;

/// <summary>A verdict and everything it rests on.</summary>
internal sealed record Derivation
{
    public required Verdict Verdict { get; init; }

    /// <summary>The form that runs, or that is held; the full one for a Deny.</summary>
    public required FormFacts Form { get; init; }

    /// <summary>The rung a hold needs; null when it is not held.</summary>
    public int? Rung { get; init; }

    /// <summary>A stable code; empty for an Allow.</summary>
    public string Code { get; init; } = "";

    public ImmutableArray<string> Policies { get; init; } = [];

    public ImmutableArray<string> Reasons { get; init; } = [];

    public ImmutableArray<string> WouldAllow { get; init; } = [];
}
