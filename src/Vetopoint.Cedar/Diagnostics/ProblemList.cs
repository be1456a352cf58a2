using System.Collections.Immutable;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Diagnostics;

/// <summary>Collects problems while texts are read and checked.</summary>
internal sealed class ProblemList
{
    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();

    public bool HasErrors { get; private set; }

    public int Count => _problems.Count;

    public void Error(string code, Location location, string message, string? help = null, string? policyId = null) =>
        Add(code, ProblemSeverity.Error, location, message, help, policyId);

    public void Error(string code, SourceMap source, TextSpan span, string message, string? help = null, string? policyId = null) =>
        Add(code, ProblemSeverity.Error, source.At(span), message, help, policyId);

    public void Add(
        string code, ProblemSeverity severity, Location location, string message, string? help, string? policyId)
    {
        HasErrors |= severity == ProblemSeverity.Error;
        _problems.Add(new Problem(
            code, severity, location.File, location.Line, location.Column, location.Length, message, help)
        {
            PolicyId = policyId,
        });
    }

    /// <summary>Puts the problems from an index on, which all belong to one source, into the order of its text.</summary>
    public void SortFrom(int index)
    {
        var sorted = _problems.Skip(index).OrderBy(problem => (problem.Line, problem.Column)).ToList();
        for (var i = 0; i < sorted.Count; i++)
            _problems[index + i] = sorted[i];
    }

    public ImmutableArray<Problem> ToImmutable() => _problems.ToImmutable();
}
