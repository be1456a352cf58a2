using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Formatting;

/// <summary>Where a space stands between two pieces on one line.</summary>
internal static class Spacing
{
    public static bool Between(List<FormatPiece> pieces, int index)
    {
        if (index == 0)
            return false;
        var before = pieces[index - 1];
        var piece = pieces[index];
        if (before.Kind is TokenKind.OpenParenthesis or TokenKind.OpenBracket or TokenKind.OpenBrace
            or TokenKind.Dot or TokenKind.DoubleColon or TokenKind.Not or TokenKind.At)
            return false;
        if (before.Kind == TokenKind.Minus && IsSign(pieces, index - 1))
            return false;
        return piece.Kind switch
        {
            TokenKind.CloseParenthesis or TokenKind.CloseBracket or TokenKind.CloseBrace or TokenKind.Comma or TokenKind.Semicolon
                or TokenKind.Colon or TokenKind.Dot or TokenKind.DoubleColon => false,
            TokenKind.OpenParenthesis => !IsName(before),
            TokenKind.OpenBracket => !EndsValue(before),
            _ => true,
        };
    }

    /// <summary>Whether a minus belongs to what follows it.</summary>
    private static bool IsSign(List<FormatPiece> pieces, int index) => index == 0 || !EndsValue(pieces[index - 1]);

    private static bool EndsValue(FormatPiece piece) =>
        piece.Kind is TokenKind.Number or TokenKind.Text || FormatPiece.IsClosing(piece.Kind) || IsName(piece)
        || (piece.Kind == TokenKind.Identifier && piece.Text is "true" or "false");

    private static bool IsName(FormatPiece piece) => piece.Kind == TokenKind.Identifier && !ReservedWords.Contains(piece.Text);
}
