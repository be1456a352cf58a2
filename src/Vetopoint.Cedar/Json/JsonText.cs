using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>A JSON text of a trusted party, with the place of each of its parts.</summary>
internal sealed class JsonText : IDisposable
{
    private readonly string _file;
    private readonly byte[] _utf8;
    private readonly JsonDocument _document;

    /// <summary>The place found last: readers ask in the order of the text, so the next is counted from here.</summary>
    private int _offset;
    private int _line;
    private int _lineStart;
    private int _column;

    private JsonText(string file, byte[] utf8, JsonDocument document)
    {
        _file = file;
        _utf8 = utf8;
        _document = document;
    }

    public JsonElement Root => _document.RootElement;

    /// <summary>Reads a text; null when it is no JSON, which is then reported.</summary>
    /// <param name="source">The text.</param>
    /// <param name="nestingMax">How deep it may nest.</param>
    /// <param name="code">What a problem is called.</param>
    /// <param name="problems">Where it is reported.</param>
    public static JsonText? Read(CedarSource source, int nestingMax, string code, ProblemList problems)
    {
        if (source.Text.Length > CedarLimits.SourceCharactersMax)
        {
            problems.Error(
                ProblemCodes.TooLarge, new Location(source.File, 1, 1, 0),
                $"The file has {source.Text.Length} characters; at most {CedarLimits.SourceCharactersMax} are read.", "Split it.");
            return null;
        }

        if (!TextEscapes.IsWellFormed(source.Text))
        {
            problems.Error(code, new Location(source.File, 1, 1, 0), "The text is not well-formed Unicode.", "Save it as UTF-8.");
            return null;
        }

        var utf8 = Encoding.UTF8.GetBytes(source.Text.StartsWith('\uFEFF') ? source.Text[1..] : source.Text);
        try
        {
            JsonNames.RequireUnique(utf8, nestingMax);
            return new JsonText(source.File, utf8, JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = nestingMax }));
        }
        catch (JsonException exception)
        {
            var (line, column) = (exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0);
            problems.Error(
                code, new Location(source.File, (int)line + 1, ColumnOf(utf8, line, column), 0),
                $"The text is not well-formed JSON, or nests deeper than {nestingMax} levels.", "Close what is open, and put names and text in quotes.");
        }
        catch (JsonFormException exception)
        {
            problems.Error(code, Place(source.File, utf8, exception.Offset, exception.Length), exception.Message, exception.Help);
        }

        return null;
    }

    /// <summary>Where an element of this text stands.</summary>
    public Location At(JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        if (!_utf8.AsSpan().Overlaps(raw, out var offset))
            return new Location(_file, 1, 1, 0);
        return Place(offset, element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? 0 : raw.Length);
    }

    /// <summary>Where the name of a member of this text stands, with its quotes.</summary>
    public Location At(JsonProperty member)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return _utf8.AsSpan().Overlaps(raw, out var offset) ? Place(offset - 1, raw.Length + 2) : At(member.Value);
    }

    public void Report(JsonFormException exception, string code, ProblemList problems) =>
        problems.Error(
            code,
            exception.Member is { } member ? At(member)
            : exception.Element is { } element ? At(element)
            : new Location(_file, 1, 1, 0),
            exception.Message, exception.Help);

    public void Dispose() => _document.Dispose();

    private Location Place(int offset, int length)
    {
        if (offset < _lineStart)
        {
            _line -= _utf8.AsSpan(offset, _offset - offset).Count((byte)'\n');
            _lineStart = _utf8.AsSpan(0, offset).LastIndexOf((byte)'\n') + 1;
            _column = Encoding.UTF8.GetCharCount(_utf8.AsSpan(_lineStart, offset - _lineStart));
        }
        else if (offset < _offset)
        {
            _column -= Encoding.UTF8.GetCharCount(_utf8.AsSpan(offset, _offset - offset));
        }
        else
        {
            var between = _utf8.AsSpan(_offset, offset - _offset);
            if (between.LastIndexOf((byte)'\n') is >= 0 and var last)
            {
                _line += between.Count((byte)'\n');
                (_lineStart, _column) = (_offset + last + 1, 0);
                between = between[(last + 1)..];
            }

            _column += Encoding.UTF8.GetCharCount(between);
        }

        _offset = offset;
        return new Location(_file, _line + 1, _column + 1, Encoding.UTF8.GetCharCount(_utf8.AsSpan(offset, length)));
    }

    private static Location Place(string file, byte[] utf8, int offset, int length)
    {
        var before = utf8.AsSpan(0, offset);
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new Location(
            file, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1,
            Encoding.UTF8.GetCharCount(utf8.AsSpan(offset, length)));
    }

    private static int ColumnOf(byte[] utf8, long line, long column)
    {
        var start = 0;
        for (var i = 0; i < line && utf8.AsSpan(start).IndexOf((byte)'\n') is >= 0 and var next; i++)
            start += next + 1;
        return Encoding.UTF8.GetCharCount(utf8.AsSpan(start, (int)Math.Min(column, utf8.Length - start))) + 1;
    }
}
