using System.Diagnostics.CodeAnalysis;

namespace Vetopoint.Cedar.Values;

/// <summary>A Cedar value. Immutable, compared by structure; values of different kinds are never equal.</summary>
public abstract class CedarValue : IEquatable<CedarValue>
{
    private protected CedarValue()
    {
    }

    /// <summary>Which of the ten kinds this is.</summary>
    public abstract CedarValueKind Kind { get; }

    public abstract bool Equals(CedarValue? other);

    public sealed override bool Equals(object? obj) => obj is CedarValue other && Equals(other);

    public abstract override int GetHashCode();

    /// <summary>The value as Cedar text that evaluates to it.</summary>
    public abstract override string ToString();

    public static implicit operator CedarValue(long value) => CedarLong.Of(value);

    public static implicit operator CedarValue(bool value) => CedarBool.Of(value);

    public static implicit operator CedarValue(string value) => new CedarString(value);
}

/// <summary>The kinds of Cedar values.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the words of the Cedar language.")]
public enum CedarValueKind
{
    Bool,
    Long,
    String,
    Entity,
    Set,
    Record,
    Decimal,
    IpAddress,
    DateTime,
    Duration,
}
