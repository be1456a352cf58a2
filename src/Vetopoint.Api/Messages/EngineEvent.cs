using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary>One event of <c>GET /v1/events</c>; exactly the member that <see cref="Kind"/> names is set.</summary>
/// <param name="Kind"><c>judgement</c>, <c>outcome</c>, <c>resolution</c>, <c>policies</c> or <c>tool</c>.</param>
public sealed record EngineEvent(string Kind, DateTimeOffset Time)
{
    public JudgementView? Judgement { get; init; }
    public OutcomeView? Outcome { get; init; }
    public ResolutionView? Resolution { get; init; }
    public PoliciesEvent? Policies { get; init; }
    public ToolEvent? Tool { get; init; }
}

/// <summary>The edited set was checked, or a set was activated.</summary>
public sealed record PoliciesEvent(string Active, string? Staged, ImmutableArray<ProblemView> Problems);

/// <summary>A tool was pinned, or its definition changed.</summary>
public sealed record ToolEvent(string Server, string Tool, string What);
