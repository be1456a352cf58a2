using System.Collections.Immutable;
using System.Globalization;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Reads expressions, from the loosest binding operator to the tightest. The Rust parser's grammar is the reference.</summary>
internal sealed partial class ExpressionParser(TokenReader reader)
{
    private const string SmallestDigits = "9223372036854775808";

    private int _nesting;

    public Expr Parse()
    {
        if (++_nesting > CedarLimits.NestingMax)
            throw TooDeep(reader.Current.Span);
        var expr = reader.IsWord("if") ? ParseIf() : ParseOr();
        _nesting--;
        return expr;
    }

    /// <summary>Called before a new policy is read, because a problem may have left the count standing.</summary>
    public void Reset() => _nesting = 0;

    /// <summary><c>Type::"id"</c>.</summary>
    public EntityUid ParseEntity(out TextSpan span)
    {
        if (reader.Current.Kind == TokenKind.Slot)
            throw Slot();
        var type = reader.ExpectPath("an entity such as `Type::\"id\"`", out var typeSpan);
        reader.Expect(TokenKind.DoubleColon, "`::` and an id in quotes");
        var id = reader.ExpectText("an id in quotes");
        span = TextSpan.Between(typeSpan, reader.Previous.Span);
        return new EntityUid(type, id);
    }

    public SyntaxException Slot() =>
        reader.Error(
            ProblemCodes.TemplateSlot, reader.Current.Span, $"The slot `{reader.TextOf(reader.Current)}` cannot stand here.",
            "A slot stands only in the scope, as in `principal == ?principal` or `resource in ?resource`.");

    private IfExpr ParseIf()
    {
        var start = reader.Take().Span;
        var condition = Parse();
        reader.ExpectWord("then");
        var then = Parse();
        reader.ExpectWord("else");
        var otherwise = Parse();
        var span = TextSpan.Between(start, otherwise.Span);
        var depth = Math.Max(condition.Depth, Math.Max(then.Depth, otherwise.Depth));
        return new IfExpr(span, Deeper(depth, span), condition, then, otherwise);
    }

    private Expr ParseOr()
    {
        var first = ParseAnd();
        if (reader.Current.Kind != TokenKind.Or)
            return first;
        var operands = ImmutableArray.CreateBuilder<Expr>();
        operands.Add(first);
        while (reader.TryTake(TokenKind.Or))
            operands.Add(ParseAnd());
        var span = TextSpan.Between(first.Span, operands[^1].Span);
        return new OrExpr(span, Deeper(DepthOf(operands), span), operands.DrainToImmutable());
    }

    private Expr ParseAnd()
    {
        var first = ParseRelation();
        if (reader.Current.Kind != TokenKind.And)
            return first;
        var operands = ImmutableArray.CreateBuilder<Expr>();
        operands.Add(first);
        while (reader.TryTake(TokenKind.And))
            operands.Add(ParseRelation());
        var span = TextSpan.Between(first.Span, operands[^1].Span);
        return new AndExpr(span, Deeper(DepthOf(operands), span), operands.DrainToImmutable());
    }

    private Expr ParseRelation()
    {
        var left = ParseAdd();
        var expr = ParseRelationTail(left);
        if (expr != left && IsRelation())
        {
            throw reader.Error(
                ProblemCodes.ChainedComparison, reader.Current.Span,
                "Comparisons cannot be chained.", "Put one of them in parentheses, or join two with `&&`.");
        }

        return expr;
    }

    private Expr ParseRelationTail(Expr left)
    {
        if (reader.Current.Kind == TokenKind.Assign)
            throw reader.Error(ProblemCodes.UnexpectedText, reader.Current.Span, "`=` is not an operator.", "Write `==` to compare.");
        if (reader.TryTakeWord("has"))
            return ParseHas(left);
        if (reader.TryTakeWord("like"))
            return ParseLike(left);
        if (reader.TryTakeWord("is"))
            return ParseIs(left);
        if (RelationOperator() is not { } relation)
            return left;
        reader.Take();
        return Binary(relation, left, ParseAdd());
    }

    private bool IsRelation() =>
        RelationOperator() is not null || reader.IsWord("has") || reader.IsWord("like") || reader.IsWord("is");

    private BinaryOperator? RelationOperator()
    {
        if (reader.Current.Kind == TokenKind.Identifier)
            return reader.IsWord("in") ? BinaryOperator.In : null;
        return reader.Current.Kind switch
        {
            TokenKind.Equal => BinaryOperator.Equal,
            TokenKind.NotEqual => BinaryOperator.NotEqual,
            TokenKind.Less => BinaryOperator.Less,
            TokenKind.LessOrEqual => BinaryOperator.LessOrEqual,
            TokenKind.Greater => BinaryOperator.Greater,
            TokenKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
            _ => null,
        };
    }

    private HasExpr ParseHas(Expr target)
    {
        var start = reader.Current.Span;
        var path = ImmutableArray.CreateBuilder<string>();
        if (reader.Current.Kind == TokenKind.Text)
        {
            path.Add(reader.ExpectText("an attribute"));
        }
        else
        {
            path.Add(reader.ExpectName("the name of an attribute"));
            while (reader.TryTake(TokenKind.Dot))
                path.Add(reader.ExpectName("the name of an attribute"));
        }

        var pathSpan = TextSpan.Between(start, reader.Previous.Span);
        var span = TextSpan.Between(target.Span, pathSpan);
        return new HasExpr(span, Deeper(target.Depth, span), target, path.DrainToImmutable(), pathSpan);
    }

    private LikeExpr ParseLike(Expr target)
    {
        var token = reader.Expect(TokenKind.Text, "a pattern in quotes");
        var pattern = QuotedText.ReadPattern(reader.TextOf(token), out var bad) ?? throw reader.BadEscape(token, bad);
        var span = TextSpan.Between(target.Span, token.Span);
        return new LikeExpr(span, Deeper(target.Depth, span), target, pattern);
    }

    private IsExpr ParseIs(Expr target)
    {
        var typeName = reader.ExpectPath("the name of an entity type", out var typeSpan);
        var ancestor = reader.TryTakeWord("in") ? ParseAdd() : null;
        var span = TextSpan.Between(target.Span, reader.Previous.Span);
        return new IsExpr(span, Deeper(Math.Max(target.Depth, ancestor?.Depth ?? 0), span), target, typeName, typeSpan, ancestor);
    }

    private Expr ParseAdd()
    {
        var left = ParseMultiply();
        while (reader.Current.Kind is TokenKind.Plus or TokenKind.Minus)
        {
            var operation = reader.Take().Kind == TokenKind.Plus ? BinaryOperator.Add : BinaryOperator.Subtract;
            left = Binary(operation, left, ParseMultiply());
        }

        return left;
    }

    private Expr ParseMultiply()
    {
        var left = ParseUnary();
        while (reader.Current.Kind is TokenKind.Star or TokenKind.Slash or TokenKind.Percent)
        {
            var token = reader.Take();
            if (token.Kind != TokenKind.Star)
            {
                throw reader.Error(
                    ProblemCodes.UnexpectedText, token.Span, "Cedar can neither divide nor take a remainder.",
                    "Multiply the other side instead.");
            }

            left = Binary(BinaryOperator.Multiply, left, ParseUnary());
        }

        return left;
    }

    private Expr ParseUnary()
    {
        var sign = reader.Current.Kind;
        if (sign is not (TokenKind.Not or TokenKind.Minus))
            return ParseMember();
        var first = reader.Current.Span;
        var signs = 0;
        while (reader.Current.Kind == sign)
        {
            reader.Take();
            if (++signs > CedarLimits.SignsMax)
            {
                throw reader.Error(
                    ProblemCodes.TooManySigns, TextSpan.Between(first, reader.Previous.Span),
                    $"At most {CedarLimits.SignsMax} `{(sign == TokenKind.Not ? '!' : '-')}` may stand in a row.", "Two of them undo each other.");
            }
        }

        var operand = sign == TokenKind.Minus && IsPlainNumber()
            ? ParseNegativeNumber(ref signs)
            : ParseMember();
        for (; signs > 0; signs--)
        {
            var span = TextSpan.Between(first, operand.Span);
            operand = new UnaryExpr(
                span, Deeper(operand.Depth, span), sign == TokenKind.Not ? UnaryOperator.Not : UnaryOperator.Negate, operand);
        }

        return operand;
    }

    private bool IsPlainNumber() =>
        reader.Current.Kind == TokenKind.Number && reader.NextKind is not (TokenKind.Dot or TokenKind.OpenBracket);

    /// <summary>The last minus before a number belongs to it, so that the smallest number can be written.</summary>
    private LiteralExpr ParseNegativeNumber(ref int signs)
    {
        var minus = reader.Previous.Span;
        var digits = reader.TextOf(reader.Current).TrimStart('0');
        if (!digits.SequenceEqual(SmallestDigits))
        {
            var positive = ParseNumber();
            signs--;
            return new LiteralExpr(TextSpan.Between(minus, positive.Span), CedarLong.Of(-((CedarLong)positive.Value).Value));
        }

        signs--;
        return new LiteralExpr(TextSpan.Between(minus, reader.Take().Span), CedarLong.Of(long.MinValue));
    }

    private LiteralExpr ParseNumber()
    {
        var token = reader.Take();
        if (!long.TryParse(reader.TextOf(token), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            throw reader.Error(
                ProblemCodes.BadNumber, token.Span, "The number does not fit in 64 bits.",
                $"The largest is {long.MaxValue}.");
        }

        return new LiteralExpr(token.Span, CedarLong.Of(value));
    }

    private BinaryExpr Binary(BinaryOperator operation, Expr left, Expr right)
    {
        var span = TextSpan.Between(left.Span, right.Span);
        return new BinaryExpr(span, Deeper(Math.Max(left.Depth, right.Depth), span), operation, left, right);
    }

    private static int DepthOf(IEnumerable<Expr> parts)
    {
        var depth = 0;
        foreach (var part in parts)
            depth = Math.Max(depth, part.Depth);
        return depth;
    }

    private int Deeper(int depth, TextSpan span) =>
        depth < CedarLimits.NestingMax ? depth + 1 : throw TooDeep(span);

    private SyntaxException TooDeep(TextSpan span) =>
        reader.Error(
            ProblemCodes.TooDeep, span with { Length = Math.Min(span.Length, 1) },
            $"The expression nests deeper than {CedarLimits.NestingMax} levels.", "Split the policy in two.");
}
