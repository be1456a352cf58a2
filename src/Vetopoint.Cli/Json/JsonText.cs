using System.Globalization;
using System.Text;

namespace Vetopoint.Cli.Json;

/// <summary>
/// JSON as people write it in configs (comments, trailing commas, a byte order mark), read with the place of every value, so
/// that an edit can change some bytes and leave all others as they are. Strict where a guess could change what the file means:
/// a name that occurs twice in one object is refused.
/// </summary>
internal sealed class JsonText
{
    private const int DepthMax = 128;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;
    private int _position;

    private JsonText(byte[] bytes) => _bytes = bytes;

    /// <exception cref="JsonFormatException">The bytes are not such JSON.</exception>
    public static JsonNode Parse(byte[] bytes)
    {
        var text = new JsonText(bytes);
        if (bytes.AsSpan() is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw text.Refused("the file is UTF-16; save it as UTF-8");
        if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble))
            text._position = Encoding.UTF8.Preamble.Length;
        text.SkipBlank();
        var root = text.Value(0);
        text.SkipBlank();
        return text._position == bytes.Length ? root : throw text.Refused("something follows the end of the JSON");
    }

    private JsonNode Value(int depth)
    {
        if (depth > DepthMax)
            throw Refused("the JSON is nested too deeply");
        return Peek() switch
        {
            (byte)'{' => Object(depth),
            (byte)'[' => Array(depth),
            (byte)'"' => Text(),
            (byte)'t' => Word("true", JsonNodeKind.True),
            (byte)'f' => Word("false", JsonNodeKind.False),
            (byte)'n' => Word("null", JsonNodeKind.Null),
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(),
            _ => throw Refused("a value is expected"),
        };
    }

    private JsonNode Object(int depth)
    {
        var node = new JsonNode(JsonNodeKind.Object, _position++);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            SkipBlank();
            if (Peek() is (byte)'}')
                break;
            if (Peek() is not (byte)'"')
                throw Refused("a name in double quotes or `}` is expected");
            var start = _position;
            var name = Text().Text;
            if (!names.Add(name))
                throw Refused($"the name `{name}` occurs twice in one object, so what it means depends on who reads it; remove one of them", start);
            SkipBlank();
            Expect((byte)':');
            SkipBlank();
            node.Members.Add(new JsonMember(name, start, Value(depth + 1)));
            if (!Comma((byte)'}'))
                break;
        }

        Expect((byte)'}');
        node.End = _position;
        return node;
    }

    private JsonNode Array(int depth)
    {
        var node = new JsonNode(JsonNodeKind.Array, _position++);
        while (true)
        {
            SkipBlank();
            if (Peek() is (byte)']')
                break;
            node.Items.Add(Value(depth + 1));
            if (!Comma((byte)']'))
                break;
        }

        Expect((byte)']');
        node.End = _position;
        return node;
    }

    /// <returns>True after a comma; false before the closing bracket.</returns>
    private bool Comma(byte close)
    {
        SkipBlank();
        if (Peek() == close)
            return false;
        Expect((byte)',');
        return true;
    }

    private JsonNode Text()
    {
        var node = new JsonNode(JsonNodeKind.Text, _position++);
        var decoded = new StringBuilder();
        var plain = _position;
        while (true)
        {
            var b = Peek();
            if (b is (byte)'"' or (byte)'\\')
            {
                AppendPlain(decoded, plain);
                _position++;
                if (b is (byte)'"')
                    break;
                decoded.Append(Escape());
                plain = _position;
            }
            else if (b < 0x20)
            {
                throw Refused("a text has no end on its line");
            }
            else
            {
                _position++;
            }
        }

        node.Text = decoded.ToString();
        node.End = _position;
        return node;
    }

    private void AppendPlain(StringBuilder decoded, int start)
    {
        try
        {
            decoded.Append(StrictUtf8.GetString(_bytes, start, _position - start));
        }
        catch (DecoderFallbackException)
        {
            throw Refused("a text is not UTF-8", start);
        }
    }

    private char Escape()
    {
        var b = Peek();
        _position++;
        return b switch
        {
            (byte)'"' => '"',
            (byte)'\\' => '\\',
            (byte)'/' => '/',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'u' => CodeUnit(),
            _ => throw Refused("this escape is not JSON", _position - 2),
        };
    }

    private char CodeUnit()
    {
        if (_position + 4 > _bytes.Length
            || !ushort.TryParse(Encoding.Latin1.GetString(_bytes, _position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            throw Refused("this escape is not JSON");
        _position += 4;
        return (char)unit;
    }

    private JsonNode Number()
    {
        var node = new JsonNode(JsonNodeKind.Number, _position);
        while (_position < _bytes.Length && _bytes[_position] is (byte)'-' or (byte)'+' or (byte)'.' or (byte)'e' or (byte)'E' or (>= (byte)'0' and <= (byte)'9'))
            _position++;
        node.End = _position;
        node.Text = Encoding.ASCII.GetString(_bytes, node.Start, node.Length);
        return node;
    }

    private JsonNode Word(string word, JsonNodeKind kind)
    {
        var node = new JsonNode(kind, _position);
        foreach (var letter in word)
            Expect((byte)letter);
        node.End = _position;
        return node;
    }

    private void SkipBlank()
    {
        while (_position < _bytes.Length)
        {
            if (_bytes[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                _position++;
            else if (_bytes[_position] is (byte)'/')
                SkipComment();
            else
                return;
        }
    }

    private void SkipComment()
    {
        var rest = _bytes.AsSpan(_position);
        int length;
        if (rest.StartsWith("//"u8))
            length = rest.IndexOf((byte)'\n') is var line and >= 0 ? line : rest.Length;
        else if (rest.StartsWith("/*"u8))
            length = rest[2..].IndexOf("*/"u8) is var end and >= 0 ? end + 4 : throw Refused("a comment has no end");
        else
            throw Refused("a value is expected");
        _position += length;
    }

    private byte Peek() => _position < _bytes.Length ? _bytes[_position] : throw Refused("the file ends too early");

    private void Expect(byte expected)
    {
        if (Peek() != expected)
            throw Refused($"`{(char)expected}` is expected");
        _position++;
    }

    private JsonFormatException Refused(string what, int? at = null)
    {
        var before = _bytes.AsSpan(0, Math.Min(at ?? _position, _bytes.Length));
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new JsonFormatException(what, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }
}
