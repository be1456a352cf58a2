using System.Buffers.Text;
using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Unicode;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Canonical;

/// <summary>
/// Writes canonical JSON (RFC 8785). The caller writes members in the order of their names' UTF-16 units; a test holds it to
/// that. Null members are left out, so that a member added later does not change the bytes of older entries.
/// </summary>
/// <remarks>Not thread-safe; reuses its buffer. Owned by one thread through <see cref="ForThisThread"/>.</remarks>
internal sealed class CanonicalWriter
{
    private const int FirstBytes = 4 * 1024;

    /// <summary>A writer that grew beyond this is not kept: one huge entry must not pin its buffer for ever.</summary>
    private const int KeptBytesMax = 64 * 1024;

    /// <summary>Seven digits are the whole precision of <see cref="DateTimeOffset"/>, so times come back as they went in.</summary>
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f" +
        "\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\"\\");

    [ThreadStatic]
    private static CanonicalWriter? _forThisThread;

    private byte[] _buffer = new byte[FirstBytes];
    private int _length;
    private bool _comma;

    private CanonicalWriter() { }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public static CanonicalWriter ForThisThread()
    {
        var writer = _forThisThread;
        if (writer is null || writer._buffer.Length > KeptBytesMax)
            _forThisThread = writer = new CanonicalWriter();
        writer._length = 0;
        writer._comma = false;
        return writer;
    }

    public void BeginObject() => Open((byte)'{');

    public void EndObject() => Close((byte)'}');

    public void BeginArray() => Open((byte)'[');

    public void EndArray() => Close((byte)']');

    public void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        Reserve(name.Length + 3);
        _buffer[_length++] = (byte)'"';
        name.CopyTo(_buffer.AsSpan(_length));
        _length += name.Length;
        _buffer[_length++] = (byte)'"';
        _buffer[_length++] = (byte)':';
        _comma = false;
    }

    public void Member(ReadOnlySpan<byte> name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Name(name);
        Text(value);
    }

    public void Member(ReadOnlySpan<byte> name, long value)
    {
        if (value is < -LedgerLimits.IntegerMax or > LedgerLimits.IntegerMax)
        {
            throw new LedgerException(
                $"{LedgerCodes.ValueNotCanonical}: The number `{value.ToString(CultureInfo.InvariantCulture)}` is too large for an " +
                $"entry. Keep numbers within {LedgerLimits.IntegerMax.ToString(CultureInfo.InvariantCulture)}.");
        }

        Name(name);
        Reserve(20);
        if (!Utf8Formatter.TryFormat(value, _buffer.AsSpan(_length), out var written))
            throw new InvalidOperationException("no room for a number");
        _length += written;
        _comma = true;
    }

    public void Member(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Raw(value ? "true"u8 : "false"u8);
        _comma = true;
    }

    public void Member(ReadOnlySpan<byte> name, DateTimeOffset value)
    {
        Name(name);
        Reserve(40);
        _buffer[_length++] = (byte)'"';
        if (!value.UtcDateTime.TryFormat(_buffer.AsSpan(_length), out var written, TimeFormat, CultureInfo.InvariantCulture))
            throw new InvalidOperationException("no room for a time");
        _length += written;
        _buffer[_length++] = (byte)'"';
        _comma = true;
    }

    public void Member(ReadOnlySpan<byte> name, ImmutableArray<string> values)
    {
        Name(name);
        BeginArray();
        if (!values.IsDefault)
        {
            foreach (var value in values)
            {
                Separate();
                Text(value);
            }
        }

        EndArray();
    }

    public void Optional(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            Member(name, value);
    }

    public void Optional(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            Member(name, number);
    }

    public void Optional(ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } time)
            Member(name, time);
    }

    /// <summary>Lower-case hexadecimal.</summary>
    public void Hexadecimal(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Name(name);
        Reserve((value.Length * 2) + 2);
        _buffer[_length++] = (byte)'"';
        if (!Convert.TryToHexStringLower(value, _buffer.AsSpan(_length), out var written))
            throw new InvalidOperationException("no room for a digest");
        _length += written;
        _buffer[_length++] = (byte)'"';
        _comma = true;
    }

    private void Text(ReadOnlySpan<char> text)
    {
        Raw("\""u8);
        while (true)
        {
            var escape = text.IndexOfAny(Escaped);
            Plain(escape < 0 ? text : text[..escape]);
            if (escape < 0)
                break;
            Escape(text[escape]);
            text = text[(escape + 1)..];
        }

        Raw("\""u8);
        _comma = true;
    }

    private void Plain(ReadOnlySpan<char> text)
    {
        Reserve(checked(text.Length * 3));
        var status = Utf8.FromUtf16(text, _buffer.AsSpan(_length), out _, out var written, replaceInvalidSequences: false);
        if (status != OperationStatus.Done)
        {
            throw new LedgerException(
                $"{LedgerCodes.ValueNotCanonical}: A text is not well-formed Unicode (half of a surrogate pair), so it cannot be recorded. " +
                "Refuse it where it comes in.");
        }

        _length += written;
    }

    private void Escape(char character)
    {
        switch (character)
        {
            case '"': Raw("\\\""u8); break;
            case '\\': Raw("\\\\"u8); break;
            case '\b': Raw("\\b"u8); break;
            case '\t': Raw("\\t"u8); break;
            case '\n': Raw("\\n"u8); break;
            case '\f': Raw("\\f"u8); break;
            case '\r': Raw("\\r"u8); break;
            default:
                Raw(character < 0x10 ? "\\u000"u8 : "\\u001"u8);
                Reserve(1);
                _buffer[_length++] = (byte)"0123456789abcdef"[character & 0xf];
                break;
        }
    }

    private void Open(byte bracket)
    {
        Separate();
        Reserve(1);
        _buffer[_length++] = bracket;
        _comma = false;
    }

    private void Close(byte bracket)
    {
        Reserve(1);
        _buffer[_length++] = bracket;
        _comma = true;
    }

    private void Separate()
    {
        if (_comma)
            Raw(","u8);
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length >= bytes)
            return;
        if (_length > LedgerLimits.EntryBytesMax)
            throw TooLarge();
        Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, checked(_length + bytes)));
    }

    public static LedgerException TooLarge() => new(
        $"{LedgerCodes.EntryTooLarge}: An entry is larger than {LedgerLimits.EntryBytesMax.ToString(CultureInfo.InvariantCulture)} bytes, " +
        "so it cannot be recorded. Split the call into smaller ones.");
}
