using System.Collections.Immutable;

namespace Vetopoint.Api.Messages;

/// <summary><c>GET /v1/policies</c>: the set that decides, the set as edited, and how they differ.</summary>
public sealed record PoliciesView
{
    public required PolicySetView Active { get; init; }

    /// <summary>Null when the files are as activated, or have problems.</summary>
    public PolicySetView? Staged { get; init; }

    /// <summary>Why the files cannot be activated; empty when they can.</summary>
    public ImmutableArray<ProblemView> Problems { get; init; } = [];

    /// <summary>From active to staged.</summary>
    public ImmutableArray<PolicyChange> Changes { get; init; } = [];
}

/// <param name="Automatic">True when no person confirmed it.</param>
public sealed record PolicySetView(
    string Digest, DateTimeOffset? ActivatedAt, string? By, bool Automatic, ImmutableArray<PolicyView> Policies);

/// <param name="Effect"><c>permit</c> or <c>forbid</c>.</param>
/// <param name="Reason">Its <c>@reason</c>.</param>
public sealed record PolicyView(string Id, string Effect, string Reason, string? File, int Line);

/// <param name="Kind"><c>added</c>, <c>removed</c> or <c>changed</c>.</param>
/// <param name="What">A policy's id, or the file's name for the schema and the config.</param>
/// <param name="Before">Text as it was; empty when added.</param>
/// <param name="After">Text as it would be; empty when removed.</param>
public sealed record PolicyChange(string Kind, string What, string Before, string After);

public sealed record ProblemView(string Code, string? File, int Line, int Column, string Message, string Help)
{
    public static ProblemView Of(Problem problem) =>
        new(problem.Code, problem.File, problem.Line, problem.Column, problem.Message, problem.Help);

    public Problem ToProblem() => new(Code, File, Line, Column, Message, Help);
}
