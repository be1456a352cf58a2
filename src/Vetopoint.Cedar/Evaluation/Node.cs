using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

/// <summary>A compiled expression. Immutable; all that changes is in the frame.</summary>
internal abstract class Node
{
    public abstract Operand Evaluate(ref Frame frame);
}

internal sealed class ConstantNode(CedarValue value) : Node
{
    private readonly Operand _value = Operand.Of(value);

    public CedarValue Value { get; } = value;

    public override Operand Evaluate(ref Frame frame) => _value;
}

/// <summary>A part that is known to fail whenever it is reached, such as <c>decimal("x")</c>.</summary>
internal sealed class FailingNode(string error) : Node
{
    public override Operand Evaluate(ref Frame frame) => frame.Fail(error);
}

internal sealed class PrincipalNode : Node
{
    public override Operand Evaluate(ref Frame frame) => Operand.Of(frame.Principal);
}

internal sealed class ActionNode : Node
{
    public override Operand Evaluate(ref Frame frame) => Operand.Of(frame.Action);
}

internal sealed class ResourceNode : Node
{
    public override Operand Evaluate(ref Frame frame) => Operand.Of(frame.Resource);
}

internal sealed class ContextNode : Node
{
    public override Operand Evaluate(ref Frame frame) => Operand.Of(frame.Context);
}

/// <summary>Short circuit: what comes after the first false is not looked at, not even to fail.</summary>
internal sealed class AndNode(Node[] operands) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(ref frame);
            if (value.Kind != OperandKind.Bool)
                return value.IsError ? value : frame.FailType("bool", value);
            if (!value.IsTrue)
                return value;
        }

        return Operand.Of(true);
    }
}

internal sealed class OrNode(Node[] operands) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        foreach (var operand in operands)
        {
            var value = operand.Evaluate(ref frame);
            if (value.Kind != OperandKind.Bool)
                return value.IsError ? value : frame.FailType("bool", value);
            if (value.IsTrue)
                return value;
        }

        return Operand.Of(false);
    }
}

internal sealed class NotNode(Node operand) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (value.Kind != OperandKind.Bool)
            return value.IsError ? value : frame.FailType("bool", value);
        return Operand.Of(!value.IsTrue);
    }
}

internal sealed class IfNode(Node condition, Node then, Node otherwise) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var value = condition.Evaluate(ref frame);
        if (value.Kind != OperandKind.Bool)
            return value.IsError ? value : frame.FailType("bool", value);
        return (value.IsTrue ? then : otherwise).Evaluate(ref frame);
    }
}
