using Vetopoint.Cedar.Syntax;

namespace Vetopoint.Cedar.Diagnostics;

/// <summary>Turns offsets of a source into lines and columns.</summary>
internal sealed class SourceMap
{
    private readonly List<int> _lineStarts = [0];
    private readonly Location? _place;

    /// <param name="source">The text.</param>
    /// <param name="place">Where the text came from when it was made from another; then everything in it is there.</param>
    public SourceMap(CedarSource source, Location? place = null)
    {
        Source = source;
        _place = place;
        for (var i = 0; i < source.Text.Length; i++)
            if (source.Text[i] == '\n')
                _lineStarts.Add(i + 1);
    }

    public CedarSource Source { get; }

    public string Text => Source.Text;

    public Location At(TextSpan span)
    {
        if (_place is { } place)
            return place;
        var line = _lineStarts.BinarySearch(span.Start);
        if (line < 0)
            line = ~line - 1;
        return new Location(Source.File, line + 1, span.Start - _lineStarts[line] + 1, span.Length);
    }
}
