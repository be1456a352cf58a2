using System.Collections.Immutable;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Testing.Cedar.Interpretation;

/// <summary>
/// Answers requests by walking the syntax tree of every policy: no index, no compilation, nothing reused. Slow and plain on
/// purpose: the compiled engine is compared with it, for what it answers and for how fast.
/// </summary>
public sealed class Interpreter(PolicySet policies, CedarSchema? schema)
{
    /// <summary>What each policy came to, and the decision under Cedar's own rule (an error skips its policy).</summary>
    public InterpretedDecision Decide(CedarRequest request, IEntitySource entities)
    {
        var walk = new ExpressionWalk(request, entities, schema);
        List<Policy>? permits = null;
        List<Policy>? forbids = null;
        List<Policy>? errors = null;
        foreach (var policy in policies.Policies)
        {
            switch (Applies(policy.Syntax, walk))
            {
                case null:
                    (errors ??= []).Add(policy);
                    break;
                case true:
                    (policy.Effect == PolicyEffect.Permit ? permits ??= [] : forbids ??= []).Add(policy);
                    break;
                case false:
                    break;
            }
        }

        var isAllowed = permits is not null && forbids is null;
        return new InterpretedDecision(isAllowed, [.. (isAllowed ? permits : forbids) ?? []], [.. errors ?? []]);
    }

    private static bool? Applies(PolicySyntax policy, ExpressionWalk walk)
    {
        bool? fits = true;
        foreach (var scope in (ReadOnlySpan<ScopeSyntax>)[policy.Principal, policy.Action, policy.Resource])
            fits &= walk.Fits(scope);
        if (fits is not true)
            return fits;
        foreach (var condition in policy.Conditions)
        {
            if (walk.Evaluate(condition.Body) is not CedarBool value)
                return null;
            if (value.Value == condition.IsUnless)
                return false;
        }

        return true;
    }
}

/// <summary>An answer of the interpreter; policies in the order of the set.</summary>
public sealed record InterpretedDecision(bool IsAllowed, ImmutableArray<Policy> Determining, ImmutableArray<Policy> Errors);
