using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads the policies and templates of a set of sources and names them.</summary>
internal static class PolicyReader
{
    public static PolicyParseResult Read(IEnumerable<CedarSource> sources) => Read(sources.Select(source => new PolicyText(source)));

    public static PolicyParseResult Read(IEnumerable<PolicyText> texts)
    {
        var problems = new ProblemList();
        var policies = ImmutableArray.CreateBuilder<Policy>();
        var templates = ImmutableArray.CreateBuilder<PolicyTemplate>();
        var first = new Dictionary<string, Location>(StringComparer.Ordinal);
        foreach (var (source, givenId, place) in texts)
        {
            var map = new SourceMap(source, place);
            var firstProblem = problems.Count;
            foreach (var syntax in new PolicyParser(map, problems).Parse())
            {
                var id = givenId ?? IdOf(syntax, policies.Count + templates.Count);
                var text = source.Text.Substring(syntax.Span.Start, syntax.Span.Length);
                if (!first.TryAdd(id, syntax.Location))
                    ReportDuplicate(problems, id, syntax.Location, first[id]);
                else if (syntax.IsTemplate)
                    templates.Add(new PolicyTemplate(id, syntax, text));
                else
                    policies.Add(new Policy(id, syntax, text));
            }

            problems.SortFrom(firstProblem);
        }

        return new PolicyParseResult(
            problems.HasErrors ? null : new PolicySet(policies.DrainToImmutable(), templates.DrainToImmutable()), problems.ToImmutable());
    }

    private static string IdOf(PolicySyntax syntax, int position)
    {
        foreach (var annotation in syntax.Annotations)
            if (annotation is { Name: "id", Value.Length: > 0 })
                return annotation.Value;
        return string.Create(CultureInfo.InvariantCulture, $"policy{position}");
    }

    private static void ReportDuplicate(ProblemList problems, string id, Location location, Location first) =>
        problems.Error(
            ProblemCodes.DuplicatePolicyId, location with { Length = 0 },
            $"Two policies have the id `{id}`; the first is at {first}.", "Give each its own `@id`.", id);
}

/// <summary>A text of policies.</summary>
/// <param name="Source">The text.</param>
/// <param name="Id">What its one policy is called; null when each says so itself.</param>
/// <param name="Place">Where it came from when it was made from something else.</param>
internal sealed record PolicyText(CedarSource Source, string? Id = null, Location? Place = null);
