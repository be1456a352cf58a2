using System.Text;
using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Formatting;

/// <summary>Writes the pieces of good policies, one policy after the other.</summary>
internal sealed class PolicyLayout(string source, List<FormatPiece> pieces)
{
    private const int ColumnMax = 100;
    private const int IndentSize = 2;

    private readonly StringBuilder _text = new(source.Length + (source.Length / 4));
    private int _next;
    private int _lineStart;
    private int _indent;

    /// <summary>A line is to end here, once comments that belong to it are written.</summary>
    private bool _breakPending;

    public string Write()
    {
        while (Kind != TokenKind.End)
        {
            WriteTopComments(pieces[_next]);
            while (Kind == TokenKind.At)
                WriteAnnotation();
            WriteHead();
            while (Kind != TokenKind.Semicolon)
                WriteCondition();
            WritePiece(space: false);
            EndPolicy(pieces[_next]);
        }

        WriteComments(pieces[_next].Comments);
        EndLine();
        return _text.ToString();
    }

    private TokenKind Kind => pieces[_next].Kind;

    private bool AtLineStart => _text.Length == _lineStart;

    /// <summary>Between two policies stands one empty line. What was written behind the first one stays there.</summary>
    private void EndPolicy(FormatPiece next)
    {
        var trailing = next.Comments.TakeWhile(comment => !comment.IsOwnLine).ToList();
        WriteComments(trailing);
        next.Comments.RemoveRange(0, trailing.Count);
        if (next.Kind != TokenKind.End || next.Comments.Count > 0)
            WriteBlankLine();
    }

    /// <summary>Comments before a policy, kept apart from it where they were.</summary>
    private void WriteTopComments(FormatPiece first)
    {
        WriteComments(first.Comments);
        if (first.Comments.Count > 0 && first.BlankBefore)
            WriteBlankLine();
        first.Comments.Clear();
    }

    private void WriteAnnotation()
    {
        WritePiece(space: false);
        WritePiece(space: false);
        if (Kind == TokenKind.OpenParenthesis)
        {
            WritePiece(space: false);
            WritePiece(space: false);
            WritePiece(space: false);
        }

        _breakPending = true;
    }

    /// <summary>The effect and the scope: in one line, or each part of the scope in its own.</summary>
    private void WriteHead()
    {
        var end = EndOfBrackets(_next + 1);
        if (Fits(_next, end, 0))
        {
            WriteRange(end, breakAtOperators: false);
            return;
        }

        WritePiece(space: false);
        WritePiece(space: false);
        _indent += IndentSize;
        _breakPending = true;
        var depth = 0;
        while (_next < end - 1)
        {
            var kind = Kind;
            depth += FormatPiece.IsOpening(kind) ? 1 : FormatPiece.IsClosing(kind) ? -1 : 0;
            WritePiece(Spacing.Between(pieces, _next));
            _breakPending |= kind == TokenKind.Comma && depth == 0;
        }

        EndBlock();
    }

    private void WriteCondition()
    {
        _breakPending = true;
        var end = EndOfBrackets(_next + 1);
        var isFlat = Fits(_next, end, 2);
        WritePiece(space: false);
        WritePiece(space: true);
        if (isFlat)
        {
            WritePiece(space: true);
            WriteRange(end - 1, breakAtOperators: false);
            WritePiece(space: true);
            return;
        }

        _indent += IndentSize;
        _breakPending = true;
        WriteRange(end - 1, breakAtOperators: true);
        EndBlock();
    }

    private void EndBlock()
    {
        WriteComments(pieces[_next].Comments);
        pieces[_next].Comments.Clear();
        _indent -= IndentSize;
        _breakPending = true;
        WritePiece(space: false);
    }

    private void WriteRange(int end, bool breakAtOperators)
    {
        var indent = _indent;
        var depth = 0;
        while (_next < end)
        {
            var kind = Kind;
            if (FormatPiece.IsClosing(kind))
                depth--;
            _indent = indent + (IndentSize * depth);
            WritePiece(Spacing.Between(pieces, _next));
            if (FormatPiece.IsOpening(kind))
                depth++;
            _breakPending |= breakAtOperators && depth == 0 && kind is (TokenKind.And or TokenKind.Or);
        }

        _indent = indent;
    }

    /// <summary>Whether pieces fit in one line; a comment in their midst never does.</summary>
    private bool Fits(int start, int end, int extra)
    {
        var length = _indent + extra;
        for (var i = start; i < end; i++)
        {
            if (i > start && pieces[i].Comments.Count > 0)
                return false;
            if (pieces[i].Text.Contains('\n', StringComparison.Ordinal))
                return false;
            length += pieces[i].Text.Length + (i > start && Spacing.Between(pieces, i) ? 1 : 0);
        }

        return length + 1 <= ColumnMax;
    }

    /// <summary>Just behind the bracket that closes the one at an index.</summary>
    private int EndOfBrackets(int open)
    {
        var depth = 0;
        for (var i = open; ; i++)
        {
            depth += FormatPiece.IsOpening(pieces[i].Kind) ? 1 : FormatPiece.IsClosing(pieces[i].Kind) ? -1 : 0;
            if (depth == 0)
                return i + 1;
        }
    }

    private void WritePiece(bool space)
    {
        var piece = pieces[_next++];
        WriteComments(piece.Comments);
        if (_breakPending)
            EndLine();
        if (AtLineStart)
            _text.Append(' ', _indent);
        else if (space)
            _text.Append(' ');
        _text.Append(piece.Text);
    }

    private void WriteComments(List<FormatComment> comments)
    {
        foreach (var comment in comments)
        {
            if (comment.IsOwnLine)
                EndLine();
            if (comment.IsOwnLine && comment.IsBlankBefore && _indent == 0)
                WriteBlankLine();
            if (AtLineStart)
                _text.Append(' ', _indent);
            else
                _text.Append(' ');
            _text.Append(comment.Text);
            _breakPending = true;
        }
    }

    /// <summary>Ends the line and leaves one empty, unless one is or nothing stands before it.</summary>
    private void WriteBlankLine()
    {
        EndLine();
        if (_text.Length < 2 || _text[^2] == '\n')
            return;
        _text.Append('\n');
        _lineStart = _text.Length;
    }

    private void EndLine()
    {
        _breakPending = false;
        if (AtLineStart)
            return;
        _text.Append('\n');
        _lineStart = _text.Length;
    }
}
