using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads the policies of a set of sources and names them.</summary>
internal static class PolicyReader
{
    public static PolicyParseResult Read(IEnumerable<CedarSource> sources)
    {
        var problems = new ProblemList();
        var policies = ImmutableArray.CreateBuilder<Policy>();
        var byId = new Dictionary<string, Policy>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            var map = new SourceMap(source);
            var firstProblem = problems.Count;
            foreach (var syntax in new PolicyParser(map, problems).Parse())
            {
                var policy = new Policy(
                    IdOf(syntax, policies.Count), syntax, source.Text.Substring(syntax.Span.Start, syntax.Span.Length));
                if (byId.TryAdd(policy.Id, policy))
                    policies.Add(policy);
                else
                    ReportDuplicate(problems, policy, byId[policy.Id]);
            }

            problems.SortFrom(firstProblem);
        }

        return new PolicyParseResult(problems.HasErrors ? null : new PolicySet(policies.DrainToImmutable()), problems.ToImmutable());
    }

    private static string IdOf(PolicySyntax syntax, int position)
    {
        foreach (var annotation in syntax.Annotations)
            if (annotation is { Name: "id", Value.Length: > 0 })
                return annotation.Value;
        return string.Create(CultureInfo.InvariantCulture, $"policy{position}");
    }

    private static void ReportDuplicate(ProblemList problems, Policy policy, Policy first) =>
        problems.Error(
            ProblemCodes.DuplicatePolicyId, policy.Location with { Length = 0 },
            $"Two policies have the id `{policy.Id}`; the first is at {first.Location}.", "Give each its own `@id`.", policy.Id);
}
