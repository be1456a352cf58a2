using System.Collections.Immutable;

namespace Vetopoint.Cli.Cedar;

/// <summary>What <c>policy format</c> did.</summary>
internal sealed record CedarFormatReport(ImmutableArray<CedarFormatted> Files, ImmutableArray<CedarProblem> Problems);

/// <param name="Changed">Whether the file was laid out otherwise.</param>
/// <param name="Text">How it is laid out; null when it was written or only checked.</param>
internal sealed record CedarFormatted(string File, bool Changed, string? Text);

/// <summary>What <c>policy eval</c> answered.</summary>
/// <param name="Decision"><c>allow</c> or <c>deny</c>; null when something could not be read.</param>
/// <param name="Policies">The policies the decision rests on.</param>
/// <param name="Errors">Policies that could not be evaluated.</param>
internal sealed record CedarEvalReport(
    string? Decision, ImmutableArray<string> Policies, ImmutableArray<CedarEvalError> Errors, ImmutableArray<CedarProblem> Problems);

internal sealed record CedarEvalError(string Policy, string Message);

/// <summary>What <c>policy schema</c> made.</summary>
/// <param name="Text">The schema in the form asked for; null when it could not be read.</param>
internal sealed record CedarSchemaReport(string? Text, ImmutableArray<CedarProblem> Problems);
