using System.Collections.Immutable;

namespace Vetopoint.Api;

/// <summary>Work cannot go on until a person has put these problems right.</summary>
public sealed class ProblemException : Exception
{
    public ProblemException(params ImmutableArray<Problem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>All that was found, not only the first; never empty.</summary>
    public ImmutableArray<Problem> Problems { get; }
}
