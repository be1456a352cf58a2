namespace Vetopoint.Cedar.Syntax;

/// <summary>The direct parts of an expression, for walks that look at every part alike.</summary>
internal static class ExprParts
{
    public static IEnumerable<Expr> Of(Expr expr) => expr switch
    {
        LiteralExpr or VariableExpr => [],
        AndExpr and => and.Operands,
        OrExpr or => or.Operands,
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        IfExpr conditional => [conditional.Condition, conditional.Then, conditional.Else],
        AttributeExpr attribute => [attribute.Target],
        HasExpr has => [has.Target],
        LikeExpr like => [like.Target],
        IsExpr isExpr => isExpr.Ancestor is null ? [isExpr.Target] : [isExpr.Target, isExpr.Ancestor],
        SetExpr set => set.Elements,
        RecordExpr record => record.Entries.Select(entry => entry.Value),
        CallExpr call => call.Arguments,
        _ => throw new InvalidOperationException($"No parts known of {expr.GetType().Name}."),
    };
}
