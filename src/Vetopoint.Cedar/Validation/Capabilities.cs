using System.Collections.Immutable;

namespace Vetopoint.Cedar.Validation;

/// <summary>What has been asked with <c>has</c> or <c>hasTag</c> before a place in a policy is reached, and was true.</summary>
internal sealed class Capabilities
{
    private readonly ImmutableHashSet<Capability> _known;
    private readonly bool _isEverything;

    private Capabilities(ImmutableHashSet<Capability> known, bool isEverything)
    {
        _known = known;
        _isEverything = isEverything;
    }

    public static Capabilities None { get; } = new([], false);

    /// <summary>Used behind a part that is wrong itself, so that one mistake is not reported twice.</summary>
    public static Capabilities Everything { get; } = new([], true);

    public static Capabilities Of(Capability capability) => new([capability], false);

    public bool Contains(Capability capability) => _isEverything || _known.Contains(capability);

    public Capabilities And(Capabilities other)
    {
        if (ReferenceEquals(other, None) || ReferenceEquals(this, other))
            return this;
        return ReferenceEquals(this, None) ? other : new Capabilities(_known.Union(other._known), _isEverything || other._isEverything);
    }

    public Capabilities Or(Capabilities other)
    {
        if (_isEverything)
            return other;
        if (other._isEverything)
            return this;
        return _known.IsEmpty || other._known.IsEmpty ? None : new Capabilities(_known.Intersect(other._known), false);
    }
}

/// <param name="Target">The canonical text of what was asked.</param>
/// <param name="IsTag">Whether a tag was asked for, not an attribute.</param>
/// <param name="Key">The attribute's name, or the canonical text of the tag's key.</param>
internal readonly record struct Capability(string Target, bool IsTag, string Key);
