using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Formatting;

/// <summary>A token and the comments before it.</summary>
internal sealed record FormatPiece(TokenKind Kind, string Text, List<FormatComment> Comments, bool BlankBefore)
{
    /// <summary>Pairs tokens with the comments before them; commas before a closing bracket are left out, their comments are not.</summary>
    public static List<FormatPiece> Of(string text, List<Token> tokens)
    {
        var pieces = new List<FormatPiece>(tokens.Count);
        var carried = new List<FormatComment>();
        var end = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            var comments = CommentsIn(text, end, token.Span.Start, out var isBlankBefore);
            comments.InsertRange(0, carried);
            carried = [];
            end = token.Span.End;
            if (token.Kind == TokenKind.Comma && IsClosing(tokens[i + 1].Kind))
                carried = comments;
            else
                pieces.Add(new FormatPiece(token.Kind, text.Substring(token.Span.Start, token.Span.Length), comments, isBlankBefore));
        }

        return pieces;
    }

    public static bool IsOpening(TokenKind kind) =>
        kind is TokenKind.OpenParenthesis or TokenKind.OpenBracket or TokenKind.OpenBrace;

    public static bool IsClosing(TokenKind kind) =>
        kind is TokenKind.CloseParenthesis or TokenKind.CloseBracket or TokenKind.CloseBrace;

    private static List<FormatComment> CommentsIn(string text, int start, int end, out bool isBlankBefore)
    {
        var comments = new List<FormatComment>();
        var newLines = 0;
        for (var i = start; i < end; i++)
        {
            if (text[i] == '\n')
                newLines++;
            if (text[i] != '/')
                continue;
            var length = text.AsSpan(i, end - i).IndexOfAny('\n', '\r');
            length = length < 0 ? end - i : length;
            comments.Add(new FormatComment(text.Substring(i, length).TrimEnd(), newLines > 0 || start == 0, newLines > 1));
            newLines = 0;
            i += length - 1;
        }

        isBlankBefore = newLines > 1;
        return comments;
    }
}

/// <summary>A comment, from its slashes on.</summary>
/// <param name="Text">Without the end of its line.</param>
/// <param name="IsOwnLine">Whether nothing stands before it on its line.</param>
/// <param name="IsBlankBefore">Whether an empty line stands before it.</param>
internal sealed record FormatComment(string Text, bool IsOwnLine, bool IsBlankBefore);
