namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>Bool</c>; there are two.</summary>
public sealed class CedarBool : CedarValue
{
    private CedarBool(bool value) => Value = value;

    /// <summary>The one value that is true.</summary>
    public static CedarBool True { get; } = new(true);

    /// <summary>The one value that is false.</summary>
    public static CedarBool False { get; } = new(false);

    /// <summary>What it holds.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override CedarValueKind Kind => CedarValueKind.Bool;

    /// <summary>The value of a bool.</summary>
    public static CedarBool Of(bool value) => value ? True : False;

    /// <inheritdoc/>
    public override bool Equals(CedarValue? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value ? 1 : 2;

    /// <inheritdoc/>
    public override string ToString() => Value ? "true" : "false";
}
