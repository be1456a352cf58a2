using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Validation;

/// <summary>Collects what is wrong with one policy. The same mistake in several request environments counts once.</summary>
internal sealed class PolicyFindings(string what, string id, PolicySyntax syntax, ProblemList problems)
{
    private readonly HashSet<(string Code, TextSpan Span)> _seen = [];
    private readonly HashSet<(TextSpan Span, string Name)> _declared = [];
    private readonly Dictionary<(TextSpan Span, string Name), string?> _undeclared = [];

    public PolicyFindings(Policy policy, ProblemList problems)
        : this("Policy", policy.Id, policy.Syntax, problems)
    {
    }

    public PolicyFindings(PolicyTemplate template, ProblemList problems)
        : this("Template", template.Id, template.Syntax, problems)
    {
    }

    /// <summary>Reports a mistake; the message continues ``Policy `id` …``.</summary>
    public void Error(string code, TextSpan span, string message, string? help = null) =>
        Report(code, ProblemSeverity.Error, span, message, help);

    /// <summary>Notes that <c>has</c> asks for an attribute that some kind of request may have.</summary>
    public void AsksForDeclared(TextSpan span, string name) => _declared.Add((span, name));

    /// <summary>Notes that <c>has</c> asks for an attribute that this kind of request never has; another kind may.</summary>
    public void AsksForUndeclared(TextSpan span, string name, string? help) => _undeclared.TryAdd((span, name), help);

    /// <summary>Reports each <c>has</c> that no kind of request can answer with true.</summary>
    public void ReportUndeclared(ProblemSeverity severity)
    {
        foreach (var ((span, name), help) in _undeclared)
            if (!_declared.Contains((span, name)))
                Report(ProblemCodes.UndeclaredHas, severity, span, $"asks `has` for `{name}`, which nothing it is asked of can have.", help);
    }

    public void Report(string code, ProblemSeverity severity, TextSpan span, string message, string? help = null)
    {
        if (_seen.Add((code, span)))
            problems.Add(code, severity, syntax.Source.At(span), $"{what} `{id}` {message}", help, id);
    }
}
