namespace Vetopoint.Cedar.Diagnostics;

/// <summary>Something wrong with a policy or a schema: what it is, where it is, and what to do about it.</summary>
/// <param name="Code">Stable, <c>VP2nnn</c>; the list is in <see cref="ProblemCodes"/>.</param>
/// <param name="Severity">Only an error keeps a set from being used.</param>
/// <param name="File">The name of the source.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1, in UTF-16 code units.</param>
/// <param name="Length">How many UTF-16 code units are wrong; 0 when the problem is a point.</param>
/// <param name="Message">What happened, in a full sentence, user text in backticks.</param>
/// <param name="Help">What to do, such as a name that is near; null when there is nothing better to say.</param>
public sealed record Problem(
    string Code, ProblemSeverity Severity, string File, int Line, int Column, int Length, string Message, string? Help)
{
    /// <summary>The policy the problem is in, when it is known.</summary>
    public string? PolicyId { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{File}:{Line}:{Column}: {Code}: {Message}{(Help is null ? "" : " " + Help)}";
}

/// <summary>How bad a <see cref="Problem"/> is. Zero is the worse.</summary>
public enum ProblemSeverity
{
    /// <summary>The set or schema is not to be used.</summary>
    Error = 0,
    /// <summary>Worth a look; the set or schema can be used.</summary>
    Warning,
}
