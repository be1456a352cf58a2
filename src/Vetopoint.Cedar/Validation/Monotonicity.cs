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
            if (policy.Link is null)
                new MonotoneUse(attribute, new PolicyFindings(policy, problems)).Check(policy.Syntax);
        foreach (var template in policies.Templates)
            new MonotoneUse(attribute, new PolicyFindings(template, problems)).Check(template.Syntax);
        return problems.ToImmutable();
    }
}
