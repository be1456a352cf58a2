using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Validation;

/// <summary>
/// Checks policies against a schema, strictly: what passes can fail at run time only by overflow, or by an entity that is
/// missing or unavailable.
/// </summary>
public static class Validator
{
    /// <summary>Every problem of every policy. The set is good when none is an error.</summary>
    public static ImmutableArray<Problem> Validate(PolicySet policies, CedarSchema schema, ValidationOptions options)
    {
        ArgumentNullException.ThrowIfNull(policies);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        var problems = new ProblemList();
        var facts = new SchemaFacts(schema);
        foreach (var policy in policies.Policies)
            Validate(policy, facts, options, problems);
        return problems.ToImmutable();
    }

    private static void Validate(Policy policy, SchemaFacts facts, ValidationOptions options, ProblemList problems)
    {
        var findings = new PolicyFindings(policy, problems);
        var before = problems.Count;
        new LiteralCheck(facts, options, findings).Check(policy.Syntax);
        var scope = ScopeOf(policy.Syntax);
        var conditions = policy.Syntax.Conditions.Select(ToExpr).ToList();
        var fits = false;
        var mayApply = false;
        foreach (var environment in facts.Environments)
        {
            var checker = new TypeChecker(facts, environment, findings);
            if (checker.CheckAnd(scope, Capabilities.None).IsFalse)
                continue;
            fits = true;
            mayApply |= !checker.CheckAnd(scope.Concat(conditions), Capabilities.None).IsFalse;
        }

        findings.ReportUndeclared(options.ImpossiblePolicies);
        if (problems.Count == before && !mayApply)
            ReportImpossible(policy, fits, options, findings);
        foreach (var attribute in options.MonotoneAttributes)
            new MonotoneUse(attribute, findings).Check(policy.Syntax);
    }

    private static void ReportImpossible(Policy policy, bool fits, ValidationOptions options, PolicyFindings findings)
    {
        if (fits)
        {
            findings.Report(
                ProblemCodes.ImpossiblePolicy, options.ImpossiblePolicies, policy.Syntax.Span with { Length = 0 },
                "can never apply: by the types of the schema its conditions are always false.",
                "Correct the condition, or remove the policy.");
        }
        else
        {
            findings.Report(
                ProblemCodes.NoActionApplies, options.ImpossiblePolicies, policy.Syntax.Span with { Length = 0 },
                "can never apply: no action of the schema has such a principal and such a resource.",
                "Compare its scope with `appliesTo` in the schema.");
        }
    }

    private static Expr ToExpr(ConditionSyntax condition) =>
        condition.IsUnless ? new UnaryExpr(condition.Body.Span, condition.Body.Depth + 1, UnaryOperator.Not, condition.Body) : condition.Body;

    private static List<Expr> ScopeOf(PolicySyntax policy)
    {
        var scope = new List<Expr>();
        foreach (var demand in new[] { policy.Principal, policy.Action, policy.Resource })
        {
            Expr variable = new VariableExpr(demand.Span, demand.Variable);
            if (demand.TypeName is not null)
                scope.Add(new IsExpr(demand.Span, 2, variable, demand.TypeName, demand.TypeSpan, null));
            var literals = demand.Entities.Select((uid, i) => (Expr)new LiteralExpr(demand.EntitySpans[i], uid)).ToImmutableArray();
            if (demand.Kind == ScopeKind.Equal)
                scope.Add(new BinaryExpr(demand.Span, 2, BinaryOperator.Equal, variable, literals[0]));
            else if (demand.Kind is ScopeKind.In or ScopeKind.IsIn)
                scope.Add(new BinaryExpr(demand.Span, 2, BinaryOperator.In, variable, literals[0]));
            else if (demand.Kind == ScopeKind.InSet)
                scope.Add(new BinaryExpr(demand.Span, 3, BinaryOperator.In, variable, new SetExpr(demand.Span, 2, literals)));
        }

        return scope;
    }
}
