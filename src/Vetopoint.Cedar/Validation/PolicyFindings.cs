using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Validation;

/// <summary>Collects what is wrong with one policy. The same mistake in several request environments counts once.</summary>
internal sealed class PolicyFindings(Policy policy, ProblemList problems)
{
    private readonly HashSet<(string Code, TextSpan Span)> _seen = [];

    /// <summary>Reports a mistake; the message continues ``Policy `id` …``.</summary>
    public void Error(string code, TextSpan span, string message, string? help = null) =>
        Report(code, ProblemSeverity.Error, span, message, help);

    public void Report(string code, ProblemSeverity severity, TextSpan span, string message, string? help = null)
    {
        if (_seen.Add((code, span)))
            problems.Add(code, severity, policy.Syntax.Source.At(span), $"Policy `{policy.Id}` {message}", help, policy.Id);
    }
}
