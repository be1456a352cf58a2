namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>String</c>, compared scalar by scalar, never normalised.</summary>
public sealed class CedarString : CedarValue
{
    /// <exception cref="ArgumentException">The text has half of a surrogate pair, which no Cedar string can hold.</exception>
    public CedarString(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!TextEscapes.IsWellFormed(value))
            throw new ArgumentException("The text has half of a surrogate pair. Give well-formed Unicode.", nameof(value));
        Value = value;
    }

    /// <summary>What it holds.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.String;

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) =>
        other is CedarString text && string.Equals(text.Value, Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Value);

    /// <inheritdoc/>
    public override string ToString() => TextEscapes.Quote(Value);
}
