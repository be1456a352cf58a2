using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Validation;

/// <summary>
/// Infers the type of expressions in one request environment, as Cedar's strict mode does. A mistake is reported where it
/// stands.
/// </summary>
internal sealed partial class TypeChecker(SchemaFacts facts, RequestEnvironment environment, PolicyFindings findings)
{
    /// <summary>What is inferred of an expression.</summary>
    /// <param name="Type">Null when a mistake in it was reported.</param>
    /// <param name="Gained">What is known to exist when the expression is true.</param>
    internal readonly record struct Inference(CedarType? Type, Capabilities Gained)
    {
        public static Inference Failed { get; } = new(null, Capabilities.Everything);

        public bool IsTrue => Type == PrimitiveType.True;

        public bool IsFalse => Type == PrimitiveType.False;
    }

    /// <summary>
    /// When given, the type of each expression that is reached and sound. What stands behind a certain answer is not reached.
    /// </summary>
    public Dictionary<Expr, CedarType>? Reached { get; init; }

    public Inference Check(Expr expr, Capabilities known)
    {
        var inference = Infer(expr, known);
        if (Reached is not null && inference.Type is not null)
            Reached[expr] = inference.Type;
        return inference;
    }

    private Inference Infer(Expr expr, Capabilities known) => expr switch
    {
        LiteralExpr literal => Of(TypeOfLiteral(literal.Value)),
        VariableExpr variable => Of(TypeOfVariable(variable.Variable)),
        AndExpr and => CheckAnd(and.Operands, known),
        OrExpr or => CheckOr(or.Operands, known),
        UnaryExpr unary => CheckUnary(unary, known),
        BinaryExpr binary => CheckBinary(binary, known),
        IfExpr conditional => CheckIf(conditional, known),
        AttributeExpr attribute => CheckAttribute(attribute, known),
        HasExpr has => CheckHas(has, known),
        LikeExpr like => Of(Expect(like.Target, PrimitiveType.String, known) is null ? null : PrimitiveType.Bool),
        IsExpr isExpr => CheckIs(isExpr, known),
        SetExpr set => CheckSet(set, known),
        RecordExpr record => CheckRecord(record, known),
        CallExpr call => Of(CheckCall(call, known)),
        _ => throw new InvalidOperationException($"No type known of {expr.GetType().Name}."),
    };

    /// <summary>All are checked from left to right; what stands behind a certain false is not looked at.</summary>
    public Inference CheckAnd(IEnumerable<Expr> operands, Capabilities known)
    {
        CedarType? type = PrimitiveType.True;
        var gained = Capabilities.None;
        foreach (var operand in operands)
        {
            var next = ExpectBool(operand, known.And(gained));
            if (next.IsFalse)
                return new Inference(type is null ? null : PrimitiveType.False, Capabilities.None);
            gained = gained.And(next.Gained);
            if (next.Type is null)
                type = null;
            else if (!next.IsTrue)
                type = type is null ? null : PrimitiveType.Bool;
        }

        return new Inference(type, gained);
    }

    private static Inference Of(CedarType? type) => type is null ? Inference.Failed : new Inference(type, Capabilities.None);

    private CedarType? TypeOfLiteral(CedarValue value) => value switch
    {
        CedarBool boolean => boolean.Value ? PrimitiveType.True : PrimitiveType.False,
        CedarLong => PrimitiveType.Long,
        CedarString => PrimitiveType.String,
        EntityUid uid => facts.TypeOf(uid), // the literal check reports an unknown one
        _ => throw new InvalidOperationException($"No literal is a {value.Kind}."),
    };

    private CedarType TypeOfVariable(Variable variable) => variable switch
    {
        Variable.Principal => CedarType.EntityOf(environment.PrincipalType),
        Variable.Action => CedarType.EntityOf(environment.Action.Uid.Type),
        Variable.Resource => CedarType.EntityOf(environment.ResourceType),
        Variable.Context => environment.Action.Context,
    };

    private Inference CheckOr(ImmutableArray<Expr> operands, Capabilities known)
    {
        CedarType? type = PrimitiveType.False;
        var gained = Capabilities.None;
        var isFirst = true;
        foreach (var operand in operands)
        {
            var next = ExpectBool(operand, known);
            if (next.IsTrue)
                return new Inference(type is null ? null : PrimitiveType.True, Capabilities.None);
            if (next.IsFalse)
                continue;
            gained = isFirst ? next.Gained : gained.Or(next.Gained);
            isFirst = false;
            type = type is null || next.Type is null ? null : PrimitiveType.Bool;
        }

        return new Inference(type, gained);
    }

    private Inference CheckIf(IfExpr conditional, Capabilities known)
    {
        var condition = ExpectBool(conditional.Condition, known);
        if (condition.IsFalse)
            return Check(conditional.Else, known);
        var then = Check(conditional.Then, known.And(condition.Gained));
        var gained = then.Gained.And(condition.Gained);
        if (condition.IsTrue)
            return then with { Gained = gained };
        var otherwise = Check(conditional.Else, known);
        if (condition.Type is null || then.Type is null || otherwise.Type is null)
            return Inference.Failed;
        return JoinOrReport(then.Type, otherwise.Type, conditional.Span, "chooses between") is { } joined
            ? new Inference(joined, gained.Or(otherwise.Gained))
            : Inference.Failed;
    }

    private Inference CheckUnary(UnaryExpr unary, Capabilities known)
    {
        switch (unary.Operator)
        {
            case UnaryOperator.Not:
                var operand = ExpectBool(unary.Operand, known);
                return Of(Negated(operand.Type));
            case UnaryOperator.Negate:
                return Of(Expect(unary.Operand, PrimitiveType.Long, known));
            case UnaryOperator.IsEmpty:
                return Of(ExpectSet(unary.Operand, known) is null ? null : PrimitiveType.Bool);
            default:
                throw new InvalidOperationException($"No type known of {unary.Operator}.");
        }
    }

    private Inference CheckBinary(BinaryExpr binary, Capabilities known)
    {
        switch (binary.Operator)
        {
            case BinaryOperator.Equal:
                return Of(CheckEqual(binary, known));
            case BinaryOperator.NotEqual:
                var equal = CheckEqual(binary, known);
                return Of(Negated(equal));
            case BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                return Of(CheckOrder(binary, known));
            case BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply:
                var left = Expect(binary.Left, PrimitiveType.Long, known);
                return Of(Expect(binary.Right, PrimitiveType.Long, known) is null ? null : left);
            case BinaryOperator.In:
                return Of(CheckIn(binary.Left, binary.Right, known));
            case BinaryOperator.Contains:
                return Of(CheckContains(binary, known));
            case BinaryOperator.ContainsAll or BinaryOperator.ContainsAny:
                return Of(CheckContainsMany(binary, known));
            case BinaryOperator.HasTag:
                return CheckHasTag(binary, known);
            default:
                return Of(CheckGetTag(binary, known));
        }
    }

    private static CedarType? Negated(CedarType? type) =>
        type == PrimitiveType.True ? PrimitiveType.False : type == PrimitiveType.False ? PrimitiveType.True : type;

    private PrimitiveType? CheckEqual(BinaryExpr binary, Capabilities known)
    {
        var left = Check(binary.Left, known).Type;
        var right = Check(binary.Right, known).Type;
        if (left is null || right is null)
            return null;
        if (LiteralOf(binary.Left) is { } first && LiteralOf(binary.Right) is { } second)
            return first.Equals(second) ? PrimitiveType.True : PrimitiveType.False;
        if (TypeLattice.Join(left, right) is not null)
            return PrimitiveType.Bool;
        if (left is EntityReferenceType && right is EntityReferenceType)
            return PrimitiveType.False;
        ReportIncompatible(left, right, binary.Span, "compares");
        return null;
    }

    private CedarType? CheckOrder(BinaryExpr binary, Capabilities known)
    {
        var left = Check(binary.Left, known).Type;
        var right = Check(binary.Right, known).Type;
        if (left is null || right is null)
            return null;
        if (left != PrimitiveType.Long && left != PrimitiveType.DateTime && left != PrimitiveType.Duration)
            return ReportType(binary.Left.Span, "a Long, a datetime or a duration", left);
        return right == left ? PrimitiveType.Bool : ReportType(binary.Right.Span, $"a {left}", right);
    }

    private CedarType? CheckIn(Expr left, Expr right, Capabilities known)
    {
        var type = ExpectEntity(left, known);
        var target = Check(right, known).Type;
        if (type is null || target is null)
            return null;
        var ancestor = target is SetType set ? set.Element as EntityReferenceType : target as EntityReferenceType;
        if (ancestor is null)
            return ReportType(right.Span, "an entity or a set of entities", target);
        if (LiteralOf(left) is EntityUid action && facts.Schema.Actions.ContainsKey(action) && LiteralsOf(right) is { } literals)
            return literals.Any(literal => facts.IsIn(action, literal)) ? PrimitiveType.True : PrimitiveType.False;
        return facts.MayBeIn(type.Name, ancestor.Name) ? PrimitiveType.Bool : PrimitiveType.False;
    }

    private PrimitiveType? CheckContains(BinaryExpr binary, Capabilities known)
    {
        var set = ExpectSet(binary.Left, known);
        var element = Check(binary.Right, known).Type;
        if (set is null || element is null)
            return null;
        return JoinOrReport(set.Element, element, binary.Span, "looks in a set for") is null ? null : PrimitiveType.Bool;
    }

    private PrimitiveType? CheckContainsMany(BinaryExpr binary, Capabilities known)
    {
        var left = ExpectSet(binary.Left, known);
        var right = ExpectSet(binary.Right, known);
        if (left is null || right is null)
            return null;
        return JoinOrReport(left, right, binary.Span, "compares") is null ? null : PrimitiveType.Bool;
    }

    private Inference CheckIs(IsExpr isExpr, Capabilities known)
    {
        var type = ExpectEntity(isExpr.Target, known);
        if (type is null)
            return Inference.Failed;
        if (type.Name != isExpr.TypeName)
            return Of(PrimitiveType.False);
        return Of(isExpr.Ancestor is null ? PrimitiveType.True : CheckIn(isExpr.Target, isExpr.Ancestor, known));
    }

    private Inference CheckSet(SetExpr set, Capabilities known)
    {
        if (set.Elements.IsEmpty)
        {
            findings.Error(
                ProblemCodes.EmptySet, set.Span, "has an empty set, whose type cannot be known.",
                "Compare with `.isEmpty()`, or give it an element.");
            return Inference.Failed;
        }

        CedarType? joined = null;
        var failed = false;
        foreach (var element in set.Elements)
        {
            var type = Check(element, known).Type;
            if (type is not null && joined is not null)
                type = JoinOrReport(joined, type, set.Span, "puts into one set");
            failed |= type is null;
            joined = type ?? joined;
        }

        return Of(failed ? null : CedarType.SetOf(joined!));
    }

    private Inference CheckRecord(RecordExpr record, Capabilities known)
    {
        var attributes = new List<AttributeDefinition>();
        foreach (var entry in record.Entries)
            if (Check(entry.Value, known).Type is { } type)
                attributes.Add(new AttributeDefinition(entry.Name, type));
        return Of(attributes.Count == record.Entries.Length ? CedarType.RecordOf(attributes) : null);
    }

    private PrimitiveType? CheckCall(CallExpr call, Capabilities known)
    {
        var signature = ExtensionSignature.Of(call.Function);
        var wanted = signature.Parameters;
        if (call.Arguments.Length != wanted.Length)
        {
            var target = signature.IsMethod ? 1 : 0;
            var (takes, given) = (wanted.Length - target, call.Arguments.Length - target);
            findings.Error(ProblemCodes.WrongArguments, call.Span, $"gives `{signature.Name}` {given} arguments, but it takes {takes}.");
            return null;
        }

        var failed = false;
        for (var i = 0; i < wanted.Length; i++)
            failed |= Expect(call.Arguments[i], TypeOfKind(wanted[i]), known) is null;
        if (failed)
            return null;
        if (!signature.IsConstructor)
            return TypeOfKind(signature.Result);
        if (call.Arguments[0] is not LiteralExpr { Value: CedarString text })
        {
            findings.Error(
                ProblemCodes.NonLiteralExtension, call.Arguments[0].Span, $"gives `{signature.Name}` a text that is not known before it runs.",
                "Write the text in quotes.");
            return null;
        }

        if (ExtensionCalls.Construct(call.Function, text.Value, out var error) is null)
        {
            findings.Error(ProblemCodes.BadExtensionLiteral, call.Arguments[0].Span, $"cannot make a value with `{signature.Name}`: {text} {error}.");
            return null;
        }

        return TypeOfKind(signature.Result);
    }

    private static PrimitiveType TypeOfKind(CedarValueKind kind) => kind switch
    {
        CedarValueKind.Bool => PrimitiveType.Bool,
        CedarValueKind.Long => PrimitiveType.Long,
        CedarValueKind.String => PrimitiveType.String,
        CedarValueKind.Decimal => PrimitiveType.Decimal,
        CedarValueKind.IpAddress => PrimitiveType.IpAddress,
        CedarValueKind.DateTime => PrimitiveType.DateTime,
        CedarValueKind.Duration => PrimitiveType.Duration,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No extension takes or gives this."),
    };
}
