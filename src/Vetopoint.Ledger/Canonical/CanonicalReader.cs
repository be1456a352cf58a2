using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Canonical;

/// <summary>
/// Reads canonical JSON strictly: the caller names each member in its one possible place, and anything else is refused by name.
/// What this accepts is still compared with its own canonical form by the caller, which is what makes the form unique.
/// </summary>
internal ref struct CanonicalReader
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _what;
    private Utf8JsonReader _reader;

    /// <param name="what">What the bytes should be, for messages: <c>entry</c>, <c>statement</c>.</param>
    public CanonicalReader(ReadOnlySpan<byte> bytes, string what)
    {
        _bytes = bytes;
        _what = what;
        _reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = LedgerLimits.EntryDepthMax });
        Read();
    }

    public void BeginObject() => Take(JsonTokenType.StartObject, "an object");

    public void EndObject()
    {
        if (_reader.TokenType == JsonTokenType.PropertyName)
            throw Refused($"the member `{Shown()}` is unknown or not in its place");
        Take(JsonTokenType.EndObject, "the end of an object");
    }

    /// <summary>Nothing may follow.</summary>
    public void End()
    {
        if (_ended)
            return;
        throw Refused("something follows its end");
    }

    public string Text(ReadOnlySpan<byte> name)
    {
        Member(name);
        return TextValue();
    }

    public string? OptionalText(ReadOnlySpan<byte> name) => Has(name) ? Text(name) : null;

    public long Integer(ReadOnlySpan<byte> name)
    {
        Member(name);
        if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out var value)
            || value is < -LedgerLimits.IntegerMax or > LedgerLimits.IntegerMax)
            throw Refused($"the member `{Name(name)}` is not an integer within ±(2^53 - 1)");
        Read();
        return value;
    }

    public long? OptionalInteger(ReadOnlySpan<byte> name) => Has(name) ? Integer(name) : null;

    /// <summary>An integer that a small enumeration or level fits in.</summary>
    public int SmallInteger(ReadOnlySpan<byte> name)
    {
        var value = Integer(name);
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw Refused($"the member `{Name(name)}` is out of range");
    }

    public int? OptionalSmallInteger(ReadOnlySpan<byte> name) => Has(name) ? SmallInteger(name) : null;

    public bool Boolean(ReadOnlySpan<byte> name)
    {
        Member(name);
        if (_reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            throw Refused($"the member `{Name(name)}` is not true or false");
        var value = _reader.TokenType == JsonTokenType.True;
        Read();
        return value;
    }

    public DateTimeOffset Time(ReadOnlySpan<byte> name)
    {
        var text = Text(name);
        return DateTimeOffset.TryParseExact(
            text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Refused($"the member `{Name(name)}` is not a time like `2026-01-31T09:30:00.0000000Z`");
    }

    public DateTimeOffset? OptionalTime(ReadOnlySpan<byte> name) => Has(name) ? Time(name) : null;

    public byte[] Hexadecimal(ReadOnlySpan<byte> name, int bytes)
    {
        var text = Text(name);
        var value = new byte[bytes];
        if (text.Length != bytes * 2
            || Convert.FromHexString(text, value, out _, out _) != System.Buffers.OperationStatus.Done)
            throw Refused($"the member `{Name(name)}` is not {bytes.ToString(CultureInfo.InvariantCulture)} bytes in hexadecimal");
        return value;
    }

    public ImmutableArray<string> Texts(ReadOnlySpan<byte> name)
    {
        BeginArray(name);
        if (TryEndArray())
            return [];
        var values = ImmutableArray.CreateBuilder<string>();
        do
            values.Add(TextValue());
        while (!TryEndArray());
        return values.DrainToImmutable();
    }

    public void BeginArray(ReadOnlySpan<byte> name)
    {
        Member(name);
        Take(JsonTokenType.StartArray, "a list");
    }

    public bool TryEndArray()
    {
        if (_reader.TokenType != JsonTokenType.EndArray)
            return false;
        Read();
        return true;
    }

    /// <summary>True when the next member is this one; nothing is consumed.</summary>
    public readonly bool Has(ReadOnlySpan<byte> name) =>
        _reader.TokenType == JsonTokenType.PropertyName && _reader.ValueTextEquals(name);

    public void Member(ReadOnlySpan<byte> name)
    {
        if (_reader.TokenType != JsonTokenType.PropertyName)
            throw Refused($"the member `{Name(name)}` is missing");
        if (!_reader.ValueTextEquals(name))
            throw Refused($"the member `{Shown()}` stands where `{Name(name)}` is expected");
        Read();
    }

    /// <summary>The bytes of a member's object, which is skipped over.</summary>
    public ReadOnlySpan<byte> ObjectBytes(ReadOnlySpan<byte> name)
    {
        Member(name);
        if (_reader.TokenType != JsonTokenType.StartObject)
            throw Refused($"the member `{Name(name)}` is not an object");
        var start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        var end = (int)_reader.BytesConsumed;
        Read();
        return _bytes[start..end];
    }

    public readonly LedgerException Refused(string why) =>
        new($"{LedgerCodes.EntryNotUnderstood}: The {_what} is not understood: {why}.");

    private bool _ended;

    private string TextValue()
    {
        if (_reader.TokenType != JsonTokenType.String)
            throw Refused("a text is expected where something else stands");
        var value = _reader.GetString()!;
        Read();
        return value;
    }

    private void Take(JsonTokenType token, string expected)
    {
        if (_reader.TokenType != token)
            throw Refused($"{expected} is expected");
        Read();
    }

    // INVARIANT: after the last token this is true and nothing more is read.
    private void Read() => _ended = !_reader.Read();

    private readonly string Shown()
    {
        const int CharsMax = 40;
        var name = _reader.GetString()!;
        return name.Length <= CharsMax ? name : string.Concat(name.AsSpan(0, CharsMax), "…");
    }

    private static string Name(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}
