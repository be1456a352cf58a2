using System.Collections.Immutable;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>Set</c>: no order, no element twice.</summary>
public sealed class CedarSet : CedarValue
{
    /// <summary>Up to here a scan is quicker than a hash table.</summary>
    private const int ScanMax = 8;

    private readonly HashSet<CedarValue>? _index;
    private readonly int _hash;

    private CedarSet(ImmutableArray<CedarValue> elements, HashSet<CedarValue>? index)
    {
        Elements = elements;
        _index = index;
        foreach (var element in elements)
            _hash = unchecked(_hash + element.GetHashCode());
    }

    /// <summary>A set without elements.</summary>
    public static CedarSet Empty { get; } = new([], null);

    /// <summary>Each element once, in the order they were first given.</summary>
    public ImmutableArray<CedarValue> Elements { get; }

    /// <summary>How many different elements it has.</summary>
    public int Count => Elements.Length;

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Set;

    /// <summary>Makes a set; elements given twice are kept once.</summary>
    public static CedarSet Of(params ReadOnlySpan<CedarValue> elements)
    {
        if (elements.IsEmpty)
            return Empty;
        var distinct = ImmutableArray.CreateBuilder<CedarValue>(elements.Length);
        var index = elements.Length > ScanMax ? new HashSet<CedarValue>(elements.Length) : null;
        foreach (var element in elements)
            if (index is null ? !distinct.Contains(element) : index.Add(element))
                distinct.Add(element);
        return new CedarSet(distinct.DrainToImmutable(), index);
    }

    /// <summary>Makes a set; elements given twice are kept once.</summary>
    public static CedarSet Of(IEnumerable<CedarValue> elements) => Of(elements.ToArray().AsSpan());

    /// <summary>Whether an equal value is an element.</summary>
    public bool Contains(CedarValue value)
    {
        if (_index is not null)
            return _index.Contains(value);
        foreach (var element in Elements)
            if (element.Equals(value))
                return true;
        return false;
    }

    /// <summary>Whether the other set has every element of this one.</summary>
    public bool IsSubsetOf(CedarSet other)
    {
        if (Count > other.Count)
            return false;
        foreach (var element in Elements)
            if (!other.Contains(element))
                return false;
        return true;
    }

    /// <summary>Whether the two sets share an element.</summary>
    public bool Overlaps(CedarSet other)
    {
        var (few, many) = Count <= other.Count ? (this, other) : (other, this);
        foreach (var element in few.Elements)
            if (many.Contains(element))
                return true;
        return false;
    }

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) =>
        ReferenceEquals(this, other)
        || (other is CedarSet set && set._hash == _hash && set.Count == Count && IsSubsetOf(set));

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Elements)}]";
}
