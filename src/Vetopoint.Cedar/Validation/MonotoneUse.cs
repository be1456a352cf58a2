using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>
/// Checks that a policy uses an attribute only so that raising it never removes a permission: in a <c>permit</c> raising it
/// may only make the condition true, in a <c>forbid</c> only false.
/// </summary>
/// <remarks>
/// <para>
/// The attribute may stand alone on one side of <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c>, opposite a literal number,
/// below nothing but <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, <c>if</c> (not in its test) and <c>when</c> or <c>unless</c>.
/// Asking <c>has</c> for it is allowed as well: whether it is there does not change when it is raised.
/// </para>
/// <para>
/// The proof is about policies that evaluate. Where raising the attribute makes a policy reach a part that errs (what strict
/// validation leaves: overflow, entities that are missing or unavailable), the answer is a Deny, as for every error.
/// </para>
/// </remarks>
internal sealed class MonotoneUse
{
    private readonly string _attribute;
    private readonly Variable _variable;
    private readonly string[] _path;
    private readonly PolicyFindings _findings;

    /// <exception cref="ArgumentException">The attribute is not a path from a variable.</exception>
    public MonotoneUse(string attribute, PolicyFindings findings)
    {
        var parts = attribute.Split('.');
        if (parts.Length < 2 || CallSyntax.Variable(parts[0]) is not { } variable || !Array.TrueForAll(parts, part => Names.IsIdentifier(part)))
            throw new ArgumentException($"`{attribute}` is not a path from a variable. Write it as `context.name`.", nameof(attribute));
        _attribute = attribute;
        _variable = variable;
        _path = parts[1..];
        _findings = findings;
    }

    private enum Direction
    {
        /// <summary>Raising may turn it from false to true only.</summary>
        Up,

        /// <summary>Raising may turn it from true to false only.</summary>
        Down,
    }

    public void Check(PolicySyntax policy)
    {
        foreach (var condition in policy.Conditions)
        {
            var wanted = policy.Effect == PolicyEffect.Permit ? Direction.Up : Direction.Down;
            Check(condition.Body, condition.IsUnless ? Opposite(wanted) : wanted);
        }
    }

    private static Direction Opposite(Direction direction) => direction == Direction.Up ? Direction.Down : Direction.Up;

    private void Check(Expr expr, Direction wanted)
    {
        switch (expr)
        {
            case AndExpr and:
                foreach (var operand in and.Operands)
                    Check(operand, wanted);
                break;
            case OrExpr or:
                foreach (var operand in or.Operands)
                    Check(operand, wanted);
                break;
            case UnaryExpr { Operator: UnaryOperator.Not } not:
                Check(not.Operand, Opposite(wanted));
                break;
            case IfExpr conditional:
                Refuse(conditional.Condition);
                Check(conditional.Then, wanted);
                Check(conditional.Else, wanted);
                break;
            case BinaryExpr binary when IsAttribute(binary.Left) && IsNumber(binary.Right) && DirectionOf(binary.Operator) is { } direction:
                Require(direction == wanted, binary, wanted);
                break;
            case BinaryExpr binary when IsAttribute(binary.Right) && IsNumber(binary.Left) && DirectionOf(binary.Operator) is { } direction:
                Require(Opposite(direction) == wanted, binary, wanted);
                break;
            default:
                Refuse(expr);
                break;
        }
    }

    private static bool IsNumber(Expr expr) => expr is LiteralExpr { Value: CedarLong };

    /// <summary>How a comparison moves when its left side is raised.</summary>
    private static Direction? DirectionOf(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Greater or BinaryOperator.GreaterOrEqual => Direction.Up,
        BinaryOperator.Less or BinaryOperator.LessOrEqual => Direction.Down,
        _ => null,
    };

    /// <summary>Nothing in this part may look at the attribute or pass on what holds it.</summary>
    private void Refuse(Expr expr)
    {
        if (Covers(expr) is not null)
        {
            Report(expr.Span, "Compare it with a number by `<`, `<=`, `>` or `>=`, and nothing else.");
            return;
        }

        foreach (var part in ExprParts.Of(expr))
            if (!LooksElsewhere(expr, part))
                Refuse(part);
    }

    /// <summary>Whether an expression only picks another attribute out of what holds this one, or asks whether it is there.</summary>
    private bool LooksElsewhere(Expr expr, Expr target) =>
        expr is AttributeExpr or HasExpr && Covers(target) is { } length && length < _path.Length;

    private bool IsAttribute(Expr expr) => Covers(expr) == _path.Length;

    /// <summary>How much of the path an expression goes along: 0 for the variable itself; null when it goes elsewhere.</summary>
    private int? Covers(Expr expr)
    {
        if (expr is VariableExpr variable)
            return variable.Variable == _variable ? 0 : null;
        if (expr is not AttributeExpr access || Covers(access.Target) is not { } length || length == _path.Length)
            return null;
        return _path[length] == access.Name ? length + 1 : null;
    }

    private void Require(bool holds, BinaryExpr comparison, Direction wanted)
    {
        if (!holds)
        {
            Report(
                comparison.Span,
                wanted == Direction.Up ? "Here it must be compared by `>` or `>=`." : "Here it must be compared by `<` or `<=`.");
        }
    }

    private void Report(TextSpan span, string help) =>
        _findings.Error(
            ProblemCodes.NotMonotone, span, $"uses `{_attribute}` so that raising it could remove a permission.", help);
}
