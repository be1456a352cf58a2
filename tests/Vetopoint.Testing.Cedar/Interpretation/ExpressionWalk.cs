using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Testing.Cedar.Interpretation;

/// <summary>Evaluates expressions for one request, straight from Cedar's definition. Null means: an error.</summary>
internal sealed class ExpressionWalk(CedarRequest request, IEntitySource entities, CedarSchema? schema)
{
    public bool? Fits(ScopeSyntax scope)
    {
        var uid = scope.Variable switch
        {
            Variable.Principal => request.Principal,
            Variable.Action => request.Action,
            _ => request.Resource,
        };
        if (scope.TypeName is not null && uid.Type != scope.TypeName)
            return false;
        if (scope.Kind is ScopeKind.All or ScopeKind.Is)
            return true;
        if (scope.Kind == ScopeKind.Equal)
            return uid.Equals(scope.Entities[0]);
        return scope.Entities.Any(uid.Equals) ? true : scope.Entities.Length == 0 ? false : IsBelowAny(uid, scope.Entities);
    }

    public CedarValue? Evaluate(Expr expr) => expr switch
    {
        LiteralExpr literal => literal.Value,
        VariableExpr variable => variable.Variable switch
        {
            Variable.Principal => request.Principal,
            Variable.Action => request.Action,
            Variable.Resource => request.Resource,
            _ => request.Context,
        },
        AndExpr and => Chain(and.Operands, stopAt: false),
        OrExpr or => Chain(or.Operands, stopAt: true),
        IfExpr conditional => Evaluate(conditional.Condition) is CedarBool test ? Evaluate(test.Value ? conditional.Then : conditional.Else) : null,
        UnaryExpr unary => Unary(unary.Operator, Evaluate(unary.Operand)),
        BinaryExpr binary => Evaluate(binary.Left) is { } left && Evaluate(binary.Right) is { } right ? Binary(binary.Operator, left, right) : null,
        AttributeExpr attribute => Attribute(Evaluate(attribute.Target), attribute.Name),
        HasExpr has => Has(Evaluate(has.Target), has.Path.AsSpan()),
        LikeExpr like => Evaluate(like.Target) is CedarString text ? like.Pattern.Matches(text.Value) : null,
        IsExpr isExpr => Is(isExpr),
        SetExpr set => All(set.Elements) is { } elements ? CedarSet.Of(elements) : null,
        RecordExpr record => All(record.Entries.Select(entry => entry.Value)) is { } values
            ? CedarRecord.Of(record.Entries.Zip(values, (entry, value) => KeyValuePair.Create(entry.Name, value))) : null,
        CallExpr call => Call(call),
        _ => throw new InvalidOperationException($"No evaluation for {expr.GetType().Name}."),
    };

    private CedarBool? Chain(IEnumerable<Expr> operands, bool stopAt)
    {
        foreach (var operand in operands)
        {
            if (Evaluate(operand) is not CedarBool value)
                return null;
            if (value.Value == stopAt)
                return value;
        }

        return CedarBool.Of(!stopAt);
    }

    private List<CedarValue>? All(IEnumerable<Expr> parts)
    {
        var values = new List<CedarValue>();
        foreach (var part in parts)
        {
            if (Evaluate(part) is not { } value)
                return null;
            values.Add(value);
        }

        return values;
    }

    private static CedarValue? Unary(UnaryOperator operation, CedarValue? operand) => (operation, operand) switch
    {
        (UnaryOperator.Not, CedarBool value) => !value.Value,
        (UnaryOperator.Negate, CedarLong { Value: > long.MinValue } value) => -value.Value,
        (UnaryOperator.IsEmpty, CedarSet set) => set.Count == 0,
        _ => null,
    };

    private CedarValue? Binary(BinaryOperator operation, CedarValue left, CedarValue right) => operation switch
    {
        BinaryOperator.Equal => left.Equals(right),
        BinaryOperator.NotEqual => !left.Equals(right),
        BinaryOperator.Less => Order(left, right) is { } order ? order < 0 : null,
        BinaryOperator.LessOrEqual => Order(left, right) is { } order ? order <= 0 : null,
        BinaryOperator.Greater => Order(left, right) is { } order ? order > 0 : null,
        BinaryOperator.GreaterOrEqual => Order(left, right) is { } order ? order >= 0 : null,
        BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply => Arithmetic(operation, left, right),
        BinaryOperator.In => In(left, right),
        BinaryOperator.Contains => left is CedarSet set ? set.Elements.Any(right.Equals) : null,
        BinaryOperator.ContainsAll => (left, right) is (CedarSet set, CedarSet other) ? other.Elements.All(element => set.Elements.Any(element.Equals)) : null,
        BinaryOperator.ContainsAny => (left, right) is (CedarSet set, CedarSet other) ? other.Elements.Any(element => set.Elements.Any(element.Equals)) : null,
        BinaryOperator.HasTag => Tag(left, right, isTest: true),
        BinaryOperator.GetTag => Tag(left, right, isTest: false),
        _ => throw new InvalidOperationException($"No evaluation for {operation}."),
    };

    private static int? Order(CedarValue left, CedarValue right) => (left, right) switch
    {
        (CedarLong a, CedarLong b) => a.Value.CompareTo(b.Value),
        (CedarDateTime a, CedarDateTime b) => a.Milliseconds.CompareTo(b.Milliseconds),
        (CedarDuration a, CedarDuration b) => a.Milliseconds.CompareTo(b.Milliseconds),
        _ => null,
    };

    private static CedarLong? Arithmetic(BinaryOperator operation, CedarValue left, CedarValue right)
    {
        if (left is not CedarLong a || right is not CedarLong b)
            return null;
        try
        {
            return CedarLong.Of(operation switch
            {
                BinaryOperator.Add => checked(a.Value + b.Value),
                BinaryOperator.Subtract => checked(a.Value - b.Value),
                _ => checked(a.Value * b.Value),
            });
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private CedarBool? In(CedarValue left, CedarValue right)
    {
        if (left is not EntityUid uid)
            return null;
        var roots = right switch
        {
            EntityUid root => [root],
            CedarSet set when set.Elements.All(element => element is EntityUid) => set.Elements.Cast<EntityUid>().ToList(),
            _ => null,
        };
        if (roots is null)
            return null;
        var isIn = roots.Any(uid.Equals) ? true : roots.Count == 0 ? false : IsBelowAny(uid, roots);
        return isIn is { } known ? CedarBool.Of(known) : null;
    }

    private CedarValue? Is(IsExpr expr)
    {
        if (Evaluate(expr.Target) is not EntityUid uid)
            return null;
        if (uid.Type != expr.TypeName)
            return false;
        return expr.Ancestor is null ? true : Evaluate(expr.Ancestor) is { } ancestor ? In(uid, ancestor) : null;
    }

    private CedarValue? Attribute(CedarValue? target, string name) => target switch
    {
        CedarRecord record => record.TryGet(name, out var value) ? value : null,
        EntityUid uid => Find(uid).Entity is { } entity && entity.Attributes.TryGet(name, out var value) ? value : null,
        _ => null,
    };

    private CedarBool? Has(CedarValue? target, ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (target is EntityUid uid && Find(uid).Presence == EntityPresence.Unavailable)
                return null;
            if (target is not (CedarRecord or EntityUid))
                return null;
            target = Attribute(target, name);
            if (target is null)
                return CedarBool.False;
        }

        return target is null ? null : CedarBool.True;
    }

    private CedarValue? Tag(CedarValue target, CedarValue key, bool isTest)
    {
        if (target is not EntityUid uid || key is not CedarString name)
            return null;
        var lookup = Find(uid);
        if (lookup.Presence == EntityPresence.Unavailable)
            return null;
        CedarValue? found = null;
        lookup.Entity?.Tags.TryGet(name.Value, out found);
        return isTest ? CedarBool.Of(found is not null) : found;
    }

    private CedarValue? Call(CallExpr call)
    {
        var signature = ExtensionSignature.Of(call.Function);
        if (call.Arguments.Length != signature.Parameters.Length || All(call.Arguments) is not { } arguments)
            return null;
        for (var i = 0; i < arguments.Count; i++)
            if (arguments[i].Kind != signature.Parameters[i])
                return null;
        return signature.IsConstructor
            ? ExtensionCalls.Construct(call.Function, ((CedarString)arguments[0]).Value, out _)
            : ExtensionCalls.Call(call.Function, arguments[0], arguments.Count > 1 ? arguments[1] : null, out _);
    }

    private bool? IsBelowAny(EntityUid uid, IEnumerable<EntityUid> roots)
    {
        var lookup = Find(uid);
        return lookup.Presence == EntityPresence.Unavailable ? null : lookup.Entity is { } entity && roots.Any(entity.Ancestors.Contains);
    }

    private EntityLookup Find(EntityUid uid) =>
        schema is not null && schema.ActionEntities.TryGetValue(uid, out var action) ? EntityLookup.Found(action) : entities.Find(uid);
}
