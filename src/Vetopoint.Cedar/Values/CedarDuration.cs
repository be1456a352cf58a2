using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>duration</c>, in milliseconds.</summary>
public sealed class CedarDuration : CedarValue
{
    private static readonly (string Name, long Milliseconds)[] Units =
        [("d", CedarDateTime.DayMilliseconds), ("h", 60L * 60 * 1000), ("m", 60L * 1000), ("s", 1000), ("ms", 1)];

    /// <summary>A span by its milliseconds.</summary>
    public CedarDuration(long milliseconds) => Milliseconds = milliseconds;

    /// <summary>How long it is; negative when it goes back.</summary>
    public long Milliseconds { get; }

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Duration;

    /// <summary>Reads <c>1d2h3m4s5ms</c>: units in this order, each at most once, at least one, a minus before them or not.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CedarDuration? value)
    {
        value = null;
        var negative = text.StartsWith("-", StringComparison.Ordinal);
        var rest = negative ? text[1..] : text;
        if (rest.IsEmpty)
            return false;
        Int128 total = 0;
        foreach (var (name, milliseconds) in Units)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits < 1)
                continue;
            var unit = rest[digits..];
            var unitLength = unit.IndexOfAnyInRange('0', '9');
            if (!(unitLength < 0 ? unit : unit[..unitLength]).SequenceEqual(name))
                continue;
            if (!ulong.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                return false;
            total += (Int128)count * milliseconds;
            rest = unit[name.Length..];
        }

        if (negative)
            total = -total;
        if (!rest.IsEmpty || total < long.MinValue || total > long.MaxValue)
            return false;
        value = new CedarDuration((long)total);
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) => other is CedarDuration duration && duration.Milliseconds == Milliseconds;

    /// <inheritdoc/>
    public override int GetHashCode() => SeededHash.Of(CedarValueKind.Duration, Milliseconds);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"duration(\"{Milliseconds}ms\")");
}
