using System.Text;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Writes an expression in one canonical way: the same text for the same expression, wherever it stands.</summary>
internal static class ExprText
{
    public static string Of(Expr expr)
    {
        var builder = new StringBuilder();
        Append(builder, expr);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, Expr expr)
    {
        switch (expr)
        {
            case LiteralExpr { Value: CedarLong { Value: < 0 } negative }:
                builder.Append('(').Append(negative).Append(')');
                break;
            case LiteralExpr literal:
                builder.Append(literal.Value);
                break;
            case VariableExpr variable:
                builder.Append(VariableName(variable.Variable));
                break;
            case AndExpr and:
                AppendList(builder, and.Operands, " && ", '(', ')');
                break;
            case OrExpr or:
                AppendList(builder, or.Operands, " || ", '(', ')');
                break;
            case UnaryExpr unary:
                AppendUnary(builder, unary);
                break;
            case BinaryExpr binary:
                AppendBinary(builder, binary);
                break;
            case IfExpr conditional:
                builder.Append("(if ");
                Append(builder, conditional.Condition);
                builder.Append(" then ");
                Append(builder, conditional.Then);
                builder.Append(" else ");
                Append(builder, conditional.Else);
                builder.Append(')');
                break;
            case AttributeExpr attribute:
                Append(builder, attribute.Target);
                builder.Append('[').Append(TextEscapes.Quote(attribute.Name)).Append(']');
                break;
            case HasExpr has:
                builder.Append('(');
                Append(builder, has.Target);
                builder.Append(" has ");
                builder.Append(has.Path.Length == 1 ? TextEscapes.Quote(has.Path[0]) : string.Join('.', has.Path)).Append(')');
                break;
            case LikeExpr like:
                builder.Append('(');
                Append(builder, like.Target);
                builder.Append(" like ").Append(like.Pattern).Append(')');
                break;
            case IsExpr isExpr:
                AppendIs(builder, isExpr);
                break;
            case SetExpr set:
                AppendList(builder, set.Elements, ", ", '[', ']');
                break;
            case RecordExpr record:
                AppendRecord(builder, record);
                break;
            case CallExpr call:
                AppendCall(builder, call);
                break;
            default:
                throw new InvalidOperationException($"No text known of {expr.GetType().Name}.");
        }
    }

    public static string VariableName(Variable variable) => variable switch
    {
        Variable.Principal => "principal",
        Variable.Action => "action",
        Variable.Resource => "resource",
        Variable.Context => "context",
    };

    private static void AppendUnary(StringBuilder builder, UnaryExpr unary)
    {
        // The inner parentheses keep a minus apart from a number, which would otherwise be read as one.
        if (unary.Operator != UnaryOperator.IsEmpty)
            builder.Append(unary.Operator == UnaryOperator.Not ? "(!(" : "(-(");
        Append(builder, unary.Operand);
        builder.Append(unary.Operator == UnaryOperator.IsEmpty ? ".isEmpty()" : "))");
    }

    private static void AppendBinary(StringBuilder builder, BinaryExpr binary)
    {
        var isMethod = binary.Operator >= BinaryOperator.Contains;
        builder.Append(isMethod ? "" : "(");
        Append(builder, binary.Left);
        builder.Append(binary.Operator switch
        {
            BinaryOperator.Equal => " == ",
            BinaryOperator.NotEqual => " != ",
            BinaryOperator.Less => " < ",
            BinaryOperator.LessOrEqual => " <= ",
            BinaryOperator.Greater => " > ",
            BinaryOperator.GreaterOrEqual => " >= ",
            BinaryOperator.In => " in ",
            BinaryOperator.Add => " + ",
            BinaryOperator.Subtract => " - ",
            BinaryOperator.Multiply => " * ",
            BinaryOperator.Contains => ".contains(",
            BinaryOperator.ContainsAll => ".containsAll(",
            BinaryOperator.ContainsAny => ".containsAny(",
            BinaryOperator.HasTag => ".hasTag(",
            BinaryOperator.GetTag => ".getTag(",
        });
        Append(builder, binary.Right);
        builder.Append(')');
    }

    private static void AppendIs(StringBuilder builder, IsExpr isExpr)
    {
        builder.Append('(');
        Append(builder, isExpr.Target);
        builder.Append(" is ").Append(isExpr.TypeName);
        if (isExpr.Ancestor is not null)
        {
            builder.Append(" in ");
            Append(builder, isExpr.Ancestor);
        }

        builder.Append(')');
    }

    private static void AppendRecord(StringBuilder builder, RecordExpr record)
    {
        builder.Append('{');
        for (var i = 0; i < record.Entries.Length; i++)
        {
            builder.Append(i == 0 ? "" : ", ").Append(TextEscapes.Quote(record.Entries[i].Name)).Append(": ");
            Append(builder, record.Entries[i].Value);
        }

        builder.Append('}');
    }

    private static void AppendCall(StringBuilder builder, CallExpr call)
    {
        var signature = ExtensionSignature.Of(call.Function);
        var arguments = call.Arguments.AsSpan();
        if (signature.IsMethod)
        {
            Append(builder, arguments[0]);
            builder.Append('.');
            arguments = arguments[1..];
        }

        builder.Append(signature.Name);
        AppendList(builder, arguments, ", ", '(', ')');
    }

    private static void AppendList(StringBuilder builder, ReadOnlySpan<Expr> items, string separator, char open, char close)
    {
        builder.Append(open);
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0)
                builder.Append(separator);
            Append(builder, items[i]);
        }

        builder.Append(close);
    }

    private static void AppendList(
        StringBuilder builder, System.Collections.Immutable.ImmutableArray<Expr> items, string separator, char open, char close) =>
        AppendList(builder, items.AsSpan(), separator, open, close);
}
