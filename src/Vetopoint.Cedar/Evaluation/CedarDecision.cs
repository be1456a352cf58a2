using System.Collections.Immutable;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>An answer and what it rests on.</summary>
public sealed record CedarDecision
{
    internal CedarDecision(CedarVerdict verdict, ImmutableArray<Policy> determining, ImmutableArray<EvaluationError> errors)
    {
        Verdict = verdict;
        Determining = determining;
        Errors = errors;
    }

    /// <summary>No policy applied.</summary>
    public static CedarDecision DefaultDeny { get; } = new(CedarVerdict.Deny, [], []);

    /// <summary>The answer.</summary>
    public CedarVerdict Verdict { get; }

    /// <summary>Whether the answer is to allow.</summary>
    public bool IsAllowed => Verdict == CedarVerdict.Allow;

    /// <summary>
    /// For an Allow every permit that applied; for a Deny every forbid that applied. Empty when nothing applied, or when
    /// only <see cref="Errors"/> made it a Deny.
    /// </summary>
    public ImmutableArray<Policy> Determining { get; }

    /// <summary>The policies that could not be evaluated. In <see cref="ErrorMode.Deny"/> any makes the answer a Deny.</summary>
    public ImmutableArray<EvaluationError> Errors { get; }
}

/// <summary>Whether a request is allowed. Zero is the safe one.</summary>
public enum CedarVerdict
{
    /// <summary>Nothing permits it, something forbids it, or something could not be told.</summary>
    Deny = 0,
    /// <summary>Something permits it and nothing forbids it.</summary>
    Allow,
}

/// <summary>What an evaluation error does to the answer. Zero is the safe one.</summary>
public enum ErrorMode
{
    /// <summary>Any error makes the answer a Deny.</summary>
    Deny = 0,

    /// <summary>A policy with an error is skipped, even a forbid. This is Cedar's own rule, and it fails open.</summary>
    Skip,
}

/// <summary>A policy that could not be evaluated, and why.</summary>
public sealed record EvaluationError(Policy Policy, string Message);
