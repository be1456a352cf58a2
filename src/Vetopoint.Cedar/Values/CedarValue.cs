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

    /// <inheritdoc/>
    public abstract bool Equals(CedarValue? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => obj is CedarValue other && Equals(other);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    /// <summary>The value as Cedar text that evaluates to it.</summary>
    public abstract override string ToString();

    /// <summary>Whether the two are different.</summary>
    public static implicit operator CedarValue(long value) => CedarLong.Of(value);

    /// <summary>Whether the two are different.</summary>
    public static implicit operator CedarValue(bool value) => CedarBool.Of(value);

    /// <summary>Whether the two are different.</summary>
    public static implicit operator CedarValue(string value) => new CedarString(value);
}

/// <summary>The kinds of Cedar values.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the words of the Cedar language.")]
public enum CedarValueKind
{
    /// <summary>True or false.</summary>
    Bool,
    /// <summary>A signed integer of 64 bits.</summary>
    Long,
    /// <summary>Text.</summary>
    String,
    /// <summary>The name of an entity.</summary>
    Entity,
    /// <summary>A set of values.</summary>
    Set,
    /// <summary>Values by name.</summary>
    Record,
    /// <summary>A decimal.</summary>
    Decimal,
    /// <summary>An IP address or range.</summary>
    IpAddress,
    /// <summary>An instant.</summary>
    DateTime,
    /// <summary>A span of time.</summary>
    Duration,
}
