using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Cedar.Schema;

/// <summary>A closed record: it holds the declared attributes and no other.</summary>
public sealed record RecordType : CedarType
{
    private readonly FrozenDictionary<string, AttributeDefinition> _byName;

    /// <exception cref="ArgumentException">A name is given twice.</exception>
    public RecordType(params IEnumerable<AttributeDefinition> attributes)
        : this([.. attributes.OrderBy(attribute => attribute.Name, StringComparer.Ordinal)], 0)
    {
    }

    private RecordType(ImmutableArray<AttributeDefinition> sorted, int depth)
        : base(sorted.Aggregate(depth, (deepest, attribute) => Math.Max(deepest, attribute.Type.Depth)) + 1)
    {
        Attributes = sorted;
        for (var i = 1; i < Attributes.Length; i++)
            if (Attributes[i].Name == Attributes[i - 1].Name)
                throw new ArgumentException($"The attribute `{Attributes[i].Name}` is given twice. Give each name once.", nameof(sorted));
        _byName = Attributes.ToFrozenDictionary(attribute => attribute.Name, StringComparer.Ordinal);
    }

    /// <summary>A record without attributes.</summary>
    public static RecordType Empty { get; } = new([]);

    /// <summary>Sorted by name, by code unit.</summary>
    public ImmutableArray<AttributeDefinition> Attributes { get; }

    /// <summary>Finds an attribute by its name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out AttributeDefinition? attribute) =>
        _byName.TryGetValue(name, out attribute);

    /// <inheritdoc/>
    public bool Equals(RecordType? other) =>
        ReferenceEquals(this, other) || (other is not null && Attributes.SequenceEqual(other.Attributes));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var attribute in Attributes)
            hash.Add(attribute);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", Attributes)}}}";
}

/// <summary>One attribute of a <see cref="RecordType"/>.</summary>
/// <param name="Name">Any text.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Required">When false, policies must ask <c>has</c> before they use it.</param>
public sealed record AttributeDefinition(string Name, CedarType Type, bool Required = true)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}{(Required ? "" : "?")}: {Type}";
}
