using System.Collections.Frozen;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>Which attributes of the context a policy looks at, so that answers for other contexts can be reused.</summary>
internal sealed class ContextUse
{
    private readonly bool _isWhole;
    private readonly FrozenSet<string> _names;

    private ContextUse(bool isWhole, IEnumerable<string> names)
    {
        _isWhole = isWhole;
        _names = names.ToFrozenSet(StringComparer.Ordinal);
    }

    public static ContextUse Of(PolicySyntax policy)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var isWhole = false;
        foreach (var condition in policy.Conditions)
            Collect(condition.Body, names, ref isWhole);
        return new ContextUse(isWhole, names);
    }

    /// <summary>Whether the policy may answer otherwise when these attributes change.</summary>
    public bool Touches(CedarRecord changed)
    {
        if (_isWhole)
            return changed.Count > 0;
        foreach (var name in changed.Names)
            if (_names.Contains(name))
                return true;
        return false;
    }

    private static void Collect(Expr expr, HashSet<string> names, ref bool isWhole)
    {
        switch (expr)
        {
            case AttributeExpr { Target: VariableExpr { Variable: Variable.Context } } attribute:
                names.Add(attribute.Name);
                break;
            case HasExpr { Target: VariableExpr { Variable: Variable.Context } } has:
                names.Add(has.Path[0]);
                break;
            case VariableExpr { Variable: Variable.Context }:
                isWhole = true;
                break;
            default:
                foreach (var part in ExprParts.Of(expr))
                    Collect(part, names, ref isWhole);
                break;
        }
    }
}
