using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Compilation;

/// <summary>Turns expressions into nodes. Literal sets, records and extension values are made once, here.</summary>
internal static class ExpressionCompiler
{
    private static readonly PrincipalNode Principal = new();
    private static readonly ActionNode Action = new();
    private static readonly ResourceNode Resource = new();
    private static readonly ContextNode Context = new();

    public static Node Compile(Expr expr) => expr switch
    {
        LiteralExpr literal => new ConstantNode(literal.Value),
        VariableExpr variable => CompileVariable(variable.Variable),
        AndExpr and => new AndNode([.. and.Operands.Select(Compile)]),
        OrExpr or => new OrNode([.. or.Operands.Select(Compile)]),
        UnaryExpr unary => CompileUnary(unary),
        BinaryExpr binary => CompileBinary(binary),
        IfExpr conditional => new IfNode(Compile(conditional.Condition), Compile(conditional.Then), Compile(conditional.Else)),
        AttributeExpr attribute => new AttributeNode(Compile(attribute.Target), attribute.Name),
        HasExpr has => new HasNode(Compile(has.Target), [.. has.Path]),
        LikeExpr like => new LikeNode(Compile(like.Target), like.Pattern),
        IsExpr isExpr => new IsNode(
            Compile(isExpr.Target), isExpr.TypeName, isExpr.Ancestor is null ? null : Compile(isExpr.Ancestor)),
        SetExpr set => CompileSet(set),
        RecordExpr record => CompileRecord(record),
        CallExpr call => CompileCall(call),
        _ => throw new InvalidOperationException($"No compilation for {expr.GetType().Name}."),
    };

    private static Node CompileVariable(Variable variable) => variable switch
    {
        Variable.Principal => Principal,
        Variable.Action => Action,
        Variable.Resource => Resource,
        Variable.Context => Context,
    };

    private static Node CompileUnary(UnaryExpr unary)
    {
        var operand = Compile(unary.Operand);
        return unary.Operator switch
        {
            UnaryOperator.Not => new NotNode(operand),
            UnaryOperator.Negate => new NegateNode(operand),
            UnaryOperator.IsEmpty => new IsEmptyNode(operand),
        };
    }

    private static Node CompileBinary(BinaryExpr binary)
    {
        var left = Compile(binary.Left);
        var right = Compile(binary.Right);
        return binary.Operator switch
        {
            BinaryOperator.Equal => new EqualNode(left, right, negated: false),
            BinaryOperator.NotEqual => new EqualNode(left, right, negated: true),
            BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual =>
                new CompareNode(binary.Operator, left, right),
            BinaryOperator.In => new InNode(left, right),
            BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply =>
                new ArithmeticNode(binary.Operator, left, right),
            BinaryOperator.Contains or BinaryOperator.ContainsAll or BinaryOperator.ContainsAny =>
                new ContainsNode(binary.Operator, left, right),
            BinaryOperator.HasTag => new TagNode(left, right, isTest: true),
            BinaryOperator.GetTag => new TagNode(left, right, isTest: false),
        };
    }

    private static Node CompileSet(SetExpr set)
    {
        var elements = set.Elements.Select(Compile).ToArray();
        return Array.TrueForAll(elements, element => element is ConstantNode)
            ? new ConstantNode(CedarSet.Of(elements.Select(element => ((ConstantNode)element).Value)))
            : new SetNode(elements);
    }

    private static Node CompileRecord(RecordExpr record)
    {
        var names = record.Entries.Select(entry => entry.Name).ToArray();
        var values = record.Entries.Select(entry => Compile(entry.Value)).ToArray();
        return Array.TrueForAll(values, value => value is ConstantNode)
            ? new ConstantNode(CedarRecord.Of(names.Zip(values, (name, value) => KeyValuePair.Create(name, ((ConstantNode)value).Value))))
            : new RecordNode(names, values);
    }

    private static Node CompileCall(CallExpr call)
    {
        var signature = ExtensionSignature.Of(call.Function);
        if (call.Arguments.Length != signature.Parameters.Length)
            return new FailingNode($"`{signature.Name}` takes {signature.Parameters.Length} arguments, but {call.Arguments.Length} were given");
        var arguments = call.Arguments.Select(Compile).ToArray();
        if (signature.IsConstructor && arguments[0] is ConstantNode { Value: CedarString text })
        {
            var value = ExtensionCalls.Construct(signature.Function, text.Value, out var error);
            return value is null ? new FailingNode($"the text given to `{signature.Name}` {error}") : new ConstantNode(value);
        }

        return new CallNode(signature, arguments);
    }
}
