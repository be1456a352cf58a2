using System.Globalization;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;

namespace Vetopoint.Cedar.Tests.Validation;

/// <summary>How many steps policies look into entities.</summary>
public sealed class LevelTests
{
    private const int FewestCases = 50;
    private const int LevelMost = 6;

    private static readonly CedarSchema Schema =
        CedarSchema.Parse(new CedarSource("levels.cedarschema", Corpus.Read("levels.cedarschema"))).Schema!;

    [Fact]
    public void Each_condition_of_the_corpus_validates_from_its_level_on_and_not_below()
    {
        var cases = 0;
        var wrong = new List<string>();
        foreach (var line in Corpus.Read("levels.txt").Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            cases++;
            var arrow = line.LastIndexOf("=>", StringComparison.Ordinal);
            var policies = World.Parse($"permit(principal, action, resource) when {{ {line[..arrow].Trim()} }};");
            var good = Enumerable.Range(0, LevelMost).Where(level => Codes(policies, level).Count == 0).ToList();
            var first = good.Count == 0 ? "none" : good[0].ToString(CultureInfo.InvariantCulture);
            if (first != line[(arrow + 2)..].Trim() || (good.Count > 0 && good.Count != LevelMost - good[0]))
                wrong.Add($"{line}, but got {first}");
        }

        Assert.Empty(wrong);
        Assert.InRange(cases, FewestCases, int.MaxValue);
    }

    [Theory]
    [InlineData("permit(principal in Group::\"g\", action, resource);", 1)]
    [InlineData("permit(principal is User in Group::\"g\", action, resource);", 1)]
    [InlineData("permit(principal, action in Action::\"all\", resource);", 1)]
    [InlineData("permit(principal == User::\"a\", action == Action::\"view\", resource is Photo);", 0)]
    [InlineData("permit(principal == ?principal, action, resource);", 0)]
    [InlineData("permit(principal in ?principal, action, resource);", 1)]
    [InlineData("permit(principal is User in ?principal, action, resource);", 1)]
    public void A_scope_counts_as_well(string policy, int expected)
    {
        var policies = World.Parse(policy);
        Assert.Equal(expected, Enumerable.Range(0, LevelMost).First(level => Codes(policies, level).Count == 0));
    }

    [Fact]
    public void Says_how_many_steps_were_taken_and_where()
    {
        var policies = World.Parse("permit(principal, action, resource) when { principal.user.bool && principal.user.user.bool };");
        Assert.Equal(
            [
                "test.cedar:1:44: VP2116: Policy `policy0` looks 2 steps into entities, but 1 is allowed. Put what it needs nearer to the request, such as into the context.",
                "test.cedar:1:67: VP2116: Policy `policy0` looks 3 steps into entities, but 1 is allowed. Put what it needs nearer to the request, such as into the context.",
            ],
            Validator.Validate(policies, Schema, new ValidationOptions { LevelMax = 1 }).Select(problem => problem.ToString()));
        Assert.Empty(Validator.Validate(policies, Schema, ValidationOptions.Default));
    }

    private static List<string> Codes(PolicySet policies, int level) =>
    [
        .. Validator.Validate(policies, Schema, new ValidationOptions { LevelMax = level, ImpossiblePolicies = ProblemSeverity.Warning })
            .Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => problem.Code),
    ];
}
