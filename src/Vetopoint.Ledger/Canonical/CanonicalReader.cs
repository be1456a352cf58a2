using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Canonical;

/// <summary>
/// Reads canonical JSON (RFC 8785) strictly, in one pass: the caller names each member in its one possible place, and every byte must be the
/// only one that could stand there. So what this accepts is the canonical form of what it says, without being written anew to compare.
/// Anything else is refused by name.
/// </summary>
internal ref struct CanonicalReader
{
    /// <summary>Digits of <see cref="LedgerLimits.IntegerMax"/>.</summary>
    private const int DigitsMax = 16;

    private static readonly SearchValues<byte> Brackets = SearchValues.Create("{}\""u8);
    private static readonly SearchValues<byte> QuoteOrEscape = SearchValues.Create("\"\\"u8);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _what;
    private readonly string? _kind;
    private int _at;

    // True when a comma must stand before the next member or element.
    private bool _comma;

    /// <param name="what">What the bytes should be, for messages: <c>entry</c>, <c>statement</c>.</param>
    /// <param name="kind">Of what kind, for messages.</param>
    public CanonicalReader(ReadOnlySpan<byte> bytes, string what, string? kind = null)
    {
        _bytes = bytes;
        _what = what;
        _kind = kind;
    }

    private readonly ReadOnlySpan<byte> Rest => _bytes[_at..];

    public void BeginObject()
    {
        Separate();
        if (!TryTake((byte)'{'))
            throw Unexpected("an object is expected");
        _comma = false;
    }

    public void EndObject()
    {
        if (!TryTake((byte)'}'))
            throw Surplus();
        _comma = true;
    }

    /// <summary>Nothing may follow.</summary>
    public readonly void End()
    {
        if (_at != _bytes.Length)
            throw Unexpected("something follows its end");
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
        var rest = Rest;
        var sign = rest is [(byte)'-', ..] ? 1 : 0;
        var digits = sign;
        long value = 0;
        for (; digits < rest.Length && digits - sign <= DigitsMax && char.IsAsciiDigit((char)rest[digits]); digits++)
            value = (value * 10) + (rest[digits] - '0');
        var length = digits - sign;
        if (length is 0 or > DigitsMax || value > LedgerLimits.IntegerMax
            || (digits < rest.Length && (rest[digits] is (byte)'.' or (byte)'e' or (byte)'E')))
            throw Unexpected($"the member `{Name(name)}` is not an integer within ±(2^53 - 1)");
        if (length > 1 && rest[sign] == (byte)'0')
            throw NotWellFormed();
        if (sign == 1 && value == 0)
            throw NotCanonical();
        _at += digits;
        _comma = true;
        return sign == 1 ? -value : value;
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
        var value = Rest.StartsWith("true"u8);
        if (!value && !Rest.StartsWith("false"u8))
            throw Unexpected($"the member `{Name(name)}` is not true or false");
        _at += value ? 4 : 5;
        _comma = true;
        return value;
    }

    /// <summary>True when a member is there, which is left out rather than written as false.</summary>
    public bool OptionalTrue(ReadOnlySpan<byte> name)
    {
        if (!Has(name))
            return false;
        return Boolean(name) ? true : throw NotCanonical();
    }

    public DateTimeOffset Time(ReadOnlySpan<byte> name)
    {
        Member(name);
        if (!CanonicalTime.TryParse(Quoted(CanonicalTime.Bytes), out var time))
            throw NoSuchText($"the member `{Name(name)}` is not a time like `2026-01-31T09:30:00.0000000Z`");
        TakeQuoted(CanonicalTime.Bytes);
        return time;
    }

    public DateTimeOffset? OptionalTime(ReadOnlySpan<byte> name) => Has(name) ? Time(name) : null;

    public byte[] Hexadecimal(ReadOnlySpan<byte> name, int bytes)
    {
        Member(name);
        var text = Quoted(bytes * 2);
        var value = new byte[bytes];
        if (Convert.FromHexString(text, value, out _, out var written) != OperationStatus.Done || written != bytes)
            throw NoSuchText($"the member `{Name(name)}` is not {bytes.ToString(CultureInfo.InvariantCulture)} bytes in hexadecimal");
        if (text.ContainsAnyInRange((byte)'A', (byte)'F'))
            throw NotCanonical();
        TakeQuoted(text.Length);
        return value;
    }

    public ImmutableArray<string> Texts(ReadOnlySpan<byte> name)
    {
        BeginArray(name);
        if (TryEndArray())
            return [];
        var first = TextValue();
        if (TryEndArray())
            return [first];
        var values = ImmutableArray.CreateBuilder<string>();
        values.Add(first);
        do
            values.Add(TextValue());
        while (!TryEndArray());
        return values.DrainToImmutable();
    }

    public void BeginArray(ReadOnlySpan<byte> name)
    {
        Member(name);
        if (!TryTake((byte)'['))
            throw Unexpected("a list is expected");
        _comma = false;
    }

    public bool TryEndArray()
    {
        if (!TryTake((byte)']'))
            return false;
        _comma = true;
        return true;
    }

    /// <summary>True when the next member is this one; nothing is consumed.</summary>
    public readonly bool Has(ReadOnlySpan<byte> name)
    {
        var rest = Rest;
        var before = _comma ? 1 : 0;
        return rest.Length > before + name.Length + 2
            && (!_comma || rest[0] == (byte)',')
            && rest[before] == (byte)'"'
            && rest.Slice(before + 1, name.Length).SequenceEqual(name)
            && rest[before + 1 + name.Length] == (byte)'"'
            && rest[before + 2 + name.Length] == (byte)':';
    }

    public void Member(ReadOnlySpan<byte> name)
    {
        if (!Has(name))
            throw Misplaced(name);
        _at += (_comma ? 1 : 0) + name.Length + 3;
        _comma = false;
    }

    /// <summary>The bytes of a member's object, which is skipped over. Whoever takes them reads them, and finds out whether they are one object.</summary>
    /// <param name="name">The member.</param>
    /// <param name="end">What stands at its end and nowhere behind, beginning with the object's last byte, so that the end is found at once.</param>
    public ReadOnlySpan<byte> ObjectBytes(ReadOnlySpan<byte> name, ReadOnlySpan<byte> end)
    {
        Member(name);
        if (Rest is not [(byte)'{', ..])
            throw Unexpected($"the member `{Name(name)}` is not an object");
        var start = _at;
        if (Rest.LastIndexOf(end) is var found and >= 0)
        {
            _at += found + 1;
            _comma = true;
            return _bytes[start.._at];
        }

        for (var depth = 0; ;)
        {
            var next = Rest.IndexOfAny(Brackets);
            if (next < 0)
                throw NotWellFormed();
            _at += next + 1;
            switch (_bytes[_at - 1])
            {
                case (byte)'{':
                    depth++;
                    break;
                case (byte)'"':
                    SkipText();
                    break;
                default:
                    if (--depth > 0)
                        break;
                    _comma = true;
                    return _bytes[start.._at];
            }
        }
    }

    public readonly LedgerException Refused(string why) =>
        new($"{LedgerCodes.EntryNotUnderstood}: The {_what}{OfKind} is not understood: {why}.");

    private readonly string OfKind => _kind is null ? "" : $" of kind `{_kind}`";

    private readonly LedgerException NotWellFormed() => Refused("it is not well-formed JSON");

    private readonly LedgerException NotCanonical() => new(
        $"{LedgerCodes.EntryNotCanonical}: The {_what}{OfKind} is not in canonical form (RFC 8785): its bytes are not the ones that its content has.");

    private string TextValue()
    {
        Separate();
        if (!TryTake((byte)'"'))
            throw Unexpected("a text is expected where something else stands");
        switch (CanonicalText.Read(Rest, out var text, out var used))
        {
            case TextForm.Canonical:
                _at += used;
                _comma = true;
                return text!;
            case TextForm.NotCanonical:
                throw NotCanonical();
            case TextForm.NotWellFormed:
                break;
        }

        throw NotWellFormed();
    }

    /// <summary>Takes the comma before an element of a list.</summary>
    private void Separate()
    {
        if (_comma && !TryTake((byte)','))
            throw Unexpected("it is not well-formed JSON");
    }

    private bool TryTake(byte expected)
    {
        if (_at == _bytes.Length || _bytes[_at] != expected)
            return false;
        _at++;
        return true;
    }

    /// <summary>The bytes of a text of a certain length that needs no escapes; empty when none stands here.</summary>
    private readonly ReadOnlySpan<byte> Quoted(int length)
    {
        var rest = Rest;
        return rest.Length >= length + 2 && rest[0] == (byte)'"' && rest[length + 1] == (byte)'"' ? rest.Slice(1, length) : default;
    }

    private void TakeQuoted(int length)
    {
        _at += length + 2;
        _comma = true;
    }

    /// <summary>Goes behind a text of which only the end matters.</summary>
    private void SkipText()
    {
        while (Rest.IndexOfAny(QuoteOrEscape) is var next and >= 0)
        {
            var isEnd = Rest[next] == (byte)'"';
            _at = Math.Min(_at + next + (isEnd ? 1 : 2), _bytes.Length);
            if (isEnd)
                return;
        }

        throw NotWellFormed();
    }

    /// <summary>White space is the one thing that JSON allows and the canonical form never has.</summary>
    private readonly LedgerException Unexpected(string why) =>
        _at < _bytes.Length && _bytes[_at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' ? NotCanonical() : Refused(why);

    private readonly LedgerException NoSuchText(string why) => Rest is [(byte)'"', ..] ? Refused(why) : Unexpected("a text is expected where something else stands");

    private LedgerException Misplaced(ReadOnlySpan<byte> name)
    {
        if (Rest is [(byte)'}', ..])
            return Refused($"the member `{Name(name)}` is missing");
        return TryName(out var found, out var refused)
            ? Refused($"the member `{found}` stands where `{Name(name)}` is expected")
            : refused;
    }

    private LedgerException Surplus() =>
        TryName(out var found, out var refused) ? Refused($"the member `{found}` is unknown or not in its place") : refused;

    /// <summary>The name of the member that stands here, for a message.</summary>
    private bool TryName([NotNullWhen(true)] out string? name, [NotNullWhen(false)] out LedgerException? refused)
    {
        const int CharsMax = 40;
        name = null;
        if ((_comma && !TryTake((byte)',')) || !TryTake((byte)'"'))
        {
            refused = Unexpected("it is not well-formed JSON");
            return false;
        }

        var form = CanonicalText.Read(Rest, out name, out var used);
        _at += used;
        refused = form switch
        {
            TextForm.NotCanonical => NotCanonical(),
            TextForm.Canonical when Rest is [(byte)':', ..] => null,
            TextForm.Canonical => Unexpected("it is not well-formed JSON"),
            TextForm.NotWellFormed => NotWellFormed(),
        };
        if (name?.Length > CharsMax)
            name = string.Concat(name.AsSpan(0, CharsMax), "…");
        return refused is null && name is not null;
    }

    private static string Name(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}
