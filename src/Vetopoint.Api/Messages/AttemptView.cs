using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/attempts/{attempt}</c>: what was decided, why, what became of it, and what would have changed it.</summary>
public sealed record AttemptView
{
    public required JudgementView Judgement { get; init; }

    /// <summary>Digest of the policy set that decided.</summary>
    public required string PolicySet { get; init; }

    public required string Reader { get; init; }

    /// <summary>Digest of the pinned tool definition; null when there was none.</summary>
    public string? Tool { get; init; }

    /// <summary>Whether a person had looked at that definition when it was judged; null when there was none.</summary>
    public bool? Reviewed { get; init; }

    /// <summary>Why the tool was suspicious when it was judged; null when it was not.</summary>
    public string? Suspicion { get; init; }

    public required int Assurance { get; init; }

    /// <summary>The approved attempt that this one used up.</summary>
    public string? Uses { get; init; }

    /// <summary>The policies that decided, with their reasons.</summary>
    public ImmutableArray<PolicyView> DecidedBy { get; init; } = [];

    /// <summary>What would have changed the verdict, in full sentences.</summary>
    public ImmutableArray<string> WouldChange { get; init; } = [];

    /// <summary>How its hold ended; null when it was not held or still waits.</summary>
    public ResolutionView? Resolution { get; init; }

    public OutcomeView? Outcome { get; init; }
}

/// <summary>One attempt and its verdict: also what <c>GET /v1/events</c> sends as each is made.</summary>
public sealed record JudgementView
{
    public required string Attempt { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Task { get; init; }
    public required string Agent { get; init; }
    public required string Gate { get; init; }
    public required string Server { get; init; }
    public required string Method { get; init; }
    public string? Name { get; init; }

    /// <summary><c>to-server</c> or <c>to-client</c>.</summary>
    public required string Direction { get; init; }

    /// <summary><c>allow</c>, <c>downgrade</c>, <c>hold</c> or <c>deny</c>.</summary>
    public required string Verdict { get; init; }

    public required string Form { get; init; }
    public string Change { get; init; } = "";
    public int? Rung { get; init; }
    public DateTimeOffset? HoldExpiresAt { get; init; }

    /// <summary>True when the verdict was only recorded and the full form ran.</summary>
    public bool Observed { get; init; }

    public ImmutableArray<string> Policies { get; init; } = [];
    public ImmutableArray<string> Reasons { get; init; } = [];
    public ImmutableArray<OperationView> Operations { get; init; } = [];
}

/// <param name="Status"><c>completed</c>, <c>failed</c>, <c>cut</c> or <c>unknown</c>.</param>
public sealed record OutcomeView(string Attempt, DateTimeOffset Time, string Status, long Bytes, string? Notes);

/// <param name="Resolution"><c>approved</c>, <c>denied</c>, <c>expired</c> or <c>cancelled</c>.</param>
/// <param name="By">The person; null when no person decided.</param>
public sealed record ResolutionView(string Attempt, DateTimeOffset Time, string Resolution, string? By);
