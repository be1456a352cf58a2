using System.Text;

namespace Vetopoint.Shim.Wrapping;

/// <summary>A message seen in a stream: its id exactly as written, and whether it names a method (a request, not a response).</summary>
internal readonly record struct SeenMessage(string Id, bool HasMethod);

/// <summary>
/// Finds the top-level <c>id</c> and <c>method</c> of newline-delimited JSON messages as they pass, in pieces of any size,
/// keeping only the id. It judges nothing: the engine reads messages strictly, this one only remembers whom to answer.
/// </summary>
internal sealed class MessageScanner
{
    private enum Part { Outside, Key, Colon, Value, Text }

    private readonly List<byte> _key = [];
    private readonly List<byte> _id = [];
    private readonly List<SeenMessage> _seen = [];
    private Part _part;
    private int _depth;
    private bool _escaped;
    private bool _isId;
    private bool _hasMethod;
    private bool _any;

    /// <summary>True when the stream stopped within a line.</summary>
    public bool InsideMessage => _any;

    /// <summary>The messages that ended within these bytes and have an id. The list is reused by the next call.</summary>
    public List<SeenMessage> Scan(ReadOnlySpan<byte> bytes)
    {
        _seen.Clear();
        foreach (var b in bytes)
        {
            // A raw newline never stands inside JSON text of a line-delimited stream: whatever state we are in, the message ends.
            if (b is (byte)'\n')
                EndMessage();
            else
                Step(b);
        }

        return _seen;
    }

    private void Step(byte b)
    {
        _any = true;
        switch (_part)
        {
            case Part.Key: InKey(b); break;
            case Part.Text: InText(b); break;
            case Part.Outside or Part.Colon or Part.Value: Between(b); break;
        }
    }

    private void InKey(byte b)
    {
        if (!_escaped && b is (byte)'"')
        {
            _part = Part.Colon;
            return;
        }

        _escaped = !_escaped && b is (byte)'\\';
        if (_key.Count <= "method".Length)
            _key.Add(b);
    }

    private void InText(byte b)
    {
        Keep(b);
        if (!_escaped && b is (byte)'"')
            _part = Part.Value;
        _escaped = !_escaped && b is (byte)'\\';
    }

    private void Between(byte b)
    {
        switch (b)
        {
            case (byte)'{' or (byte)'[':
                _depth++;
                _part = _depth is 1 ? Part.Outside : Part.Value;
                break;
            case (byte)'}' or (byte)']':
                _depth--;
                break;
            case (byte)',' when _depth is 1:
                _part = Part.Outside;
                _isId = false;
                break;
            case (byte)':' when _part is Part.Colon:
                _part = Part.Value;
                _isId = Is("id"u8);
                _hasMethod |= Is("method"u8);
                if (_isId)
                    _id.Clear();
                break;
            case (byte)'"':
                _escaped = false;
                if (_depth is 1 && _part is Part.Outside)
                {
                    _key.Clear();
                    _part = Part.Key;
                }
                else
                {
                    Keep(b);
                    _part = Part.Text;
                }

                break;
            case not ((byte)' ' or (byte)'\t' or (byte)'\r'):
                Keep(b);
                break;
        }
    }

    private bool Is(ReadOnlySpan<byte> key) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_key).SequenceEqual(key);

    private void Keep(byte b)
    {
        if (_isId && _depth is 1 && _id.Count <= Limits.RequestIdBytesMax)
            _id.Add(b);
    }

    private void EndMessage()
    {
        if (_id.Count is > 0 and <= Limits.RequestIdBytesMax && IsWholeId())
            _seen.Add(new SeenMessage(Encoding.UTF8.GetString([.. _id]), _hasMethod));
        _id.Clear();
        (_part, _depth, _escaped, _isId, _hasMethod, _any) = (Part.Outside, 0, false, false, false, false);
    }

    /// <summary>The id is echoed as written, so only a string or a number is remembered; anything else gets no answer.</summary>
    private bool IsWholeId() => _id[0] is (byte)'"' ? _id.Count >= 2 && _id[^1] is (byte)'"' : _id[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9');
}
