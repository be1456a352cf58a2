using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

internal sealed class EqualNode(Node left, Node right, bool negated) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsError)
            return first;
        var second = right.Evaluate(ref frame);
        return second.IsError ? second : Operand.Of(first.SameAs(second) != negated);
    }
}

/// <summary><c>&lt;</c> and its kin: two numbers, two moments or two durations.</summary>
internal sealed class CompareNode(BinaryOperator operation, Node left, Node right) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsError)
            return first;
        var second = right.Evaluate(ref frame);
        if (second.IsError)
            return second;
        if (first.Kind == OperandKind.Long && second.Kind == OperandKind.Long)
            return Compare(first.Long, second.Long);
        return (first.Object, second.Object) switch
        {
            (CedarDateTime a, CedarDateTime b) => Compare(a.Milliseconds, b.Milliseconds),
            (CedarDuration a, CedarDuration b) => Compare(a.Milliseconds, b.Milliseconds),
            _ => IsComparable(first)
                ? frame.FailType(first.KindName, second)
                : frame.FailType("one of long, datetime, duration", first),
        };
    }

    private static bool IsComparable(Operand value) =>
        value.Kind == OperandKind.Long || value.Object is CedarDateTime or CedarDuration;

    private Operand Compare(long first, long second) => Operand.Of(operation switch
    {
        BinaryOperator.Less => first < second,
        BinaryOperator.LessOrEqual => first <= second,
        BinaryOperator.Greater => first > second,
        _ => first >= second,
    });
}

/// <summary>Arithmetic in 64 bits; what does not fit is an error.</summary>
internal sealed class ArithmeticNode(BinaryOperator operation, Node left, Node right) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsError)
            return first;
        var second = right.Evaluate(ref frame);
        if (second.IsError)
            return second;
        if (first.Kind != OperandKind.Long)
            return frame.FailType("long", first);
        if (second.Kind != OperandKind.Long)
            return frame.FailType("long", second);
        Int128 exact = operation switch
        {
            BinaryOperator.Add => (Int128)first.Long + second.Long,
            BinaryOperator.Subtract => (Int128)first.Long - second.Long,
            _ => (Int128)first.Long * second.Long,
        };
        return exact >= long.MinValue && exact <= long.MaxValue
            ? Operand.Of((long)exact)
            : frame.Fail("the result does not fit in 64 bits");
    }
}

internal sealed class NegateNode(Node operand) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (value.Kind != OperandKind.Long)
            return value.IsError ? value : frame.FailType("long", value);
        return value.Long == long.MinValue
            ? frame.Fail("the result does not fit in 64 bits")
            : Operand.Of(-value.Long);
    }
}
