namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar <c>Bool</c>; there are two.</summary>
public sealed class CedarBool : CedarValue
{
    private CedarBool(bool value) => Value = value;

    public static CedarBool True { get; } = new(true);

    public static CedarBool False { get; } = new(false);

    public bool Value { get; }

    public override CedarValueKind Kind => CedarValueKind.Bool;

    public static CedarBool Of(bool value) => value ? True : False;

    public override bool Equals(CedarValue? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Value ? 1 : 2;

    public override string ToString() => Value ? "true" : "false";
}
