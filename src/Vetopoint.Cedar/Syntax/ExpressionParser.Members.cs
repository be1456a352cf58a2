using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>What binds tightest: accesses, calls, literals, sets and records.</summary>
internal sealed partial class ExpressionParser
{
    private Expr ParseMember()
    {
        var expr = ParsePrimary();
        while (true)
        {
            if (reader.TryTake(TokenKind.Dot))
            {
                var name = reader.ExpectName("the name of an attribute or a method");
                var nameSpan = reader.Previous.Span;
                expr = reader.Current.Kind == TokenKind.OpenParenthesis
                    ? ParseMethod(expr, name, nameSpan)
                    : Attribute(expr, name, nameSpan);
            }
            else if (reader.TryTake(TokenKind.OpenBracket))
            {
                var name = reader.ExpectText("the name of an attribute in quotes");
                var nameSpan = reader.Previous.Span;
                reader.Expect(TokenKind.CloseBracket, "`]`");
                expr = Attribute(expr, name, nameSpan);
            }
            else
            {
                return expr;
            }
        }
    }

    private AttributeExpr Attribute(Expr target, string name, TextSpan nameSpan)
    {
        var span = TextSpan.Between(target.Span, reader.Previous.Span);
        return new AttributeExpr(span, Deeper(target.Depth, span), target, name, nameSpan);
    }

    private Expr ParseMethod(Expr target, string name, TextSpan nameSpan)
    {
        var arguments = ParseArguments();
        var span = TextSpan.Between(target.Span, reader.Previous.Span);
        if (CallSyntax.Method(name) is { } method)
        {
            RequireArguments(name, nameSpan, arguments.Length, 1);
            return Binary(method, target, arguments[0]) with { Span = span };
        }

        if (name == CallSyntax.IsEmpty)
        {
            RequireArguments(name, nameSpan, arguments.Length, 0);
            return new UnaryExpr(span, Deeper(target.Depth, span), UnaryOperator.IsEmpty, target);
        }

        if (!ExtensionSignature.ByName.TryGetValue(name, out var signature) || !signature.IsMethod)
        {
            var isFunction = signature is not null;
            throw reader.Error(
                ProblemCodes.UnknownFunction, nameSpan, $"`{name}` is not a method.",
                isFunction ? $"It is a function: write `{name}( … )`." : Suggestion.DidYouMean(name, CallSyntax.MethodNames));
        }

        return new CallExpr(span, Deeper(Math.Max(target.Depth, DepthOf(arguments)), span), signature.Function, [target, .. arguments]);
    }

    private void RequireArguments(string name, TextSpan span, int given, int wanted)
    {
        if (given != wanted)
        {
            throw reader.Error(
                ProblemCodes.WrongArguments, span, $"`{name}` takes {wanted} {(wanted == 1 ? "argument" : "arguments")}, but {given} stand here.",
                null);
        }
    }

    private Expr ParsePrimary()
    {
        var token = reader.Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return ParseNumber();
            case TokenKind.Text:
                return new LiteralExpr(token.Span, new CedarString(reader.ExpectText("text")));
            case TokenKind.OpenParenthesis:
                return ParseParentheses();
            case TokenKind.OpenBracket:
                var elements = ParseList(TokenKind.OpenBracket, TokenKind.CloseBracket, "`]`");
                var span = TextSpan.Between(token.Span, reader.Previous.Span);
                return new SetExpr(span, Deeper(DepthOf(elements), span), elements);
            case TokenKind.OpenBrace:
                return ParseRecord();
            case TokenKind.Slot:
                throw Slot();
            case TokenKind.Identifier:
                return ParseWord();
            default:
                throw reader.Unexpected("an expression");
        }
    }

    private Expr ParseParentheses()
    {
        reader.Take();
        var inner = Parse();
        reader.Expect(TokenKind.CloseParenthesis, "`)`");
        return inner;
    }

    private Expr ParseWord()
    {
        var token = reader.Current;
        var followed = reader.NextKind;
        if (followed == TokenKind.OpenParenthesis)
            return ParseFunction();
        if (followed == TokenKind.DoubleColon)
            return ParseEntityOrFail();
        if (CallSyntax.Constant(reader.TextOf(token)) is { } constant)
            return new LiteralExpr(reader.Take().Span, CedarBool.Of(constant));
        if (CallSyntax.Variable(reader.TextOf(token)) is { } variable)
            return new VariableExpr(reader.Take().Span, variable);
        if (reader.IsWord("if"))
        {
            throw reader.Error(
                ProblemCodes.UnexpectedText, token.Span, "`if` cannot stand beside an operator.",
                "Put the whole `if` in parentheses.");
        }

        var name = reader.ExpectName("an expression");
        throw reader.Error(
            ProblemCodes.UnexpectedText, token.Span, $"`{name}` is not a variable.",
            Suggestion.DidYouMean(name, CallSyntax.VariableNames) ?? "The variables are `principal`, `action`, `resource` and `context`.");
    }

    private LiteralExpr ParseEntityOrFail()
    {
        var uid = ParseEntity(out var span);
        return new LiteralExpr(span, uid);
    }

    private CallExpr ParseFunction()
    {
        var start = reader.Current.Span;
        var name = reader.ExpectName("a function");
        var arguments = ParseArguments();
        var span = TextSpan.Between(start, reader.Previous.Span);
        if (!ExtensionSignature.ByName.TryGetValue(name, out var signature) || signature.IsMethod)
        {
            var isMethod = signature is not null || CallSyntax.Method(name) is not null || name == CallSyntax.IsEmpty;
            throw reader.Error(
                ProblemCodes.UnknownFunction, start, $"`{name}` is not a function.",
                isMethod ? $"It is a method: write `value.{name}( … )`." : Suggestion.DidYouMean(name, CallSyntax.FunctionNames));
        }

        return new CallExpr(span, Deeper(DepthOf(arguments), span), signature.Function, arguments);
    }

    private ImmutableArray<Expr> ParseArguments() => ParseList(TokenKind.OpenParenthesis, TokenKind.CloseParenthesis, "`)`");

    private ImmutableArray<Expr> ParseList(TokenKind open, TokenKind close, string closeText)
    {
        reader.Expect(open, "a list");
        var items = ImmutableArray.CreateBuilder<Expr>();
        while (reader.Current.Kind != close)
        {
            items.Add(Parse());
            if (!reader.TryTake(TokenKind.Comma))
                break;
        }

        reader.Expect(close, "`,` or " + closeText);
        return items.DrainToImmutable();
    }

    private RecordExpr ParseRecord()
    {
        var start = reader.Take().Span;
        var entries = ImmutableArray.CreateBuilder<RecordEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Current.Kind != TokenKind.CloseBrace)
        {
            var name = reader.Current.Kind == TokenKind.Text
                ? reader.ExpectText("the name of an attribute")
                : reader.ExpectName("the name of an attribute");
            var nameSpan = reader.Previous.Span;
            if (!names.Add(name))
            {
                throw reader.Error(
                    ProblemCodes.DuplicateKey, nameSpan, $"The record has the attribute `{name}` already.", "Give each name once.");
            }

            reader.Expect(TokenKind.Colon, "`:`");
            entries.Add(new RecordEntry(name, nameSpan, Parse()));
            if (!reader.TryTake(TokenKind.Comma))
                break;
        }

        reader.Expect(TokenKind.CloseBrace, "`,` or `}`");
        var span = TextSpan.Between(start, reader.Previous.Span);
        var depth = 0;
        foreach (var entry in entries)
            depth = Math.Max(depth, entry.Value.Depth);
        return new RecordExpr(span, Deeper(depth, span), entries.DrainToImmutable());
    }
}
