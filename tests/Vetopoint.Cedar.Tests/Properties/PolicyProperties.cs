using CsCheck;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Properties;

/// <summary>What holds of every policy set, tried on random ones.</summary>
public sealed class PolicyProperties
{
    private const int Iterations = 2_000;
    private const long AssuranceMax = 4;

    private static readonly CedarSchema Actions = CedarSchema.Parse(new CedarSource(
        "actions", "entity User, Group, File; action all; action y; action x in [all] appliesTo { principal: User, resource: File };")).Schema!;

    [Fact]
    public void A_set_answers_what_its_policies_answer_alone() =>
        Gen.Select(PolicyGen.Policy.Array[0, 12], PolicyGen.Request).Sample(
            (texts, request) =>
            {
                var alone = texts.Select((text, i) => (Text: text, Index: i, Answer: Decide(text, request))).ToList();
                var forbids = Ids(alone, "forbid");
                var permits = Ids(alone, "permit");
                var errors = string.Join(',', alone.Where(one => !one.Answer.Errors.IsEmpty).Select(one => $"policy{one.Index}"));
                var expected = forbids.Length > 0 ? $"Deny {forbids} !{errors}" : permits.Length > 0 ? $"Allow {permits} !{errors}" : $"Deny  !{errors}";
                var set = World.Parse(string.Concat(texts));
                Assert.Equal(expected, Authorizer.Decide(CompiledPolicySet.Compile(set), request, PolicyGen.Entities, ErrorMode.Skip).Ids());
                Assert.Equal(expected, Authorizer.Decide(CompiledPolicySet.Compile(set, Actions), request, PolicyGen.Entities, ErrorMode.Skip).Ids());
                var strict = Authorizer.Decide(CompiledPolicySet.Compile(set), request, PolicyGen.Entities);
                Assert.Equal(forbids.Length == 0 && errors.Length == 0 && permits.Length > 0, strict.IsAllowed);
            },
            iter: Iterations);

    [Fact]
    public void Many_contexts_are_answered_as_one_by_one() =>
        Gen.Select(PolicyGen.Policy.Array[0, 8], PolicyGen.Request).Sample(
            (texts, request) =>
            {
                var compiled = World.Compile(string.Concat(texts));
                ContextVariant[] variants = [.. Enumerable.Range(0, 5).Select(rung => new ContextVariant(CedarRecord.Of(("assurance", rung))))];
                Assert.Equal(
                    variants.Select(variant => Authorizer.Decide(compiled, request with { Context = variant.ApplyTo(request.Context) }, PolicyGen.Entities).Ids()),
                    Authorizer.DecideMany(compiled, request, variants, PolicyGen.Entities).Select(decision => decision.Ids()));
            },
            iter: Iterations);

    [Fact]
    public void The_canonical_text_of_an_expression_is_read_as_the_same_expression() =>
        PolicyGen.Expression.Sample(
            text =>
            {
                var canonical = ExprText.Of(Read(text));
                Assert.Equal(canonical, ExprText.Of(Read(canonical)));
                Assert.Equal(Outcome(text), Outcome(canonical));
            },
            iter: Iterations);

    [Fact]
    public void A_set_that_is_proved_monotone_never_loses_a_permission_when_assurance_rises()
    {
        var proved = 0;
        var raised = 0;
        Gen.Select(PolicyGen.PolicyWith(AssuranceCondition()).Array[1, 4], PolicyGen.Request).Sample(
            (texts, request) =>
            {
                var policies = World.Parse(string.Concat(texts));
                if (!Monotonicity.Check(policies, "context.assurance").IsEmpty)
                    return;
                Interlocked.Increment(ref proved);
                var compiled = CompiledPolicySet.Compile(policies);
                var allowed = false;
                for (long assurance = 0; assurance <= AssuranceMax; assurance++)
                {
                    var context = request.Context.With("assurance", assurance);
                    var decision = Authorizer.Decide(compiled, request with { Context = context }, PolicyGen.Entities);
                    Assert.True(decision.IsAllowed || !allowed || !decision.Errors.IsEmpty, string.Join('\n', texts));
                    if (decision.IsAllowed && !allowed && assurance > 0)
                        Interlocked.Increment(ref raised);
                    allowed |= decision.IsAllowed;
                }
            },
            iter: Iterations);
        Assert.InRange(proved, 50, Iterations);
        Assert.InRange(raised, 5, int.MaxValue);
    }

    /// <summary>Conditions around comparisons of the assurance, monotone or not.</summary>
    private static Gen<string> AssuranceCondition()
    {
        var comparison = Gen.Select(
            PolicyGen.Any(">=", ">", "<", "<=", ">=", ">", "=="), Gen.Int[0, 4], Gen.Bool,
            (op, rung, swapped) => swapped ? $"{rung} {op} context.assurance" : $"context.assurance {op} {rung}");
        var plain = PolicyGen.Any("context.flag", "principal has level", "principal in Group::\"g\"", "!context.flag", "context has assurance");
        var leaf = Gen.OneOf(comparison, plain);
        return Gen.OneOf(
            leaf,
            Gen.Select(leaf, PolicyGen.Any("&&", "||"), leaf, (a, op, b) => $"{a} {op} {b}"),
            leaf.Select(a => $"!({a})"),
            Gen.Select(plain, leaf, leaf, (a, b, c) => $"if {a} then {b} else {c}"));
    }

    private static string Ids(List<(string Text, int Index, CedarDecision Answer)> alone, string effect) =>
        string.Join(',', alone.Where(one => one.Text.StartsWith(effect, StringComparison.Ordinal) && one.Answer.Determining.Length > 0).Select(one => $"policy{one.Index}"));

    private static CedarDecision Decide(string text, CedarRequest request) =>
        Authorizer.Decide(World.Compile(text), request, PolicyGen.Entities, ErrorMode.Skip);

    private static Expr Read(string expression) =>
        World.Parse($"permit(principal, action, resource) when {{ {expression} }};").Policies[0].Syntax.Conditions[0].Body;

    private static string Outcome(string expression) =>
        World.Decide($"permit(principal, action, resource) when {{ {expression} }};", ErrorMode.Skip).Ids();
}
