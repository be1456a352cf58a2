using Vetopoint.Cedar.Evaluation;

namespace Vetopoint.Cedar.Tests.Evaluation;

/// <summary>Every line of <c>expressions.txt</c>.</summary>
public sealed class ExpressionTests
{
    private const int FewestCases = 250;

    [Fact]
    public void Evaluates_each_expression_of_the_corpus_as_it_says()
    {
        var cases = 0;
        var wrong = new List<string>();
        foreach (var line in Corpus.Read("expressions.txt").Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            cases++;
            var arrow = line.LastIndexOf("=>", StringComparison.Ordinal);
            var expected = line[(arrow + 2)..].Trim();
            var outcome = OutcomeOf(line[..arrow].Trim());
            if (outcome != expected)
                wrong.Add($"{line}, but got {outcome}");
        }

        Assert.Empty(wrong);
        Assert.InRange(cases, FewestCases, int.MaxValue);
    }

    private static string OutcomeOf(string expression)
    {
        var text = $"permit(principal, action, resource) when {{ {expression} }};";
        var parsed = PolicySet.Parse(new CedarSource("case", text));
        if (parsed.Policies is null)
            return parsed.Problems[0].Code;
        var decision = World.Decide(text, ErrorMode.Skip);
        return decision.IsAllowed ? "true" : decision.Errors.IsEmpty ? "false" : "error";
    }
}
