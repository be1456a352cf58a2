using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Splits a source into tokens. Policies and schemas share them.</summary>
internal static class Lexer
{
    /// <summary>Roughly how many characters stand behind one token.</summary>
    private const int CharactersPerToken = 5;

    /// <summary>Reads all tokens, the last an <see cref="TokenKind.End"/>. What is no token is reported and left out.</summary>
    public static List<Token> Read(SourceMap source, ProblemList problems)
    {
        var text = source.Text;
        var tokens = new List<Token>((text.Length / CharactersPerToken) + 1);
        if (text.Length > CedarLimits.SourceCharactersMax)
        {
            problems.Error(
                ProblemCodes.TooLarge, source, new TextSpan(0, 0),
                $"The file has {text.Length} characters; at most {CedarLimits.SourceCharactersMax} are read.", "Split it.");
            tokens.Add(new Token(TokenKind.End, new TextSpan(0, 0)));
            return tokens;
        }

        var position = text.Length > 0 && text[0] == '\uFEFF' ? 1 : 0;
        while (position < text.Length)
        {
            var c = text[position];
            if (char.IsWhiteSpace(c))
            {
                position++;
                continue;
            }

            if (c == '/' && Peek(text, position + 1) == '/')
            {
                position = EndOfComment(text, position);
                continue;
            }

            var (kind, length) = Next(text, position);
            var span = new TextSpan(position, Math.Max(length, 1));
            if (length > 0)
                tokens.Add(new Token(kind, span));
            else if (c == '"')
                span = ReportUnterminated(source, problems, position);
            else
                span = ReportStray(source, problems, position);
            position = span.End;
        }

        tokens.Add(new Token(TokenKind.End, new TextSpan(text.Length, 0)));
        return tokens;
    }

    /// <summary>The token at a position; length 0 when there is none.</summary>
    private static (TokenKind Kind, int Length) Next(string text, int position)
    {
        var next = Peek(text, position + 1);
        return text[position] switch
        {
            '(' => (TokenKind.OpenParenthesis, 1),
            ')' => (TokenKind.CloseParenthesis, 1),
            '[' => (TokenKind.OpenBracket, 1),
            ']' => (TokenKind.CloseBracket, 1),
            '{' => (TokenKind.OpenBrace, 1),
            '}' => (TokenKind.CloseBrace, 1),
            ',' => (TokenKind.Comma, 1),
            ';' => (TokenKind.Semicolon, 1),
            ':' => next == ':' ? (TokenKind.DoubleColon, 2) : (TokenKind.Colon, 1),
            '.' => (TokenKind.Dot, 1),
            '?' => Names.IsIdentifierStart(next) ? (TokenKind.Slot, 1 + IdentifierLength(text, position + 1)) : (TokenKind.Question, 1),
            '@' => (TokenKind.At, 1),
            '+' => (TokenKind.Plus, 1),
            '-' => (TokenKind.Minus, 1),
            '*' => (TokenKind.Star, 1),
            '/' => (TokenKind.Slash, 1),
            '%' => (TokenKind.Percent, 1),
            '!' => next == '=' ? (TokenKind.NotEqual, 2) : (TokenKind.Not, 1),
            '=' => next == '=' ? (TokenKind.Equal, 2) : (TokenKind.Assign, 1),
            '<' => next == '=' ? (TokenKind.LessOrEqual, 2) : (TokenKind.Less, 1),
            '>' => next == '=' ? (TokenKind.GreaterOrEqual, 2) : (TokenKind.Greater, 1),
            '&' => next == '&' ? (TokenKind.And, 2) : (TokenKind.End, 0),
            '|' => next == '|' ? (TokenKind.Or, 2) : (TokenKind.End, 0),
            '"' => (TokenKind.Text, TextLength(text, position)),
            var c when Names.IsIdentifierStart(c) => (TokenKind.Identifier, IdentifierLength(text, position)),
            var c when char.IsAsciiDigit(c) => (TokenKind.Number, NumberLength(text, position)),
            _ => (TokenKind.End, 0),
        };
    }

    private static char Peek(string text, int position) => position < text.Length ? text[position] : '\0';

    private static int EndOfComment(string text, int position)
    {
        var length = text.AsSpan(position).IndexOfAny('\n', '\r');
        return length < 0 ? text.Length : position + length;
    }

    private static int IdentifierLength(string text, int position)
    {
        var end = position;
        while (end < text.Length && Names.IsIdentifierPart(text[end]))
            end++;
        return end - position;
    }

    private static int NumberLength(string text, int position)
    {
        var end = position;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        return end - position;
    }

    /// <summary>The length of a quoted text with its quotes; 0 when it does not end.</summary>
    private static int TextLength(string text, int position)
    {
        for (var end = position + 1; end < text.Length; end++)
        {
            if (text[end] == '"')
                return end + 1 - position;
            if (text[end] == '\\')
                end++;
        }

        return 0;
    }

    private static TextSpan ReportUnterminated(SourceMap source, ProblemList problems, int position)
    {
        problems.Error(
            ProblemCodes.BadString, source, new TextSpan(position, 1), "The text that begins here has no closing quote.",
            "Close it with `\"`; write a quote inside it as `\\\"`.");
        return new TextSpan(position, source.Text.Length - position);
    }

    private static TextSpan ReportStray(SourceMap source, ProblemList problems, int position)
    {
        var text = source.Text;
        var length = char.IsHighSurrogate(text[position]) && char.IsLowSurrogate(Peek(text, position + 1)) ? 2 : 1;
        var span = new TextSpan(position, length);
        var shown = text.Substring(position, length);
        problems.Error(
            ProblemCodes.UnexpectedText, source, span,
            TextEscapes.IsWellFormed(shown) ? $"`{shown}` has no meaning here." : "Half of a surrogate pair has no meaning here.",
            shown switch
            {
                "&" => "Write `&&`.",
                "|" => "Write `||`.",
                "'" => "Put text between double quotes.",
                "#" => "A comment begins with `//`.",
                _ => null,
            });
        return span;
    }
}
