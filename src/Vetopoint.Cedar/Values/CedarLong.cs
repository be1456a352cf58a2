using System.Globalization;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>Long</c>: a signed integer of 64 bits.</summary>
public sealed class CedarLong : CedarValue
{
    private const int SmallestCached = -1;
    private const int LargestCached = 255;

    private static readonly CedarLong[] Cached =
        [.. Enumerable.Range(SmallestCached, LargestCached - SmallestCached + 1).Select(value => new CedarLong(value))];

    private CedarLong(long value) => Value = value;

    /// <summary>What it holds.</summary>
    public long Value { get; }

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Long;

    /// <summary>The value of a number.</summary>
    public static CedarLong Of(long value) =>
        value is >= SmallestCached and <= LargestCached ? Cached[value - SmallestCached] : new CedarLong(value);

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) => other is CedarLong number && number.Value == Value;

    /// <inheritdoc/>
    public override int GetHashCode() => SeededHash.Of(CedarValueKind.Long, Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
