using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;

namespace Vetopoint.Cedar.Tests.Robustness;

/// <summary>Texts that nest. The reference crashes at 300 parentheses; this must not crash at all.</summary>
public sealed class NestingTests
{
    private const int Enormous = 100_000;
    private const int StackBytes = 1024 * 1024;

    private static readonly (string Open, string Inner, string Close)[] Shapes =
    [
        ("(", "true", ")"),
        ("[", "1", "]"),
        ("{a:", "1", "}"),
        ("if ", "true", " then true else true"),
        ("if true then true else ", "true", ""),
        ("ip(", "\"\"", ")"),
        ("[1].contains(", "1", ")"),
        ("!(", "true", ")"),
        ("", "context", ".a"),
        ("", "context", "[\"a\"]"),
        ("", "[1]", ".contains(1)"),
        ("", "1", " + 1"),
        ("", "1", " * 1"),
        ("(1 == ", "1", ")"),
        ("(true && ", "true", ")"),
        ("(principal is User in ", "principal", ")"),
        ("(context has a.b && ", "true", ")"),
    ];

    public static TheoryData<int> ShapeIndexes() => [.. Enumerable.Range(0, Shapes.Length)];

    [Theory]
    [MemberData(nameof(ShapeIndexes))]
    public void Refuses_enormous_nesting_with_a_problem(int shape) =>
        OnSmallStack(() =>
        {
            var parsed = PolicySet.Parse(new CedarSource("deep", PolicyOf(shape, Enormous)));
            Assert.Equal(ProblemCodes.TooDeep, parsed.Problems[0].Code);
        });

    [Theory]
    [MemberData(nameof(ShapeIndexes))]
    public void Handles_the_deepest_nesting_it_accepts_on_a_small_stack(int shape) =>
        OnSmallStack(() =>
        {
            var accepted = Enumerable.Range(1, CedarLimits.NestingMax)
                .Select(depth => PolicySet.Parse(new CedarSource("deep", PolicyOf(shape, depth))).Policies)
                .Last(policies => policies is not null)!;
            Validator.Validate(accepted, World.Schema, ValidationOptions.Default);
            Monotonicity.Check(accepted, "context.assurance");
            Assert.NotNull(Authorizer.Decide(CompiledPolicySet.Compile(accepted), World.Request, World.Entities));
        });

    [Theory]
    [InlineData(" && ")]
    [InlineData(" || ")]
    public void Accepts_chains_of_any_length(string chain)
    {
        var text = $"permit(principal, action, resource) when {{ {string.Join(chain, Enumerable.Repeat("context.number == 7", 10_000))} }};";
        Assert.True(World.Decide(text).IsAllowed);
    }

    [Theory]
    [InlineData("Set<", "Long", ">")]
    [InlineData("{a:", "Long", "}")]
    public void Refuses_enormous_nesting_of_types_with_a_problem(string open, string inner, string close) =>
        OnSmallStack(() =>
        {
            var type = string.Concat(Enumerable.Repeat(open, Enormous)) + inner + string.Concat(Enumerable.Repeat(close, Enormous));
            Assert.Equal(ProblemCodes.TooDeep, CedarSchema.Parse(new CedarSource("deep", $"type T = {type};")).Problems[0].Code);
        });

    [Fact]
    public void Refuses_enormous_nesting_through_named_types_with_a_problem() =>
        OnSmallStack(() =>
        {
            var types = string.Concat(Enumerable.Range(0, Enormous / 10).Select(i => $"type T{i} = Set<T{i + 1}>;"));
            var parsed = CedarSchema.Parse(new CedarSource("deep", types + $"type T{Enormous / 10} = Long;"));
            Assert.Contains(parsed.Problems, problem => problem.Code == ProblemCodes.TooDeep);
        });

    private static string PolicyOf(int shape, int depth)
    {
        var (open, inner, close) = Shapes[shape];
        return $"permit(principal, action, resource) when {{ {string.Concat(Enumerable.Repeat(open, depth))}{inner}{string.Concat(Enumerable.Repeat(close, depth))} }};";
    }

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    failure = exception;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new InvalidOperationException("The work on the small stack failed.", failure);
    }
}
