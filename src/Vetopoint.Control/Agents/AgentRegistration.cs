using System.Collections.Immutable;

namespace Vetopoint.Control.Agents;

/// <summary>An agent as the config registers it.</summary>
/// <param name="Owner">The person who answers for it.</param>
public sealed record AgentRegistration(string Owner)
{
    /// <summary>An agent that the config does not name.</summary>
    internal static AgentRegistration Unknown { get; } = new("");

    /// <summary>The team it belongs to; empty when none is given.</summary>
    public string Team { get; init; } = "";

    /// <summary>What it is for, in words.</summary>
    public string Purpose { get; init; } = "";

    /// <summary>Where it may act, whatever a mandate says; null is everywhere.</summary>
    public ImmutableArray<string>? Environments { get; init; }

    /// <summary>The last day on which it needs no new look; null when none is set.</summary>
    public DateOnly? ReviewBy { get; init; }

    /// <summary>Whom to reach, or what to read, when it misbehaves.</summary>
    public string Runbook { get; init; } = "";

    /// <summary>Whether somebody should have looked at it again by now.</summary>
    public bool IsReviewOverdue(DateTimeOffset now) => ReviewBy is { } day && DateOnly.FromDateTime(now.UtcDateTime) > day;
}
