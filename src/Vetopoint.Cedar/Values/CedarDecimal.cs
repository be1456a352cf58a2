using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>decimal</c>: four digits behind the point, in 64 bits.</summary>
public sealed class CedarDecimal : CedarValue
{
    private const int DigitsMax = 4;
    private const long One = 10_000;

    /// <param name="tenThousandths">The number times 10,000.</param>
    public CedarDecimal(long tenThousandths) => TenThousandths = tenThousandths;

    /// <summary>The number times 10,000.</summary>
    public long TenThousandths { get; }

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Decimal;

    /// <summary>Reads digits, a point, and one to four digits, with a minus before them or not.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CedarDecimal? value)
    {
        value = null;
        var negative = text.StartsWith("-", StringComparison.Ordinal);
        if (negative)
            text = text[1..];
        var point = text.IndexOf('.');
        if (point < 1 || text.Length - point - 1 is < 1 or > DigitsMax)
            return false;
        if (!Int128.TryParse(text[..point], NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            || whole > long.MaxValue
            || !int.TryParse(text[(point + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var fraction))
            return false;
        for (var digits = text.Length - point - 1; digits < DigitsMax; digits++)
            fraction *= 10;
        var scaled = (whole * One) + fraction;
        if (negative)
            scaled = -scaled;
        if (scaled < long.MinValue || scaled > long.MaxValue)
            return false;
        value = new CedarDecimal((long)scaled);
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) => other is CedarDecimal number && number.TenThousandths == TenThousandths;

    /// <inheritdoc/>
    public override int GetHashCode() => SeededHash.Of(CedarValueKind.Decimal, TenThousandths);

    /// <inheritdoc/>
    public override string ToString() => $"decimal({TextEscapes.Quote(ToDigits())})";

    /// <summary>As <see cref="TryParse"/> reads it, without needless zeros.</summary>
    public string ToDigits()
    {
        var magnitude = Int128.Abs(TenThousandths);
        var fraction = ((int)(magnitude % One)).ToString("D4", CultureInfo.InvariantCulture).TrimEnd('0');
        var whole = (magnitude / One).ToString(CultureInfo.InvariantCulture);
        return $"{(TenThousandths < 0 ? "-" : "")}{whole}.{(fraction.Length == 0 ? "0" : fraction)}";
    }
}
