using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Evaluation;

internal sealed class SetNode(Node[] elements) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var values = new CedarValue[elements.Length];
        for (var i = 0; i < elements.Length; i++)
        {
            var value = elements[i].Evaluate(ref frame);
            if (value.IsError)
                return value;
            values[i] = value.ToValue();
        }

        return Operand.Of(CedarSet.Of(values));
    }
}

internal sealed class RecordNode(string[] names, Node[] values) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var attributes = new (string Name, CedarValue Value)[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i].Evaluate(ref frame);
            if (value.IsError)
                return value;
            attributes[i] = (names[i], value.ToValue());
        }

        return Operand.Of(CedarRecord.Of(attributes));
    }
}

/// <summary><c>contains</c>, <c>containsAll</c>, <c>containsAny</c>.</summary>
internal sealed class ContainsNode(BinaryOperator operation, Node left, Node right) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var first = left.Evaluate(ref frame);
        if (first.IsError)
            return first;
        var second = right.Evaluate(ref frame);
        if (second.IsError)
            return second;
        if (first.Object is not CedarSet set)
            return frame.FailType("set", first);
        if (operation == BinaryOperator.Contains)
            return Operand.Of(set.Contains(second.ToValue()));
        if (second.Object is not CedarSet other)
            return frame.FailType("set", second);
        return Operand.Of(operation == BinaryOperator.ContainsAll ? other.IsSubsetOf(set) : set.Overlaps(other));
    }
}

internal sealed class IsEmptyNode(Node operand) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (value.Object is CedarSet set)
            return Operand.Of(set.Count == 0);
        return value.IsError ? value : frame.FailType("set", value);
    }
}

internal sealed class LikeNode(Node operand, LikePattern pattern) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var value = operand.Evaluate(ref frame);
        if (value.Object is CedarString text)
            return Operand.Of(pattern.Matches(text.Value));
        return value.IsError ? value : frame.FailType("string", value);
    }
}

/// <summary>A function or method of an extension.</summary>
internal sealed class CallNode(ExtensionSignature signature, Node[] arguments) : Node
{
    public override Operand Evaluate(ref Frame frame)
    {
        var target = arguments[0].Evaluate(ref frame);
        if (target.IsError)
            return target;
        var argument = target;
        if (arguments.Length > 1)
        {
            argument = arguments[1].Evaluate(ref frame);
            if (argument.IsError)
                return argument;
        }

        if (target.Object?.Kind != signature.Parameters[0])
            return frame.FailType(Operand.NameOf(signature.Parameters[0]), target);
        if (arguments.Length > 1 && argument.Object?.Kind != signature.Parameters[1])
            return frame.FailType(Operand.NameOf(signature.Parameters[1]), argument);
        var result = signature.IsConstructor
            ? ExtensionCalls.Construct(signature.Function, ((CedarString)target.Object).Value, out var error)
            : ExtensionCalls.Call(signature.Function, target.Object, argument.Object, out error);
        if (result is not null)
            return Operand.Of(result);
        return frame.Fail(signature.IsConstructor ? $"the text given to `{signature.Name}` {error}" : $"`{signature.Name}`: {error}");
    }
}
