using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>Record</c>: attributes by name. Names are sorted by code unit, so a record has one spelling.</summary>
public sealed class CedarRecord : CedarValue
{
    private readonly string[] _names;
    private readonly CedarValue[] _values;
    private int _hash; // INVARIANT: zero, or the hash of the content; a race writes the same number twice

    private CedarRecord(string[] names, CedarValue[] values)
    {
        _names = names;
        _values = values;
    }

    /// <summary>A record without attributes.</summary>
    public static CedarRecord Empty { get; } = new([], []);

    /// <summary>How many attributes it has.</summary>
    public int Count => _names.Length;

    /// <summary>The names, sorted by code unit.</summary>
    public ReadOnlySpan<string> Names => _names;

    /// <summary>The values, in the order of <see cref="Names"/>.</summary>
    public ReadOnlySpan<CedarValue> Values => _values;

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Record;

    /// <summary>Makes a record.</summary>
    /// <exception cref="ArgumentException">A name is given twice.</exception>
    public static CedarRecord Of(params ReadOnlySpan<(string Name, CedarValue Value)> attributes)
    {
        if (attributes.IsEmpty)
            return Empty;
        var names = new string[attributes.Length];
        var values = new CedarValue[attributes.Length];
        for (var i = 0; i < attributes.Length; i++)
            (names[i], values[i]) = attributes[i];
        return FromOwned(names, values);
    }

    /// <summary>Makes a record.</summary>
    /// <exception cref="ArgumentException">A name is given twice.</exception>
    public static CedarRecord Of(IEnumerable<KeyValuePair<string, CedarValue>> attributes) =>
        Of(attributes.Select(attribute => (attribute.Key, attribute.Value)).ToArray().AsSpan());

    /// <summary>Finds the value of an attribute.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out CedarValue? value)
    {
        var index = IndexOf(name);
        value = index >= 0 ? _values[index] : null;
        return index >= 0;
    }

    /// <summary>As <see cref="TryGet(string, out CedarValue)"/>, for a place that asks records of one shape for one name again and again.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hint">Where the name was found last; any number will do.</param>
    /// <param name="value">Its value.</param>
    internal bool TryGet(string name, ref int hint, [NotNullWhen(true)] out CedarValue? value)
    {
        var names = _names;
        var index = hint;
        if ((uint)index >= (uint)names.Length || !string.Equals(names[index], name, StringComparison.Ordinal))
        {
            index = IndexOf(name);
            if (index < 0)
            {
                value = null;
                return false;
            }

            hint = index;
        }

        value = _values[index];
        return true;
    }

    /// <summary>Whether it has an attribute.</summary>
    public bool Has(string name) => IndexOf(name) >= 0;

    /// <summary>The same record with one attribute set.</summary>
    public CedarRecord With(string name, CedarValue value)
    {
        var index = IndexOf(name);
        if (index >= 0)
        {
            var replaced = (CedarValue[])_values.Clone();
            replaced[index] = value;
            return new CedarRecord(_names, replaced);
        }

        return new CedarRecord([.. _names[..~index], name, .. _names[~index..]], [.. _values[..~index], value, .. _values[~index..]]);
    }

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is not CedarRecord record || record.Count != Count || !record.Names.SequenceEqual(Names))
            return false;
        for (var i = 0; i < _values.Length; i++)
            if (!_values[i].Equals(record._values[i]))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (_hash == 0)
        {
            var hash = new HashCode();
            for (var i = 0; i < _names.Length; i++)
            {
                hash.Add(_names[i], StringComparer.Ordinal);
                hash.Add(_values[i]);
            }

            _hash = hash.ToHashCode();
        }

        return _hash;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{{{string.Join(", ", _names.Select((name, i) => $"{TextEscapes.Quote(name)}: {_values[i]}"))}}}";

    private static CedarRecord FromOwned(string[] names, CedarValue[] values)
    {
        Array.Sort(names, values, StringComparer.Ordinal);
        for (var i = 1; i < names.Length; i++)
            if (names[i] == names[i - 1])
                throw new ArgumentException($"The attribute `{names[i]}` is given twice. Give each name once.", nameof(names));
        return new CedarRecord(names, values);
    }

    /// <summary>The index of a name, or the complement of where it would stand.</summary>
    private int IndexOf(string name)
    {
        var low = 0;
        var high = _names.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(_names[middle], name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }
}
