using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Syntax;

/// <summary>Walks over the tokens of one source.</summary>
internal sealed class TokenReader(SourceMap source, List<Token> tokens, ProblemList problems)
{
    private int _position;

    public SourceMap Source { get; } = source;

    public ProblemList Problems { get; } = problems;

    public Token Current => tokens[_position];

    public Token Previous => tokens[_position - 1];

    public TokenKind NextKind => tokens[Math.Min(_position + 1, tokens.Count - 1)].Kind;

    public bool AtEnd => Current.Kind == TokenKind.End;

    public int Position => _position;

    public Token Take()
    {
        var token = tokens[_position];
        if (token.Kind != TokenKind.End)
            _position++;
        return token;
    }

    public bool TryTake(TokenKind kind)
    {
        if (Current.Kind != kind)
            return false;
        Take();
        return true;
    }

    public Token Expect(TokenKind kind, string what) =>
        Current.Kind == kind ? Take() : throw Unexpected(what);

    public ReadOnlySpan<char> TextOf(Token token) => Source.Text.AsSpan(token.Span.Start, token.Span.Length);

    public bool IsWord(string word) =>
        Current.Kind == TokenKind.Identifier && TextOf(Current).SequenceEqual(word);

    public bool TryTakeWord(string word)
    {
        if (!IsWord(word))
            return false;
        Take();
        return true;
    }

    public void ExpectWord(string word)
    {
        if (!TryTakeWord(word))
            throw Unexpected($"`{word}`");
    }

    /// <summary>An identifier that is not one of Cedar's own words.</summary>
    public string ExpectName(string what)
    {
        var token = Expect(TokenKind.Identifier, what);
        var name = TextOf(token).ToString();
        if (ReservedWords.Contains(name))
        {
            throw Error(
                ProblemCodes.ReservedName, token.Span, $"`{name}` is a word of the Cedar language and cannot be a name here.",
                $"For an attribute of that name write `[\"{name}\"]`, or quote it in a record.");
        }

        return name;
    }

    /// <summary>Quoted text.</summary>
    public string ExpectText(string what)
    {
        var token = Expect(TokenKind.Text, what);
        return QuotedText.Read(TextOf(token), out var bad) ?? throw BadEscape(token, bad);
    }

    /// <summary><c>A::B::C</c>; a quoted last part is left where it is, with its colons.</summary>
    public string ExpectPath(string what, out TextSpan span)
    {
        var first = Current.Span;
        var path = ExpectName(what);
        while (Current.Kind == TokenKind.DoubleColon && NextKind == TokenKind.Identifier)
        {
            Take();
            path = path + "::" + ExpectName("a name");
        }

        span = TextSpan.Between(first, Previous.Span);
        return path;
    }

    public SyntaxException BadEscape(Token token, TextSpan bad)
    {
        var span = new TextSpan(token.Span.Start + bad.Start, bad.Length);
        var shown = Source.Text.Substring(span.Start, span.Length);
        return Error(
            ProblemCodes.BadString, span,
            shown.StartsWith('\\') ? $"`{shown}` is not an escape of Cedar." : "This text holds a character that must be escaped.",
            @"Cedar knows \n \r \t \0 \\ \' \"" \x00 to \x7F and \u{0} to \u{10FFFF}.");
    }

    public SyntaxException Unexpected(string expected)
    {
        if (AtEnd)
        {
            var end = Previous is var _ && _position > 0 ? new TextSpan(Previous.Span.End, 0) : new TextSpan(0, 0);
            return Error(ProblemCodes.UnexpectedText, end, $"The file ends where {expected} should stand.", null);
        }

        return Error(
            ProblemCodes.UnexpectedText, Current.Span, $"Found `{Shown(Current)}` where {expected} should stand.", null);
    }

    public SyntaxException Error(string code, TextSpan span, string message, string? help)
    {
        Problems.Error(code, Source, span, message, help);
        return new SyntaxException();
    }

    /// <summary>Goes to just behind the next semicolon, so that reading can go on after a problem.</summary>
    public void SkipBehindSemicolon()
    {
        while (!AtEnd && Take().Kind != TokenKind.Semicolon)
        {
        }
    }

    private string Shown(Token token)
    {
        const int ShownMax = 40;
        var text = Source.Text.Substring(token.Span.Start, Math.Min(token.Span.Length, ShownMax));
        return TextEscapes.IsWellFormed(text) ? text : "text";
    }
}

/// <summary>Unwinds the parser to where it can go on. Its problem is already reported.</summary>
internal sealed class SyntaxException : Exception
{
    public SyntaxException()
    {
    }

    public SyntaxException(string message)
        : base(message)
    {
    }

    public SyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
