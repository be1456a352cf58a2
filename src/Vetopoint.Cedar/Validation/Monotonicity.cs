using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;

namespace Vetopoint.Cedar.Validation;

/// <summary>Proves from the text of policies that raising a number never removes a permission.</summary>
public static class Monotonicity
{
    /// <summary>One problem for each use of the attribute that breaks the proof.</summary>
    /// <param name="policies">The set.</param>
    /// <param name="attribute">A path from a variable, such as <c>context.assurance</c>.</param>
    public static ImmutableArray<Problem> Check(PolicySet policies, string attribute)
    {
        ArgumentNullException.ThrowIfNull(policies);
        var problems = new ProblemList();
        foreach (var policy in policies.Policies)
            new MonotoneUse(attribute, new PolicyFindings(policy, problems)).Check(policy.Syntax);
        return problems.ToImmutable();
    }
}
