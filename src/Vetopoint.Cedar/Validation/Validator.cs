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
            if (policy.Link is null)
                Validate(policy.Syntax, new PolicyFindings(policy, problems), facts, options, problems);
        foreach (var template in policies.Templates)
            Validate(template, policies, facts, options, problems);
        return problems.ToImmutable();
    }

    /// <summary>A template is checked once; of a policy made of it what its entities add, because the rest is the template's.</summary>
    private static void Validate(PolicyTemplate template, PolicySet policies, SchemaFacts facts, ValidationOptions options, ProblemList problems)
    {
        var findings = new PolicyFindings(template, problems);
        var before = problems.Count;
        Validate(template.Syntax, findings, facts, options, problems);
        var isSound = problems.Count == before;
        var isLinked = false;
        foreach (var policy in policies.Policies)
        {
            if (policy.Link?.TemplateId != template.Id)
                continue;
            isLinked = true;
            var ofLink = new PolicyFindings(policy, problems);
            if (isSound)
                Validate(policy.Syntax, ofLink, facts, options, problems);
            else
                new LiteralCheck(facts, options, ofLink).CheckScope(policy.Syntax);
        }

        if (!isLinked)
        {
            findings.Report(
                ProblemCodes.UnlinkedTemplate, options.ImpossiblePolicies, template.Syntax.Span with { Length = 0 },
                "has no link, so it decides nothing.", "Link it, or remove it.");
        }
    }

    private static void Validate(PolicySyntax policy, PolicyFindings findings, SchemaFacts facts, ValidationOptions options, ProblemList problems)
    {
        var before = problems.Count;
        new LiteralCheck(facts, options, findings).Check(policy);
        var scope = ScopeOf(policy);
        var conditions = policy.Conditions.Select(ToExpr).ToList();
        var fits = false;
        var mayApply = false;
        foreach (var environment in facts.Environments)
        {
            var checker = new TypeChecker(facts, environment, findings)
            {
                Reached = options.LevelMax is null ? null : new Dictionary<Expr, CedarType>(ReferenceEqualityComparer.Instance),
            };
            if (checker.CheckAnd(scope, Capabilities.None).IsFalse)
                continue;
            fits = true;
            var whole = checker.CheckAnd(scope.Concat(conditions), Capabilities.None);
            mayApply |= !whole.IsFalse;
            if (whole.Type is not null && options.LevelMax is { } levelMax)
                new LevelCheck(facts, environment, checker.Reached!, levelMax, findings).Check(policy, scope.Concat(conditions));
        }

        findings.ReportUndeclared(options.ImpossiblePolicies);
        if (problems.Count == before && !mayApply)
            ReportImpossible(policy, fits, options, findings);
        foreach (var attribute in options.MonotoneAttributes)
            new MonotoneUse(attribute, findings).Check(policy);
    }

    private static void ReportImpossible(PolicySyntax policy, bool fits, ValidationOptions options, PolicyFindings findings)
    {
        if (fits)
        {
            findings.Report(
                ProblemCodes.ImpossiblePolicy, options.ImpossiblePolicies, policy.Span with { Length = 0 },
                "can never apply: by the types of the schema its conditions are always false.",
                "Correct the condition, or remove the policy.");
        }
        else
        {
            findings.Report(
                ProblemCodes.NoActionApplies, options.ImpossiblePolicies, policy.Span with { Length = 0 },
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

            // Whatever stands for a slot may be the variable's own entity, so a slot rules out nothing.
            if (demand.IsSlot)
                continue;
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
