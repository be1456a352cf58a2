using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// The names of the members of every object that is open, so that a second member of the same name is found when its
/// object closes. Names of an inner object lie above those of the outer one and are dropped when it closes.
/// </summary>
/// <remarks>
/// Larger objects are sorted, by a hash and then by content, so the cost is bounded by n log n whatever names an attacker
/// picks: names that collide only cost what sorting by content costs.
/// </remarks>
internal ref struct MemberNames(ReadOnlyMemory<byte> message)
{
    private const int PairwiseMax = 12;
    private const int EntriesAtFirst = 64;

    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(EntriesAtFirst);
    private byte[] _unescaped = [];
    private int _unescapedLength;

    /// <summary>How many names are open now. Take it before an object's first name and hand it back when it closes.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the property name the reader stands on.</summary>
    public void Add(ref readonly Utf8JsonReader reader)
    {
        if (Count == _entries.Length)
            Grow();
        var raw = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
        {
            // The token starts at the quote; the name one byte later.
            _entries[Count++] = new Entry((int)reader.TokenStartIndex + 1, raw.Length, false);
            return;
        }

        EnsureUnescaped(raw.Length);
        var written = reader.CopyString(_unescaped.AsSpan(_unescapedLength));
        _entries[Count++] = new Entry(_unescapedLength, written, true);
        _unescapedLength += written;
    }

    /// <summary>The name added last, unescaped.</summary>
    public readonly ReadOnlySpan<byte> Last => NameOf(_entries[Count - 1]);

    /// <summary>Closes the object whose first name was added at <paramref name="from"/>.</summary>
    /// <param name="from">The <see cref="Count"/> when the object opened.</param>
    /// <param name="foldCase">True where two names that differ only by case are also refused.</param>
    /// <param name="duplicate">The name that occurs twice, fit to print.</param>
    /// <returns>Whether every name occurs once.</returns>
    public bool Close(int from, bool foldCase, out NameClash clash, out string duplicate)
    {
        var entries = _entries.AsSpan(from, Count - from);
        clash = NameClash.None;
        duplicate = "";
        if (FindEqual(entries, out var name))
        {
            clash = NameClash.Same;
            duplicate = Printable(NameOf(name));
        }
        else if (foldCase && FindEqualFolded(entries, out name))
        {
            clash = NameClash.Case;
            duplicate = Printable(NameOf(name));
        }

        foreach (ref readonly var entry in entries)
        {
            if (entry.IsUnescaped)
                _unescapedLength = Math.Min(_unescapedLength, entry.Start);
        }

        Count = from;
        return clash == NameClash.None;
    }

    /// <summary>Gives the pooled arrays back. The one parser that owns the names calls it.</summary>
    public void Release()
    {
        ArrayPool<Entry>.Shared.Return(_entries);
        if (_unescaped.Length > 0)
            ArrayPool<byte>.Shared.Return(_unescaped);
        _entries = [];
        _unescaped = [];
    }

    /// <summary>
    /// The same text for all spellings that some parser takes as one name. Go's <c>encoding/json</c> folds the long s
    /// and the Kelvin sign to ASCII; .NET folds by simple upper-casing; the dotted and dotless i are folded for good
    /// measure.
    /// </summary>
    public static string Fold(ReadOnlySpan<byte> name)
    {
        var folded = new StringBuilder(name.Length);
        foreach (var rune in Encoding.UTF8.GetString(name).EnumerateRunes())
        {
            folded.Append(rune.Value switch
            {
                0x17F => "s",
                0x212A => "k",
                0x130 or 0x131 => "i",
                _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).ToString(),
            });
        }

        return folded.ToString();
    }

    /// <summary>A name fit to be repeated to people.</summary>
    public static string Printable(ReadOnlySpan<byte> name) =>
        PrintableText.Of(Encoding.UTF8.GetString(name), McpLimits.QuotedNameCharsMax);

    private readonly bool FindEqual(Span<Entry> entries, out Entry name)
    {
        if (entries.Length <= PairwiseMax)
        {
            for (var i = 1; i < entries.Length; i++)
            {
                var current = NameOf(entries[i]);
                for (var j = 0; j < i; j++)
                {
                    if (current.SequenceEqual(NameOf(entries[j])))
                    {
                        name = entries[i];
                        return true;
                    }
                }
            }

            name = default;
            return false;
        }

        foreach (ref var entry in entries)
        {
            var hash = default(HashCode);
            hash.AddBytes(NameOf(entry));
            entry = entry with { Hash = hash.ToHashCode() };
        }

        entries.Sort(new ByContent(message, _unescaped));
        for (var i = 1; i < entries.Length; i++)
        {
            if (NameOf(entries[i]).SequenceEqual(NameOf(entries[i - 1])))
            {
                name = entries[i];
                return true;
            }
        }

        name = default;
        return false;
    }

    private readonly bool FindEqualFolded(Span<Entry> entries, out Entry name)
    {
        name = default;
        if (entries.Length < 2 || (entries.Length <= PairwiseMax && AllPlain(entries)))
            return false;
        var seen = new HashSet<string>(entries.Length, StringComparer.Ordinal);
        foreach (ref readonly var entry in entries)
        {
            if (seen.Add(Fold(NameOf(entry))))
                continue;
            name = entry;
            return true;
        }

        return false;
    }

    /// <summary>The common case without allocation: ASCII names, no two equal when case is ignored.</summary>
    private readonly bool AllPlain(Span<Entry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            var current = NameOf(entries[i]);
            if (!Ascii.IsValid(current))
                return false;
            for (var j = 0; j < i; j++)
            {
                if (Ascii.EqualsIgnoreCase(current, NameOf(entries[j])))
                    return false;
            }
        }

        return true;
    }

    private readonly ReadOnlySpan<byte> NameOf(Entry entry) =>
        (entry.IsUnescaped ? _unescaped : message.Span).Slice(entry.Start, entry.Length);

    private void Grow()
    {
        var larger = ArrayPool<Entry>.Shared.Rent(_entries.Length * 2);
        _entries.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<Entry>.Shared.Return(_entries);
        _entries = larger;
    }

    private void EnsureUnescaped(int length)
    {
        if (_unescaped.Length - _unescapedLength >= length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, (_unescapedLength + length) * 2));
        _unescaped.AsSpan(0, _unescapedLength).CopyTo(larger);
        if (_unescaped.Length > 0)
            ArrayPool<byte>.Shared.Return(_unescaped);
        _unescaped = larger;
    }

    /// <summary>A name: in the message itself, or in the buffer of unescaped names.</summary>
    /// <param name="Hash">Set only while an object is sorted.</param>
    private readonly record struct Entry(int Start, int Length, bool IsUnescaped, int Hash = 0);

    private readonly struct ByContent(ReadOnlyMemory<byte> message, byte[] unescaped) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            var byHash = x.Hash.CompareTo(y.Hash);
            return byHash != 0 ? byHash : NameOf(x).SequenceCompareTo(NameOf(y));
        }

        private ReadOnlySpan<byte> NameOf(Entry entry) =>
            (entry.IsUnescaped ? unescaped : message.Span).Slice(entry.Start, entry.Length);
    }
}

/// <summary>How two names of one object clash.</summary>
internal enum NameClash
{
    None = 0,
    Same,
    Case,
}
