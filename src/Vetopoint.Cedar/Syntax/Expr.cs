using System.Collections.Immutable;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>An expression as written, with the place it was written at.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Depth">1, or one more than its deepest part. INVARIANT: at most <see cref="CedarLimits.NestingMax"/>.</param>
internal abstract record Expr(TextSpan Span, int Depth);

internal sealed record LiteralExpr(TextSpan Span, CedarValue Value) : Expr(Span, 1);

internal sealed record VariableExpr(TextSpan Span, Variable Variable) : Expr(Span, 1);

/// <summary><c>a &amp;&amp; b &amp;&amp; c</c>: as long as it likes without being deep.</summary>
internal sealed record AndExpr(TextSpan Span, int Depth, ImmutableArray<Expr> Operands) : Expr(Span, Depth);

internal sealed record OrExpr(TextSpan Span, int Depth, ImmutableArray<Expr> Operands) : Expr(Span, Depth);

internal sealed record UnaryExpr(TextSpan Span, int Depth, UnaryOperator Operator, Expr Operand) : Expr(Span, Depth);

internal sealed record BinaryExpr(TextSpan Span, int Depth, BinaryOperator Operator, Expr Left, Expr Right) : Expr(Span, Depth);

internal sealed record IfExpr(TextSpan Span, int Depth, Expr Condition, Expr Then, Expr Else) : Expr(Span, Depth);

internal sealed record AttributeExpr(TextSpan Span, int Depth, Expr Target, string Name, TextSpan NameSpan) : Expr(Span, Depth);

/// <summary><c>target has a.b.c</c>.</summary>
internal sealed record HasExpr(TextSpan Span, int Depth, Expr Target, ImmutableArray<string> Path, TextSpan PathSpan) : Expr(Span, Depth);

internal sealed record LikeExpr(TextSpan Span, int Depth, Expr Target, LikePattern Pattern) : Expr(Span, Depth);

/// <summary><c>target is Type</c>, with <c>in ancestor</c> when that is not null.</summary>
internal sealed record IsExpr(TextSpan Span, int Depth, Expr Target, string TypeName, TextSpan TypeSpan, Expr? Ancestor) : Expr(Span, Depth);

internal sealed record SetExpr(TextSpan Span, int Depth, ImmutableArray<Expr> Elements) : Expr(Span, Depth);

internal sealed record RecordExpr(TextSpan Span, int Depth, ImmutableArray<RecordEntry> Entries) : Expr(Span, Depth);

/// <summary>A call of an extension's function or method; for a method the first argument is what stood before the dot.</summary>
internal sealed record CallExpr(TextSpan Span, int Depth, ExtensionFunction Function, ImmutableArray<Expr> Arguments) : Expr(Span, Depth);

internal sealed record RecordEntry(string Name, TextSpan NameSpan, Expr Value);

internal enum Variable : byte
{
    Principal,
    Action,
    Resource,
    Context,
}

internal enum UnaryOperator : byte
{
    Not,
    Negate,
    IsEmpty,
}

internal enum BinaryOperator : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Contains,
    ContainsAll,
    ContainsAny,
    HasTag,
    GetTag,
}
