using System.Collections.Immutable;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Mandates;

/// <summary>
/// What a task may do. Empty sets allow nothing; <see cref="Any"/> allows all; what ends in <c>*</c> allows every name that begins so.
/// No policy can widen it.
/// </summary>
/// <param name="Effects">Names of effects, or <see cref="Any"/>.</param>
/// <param name="Environments">Names of environments, or <see cref="Any"/>.</param>
/// <param name="Servers">Names of servers, or <see cref="Any"/>.</param>
/// <param name="CallsMax">Attempts that may run.</param>
/// <param name="ObjectsMax">Objects that may be touched.</param>
/// <param name="BytesMax">Bytes of results that may leave.</param>
/// <param name="ExpiresAt">Nothing runs from this moment on.</param>
public sealed record Mandate(
    ImmutableArray<string> Effects, ImmutableArray<string> Environments, ImmutableArray<string> Servers,
    long CallsMax, long ObjectsMax, long BytesMax, DateTimeOffset ExpiresAt)
{
    public const string Any = "*";

    private static readonly ImmutableArray<string> All = [Any];

    // Filled when first asked for; no part of what the mandate says.
    private MandatePolicies? _policies;
    private MandatePolicies? _policiesUnlessApproved;

    /// <summary>What may be acted on, as <c>kind:name</c>.</summary>
    public ImmutableArray<string> Resources { get; init; } = All;

    /// <summary>Kinds of gates.</summary>
    public ImmutableArray<string> Gates { get; init; } = All;

    /// <summary>Labels of data that may be touched. Names only, no prefixes.</summary>
    public ImmutableArray<string> Labels { get; init; } = All;

    /// <summary>Where data may go, as <c>kind:name</c>.</summary>
    public ImmutableArray<string> Destinations { get; init; } = All;

    /// <summary>Objects with any label that may be touched.</summary>
    public long SensitiveMax { get; init; } = long.MaxValue;

    /// <summary>Levels of tasks that may stand below this one.</summary>
    public int Depth { get; init; }

    /// <summary>Tasks that this one may create.</summary>
    public int ChildrenMax { get; init; }

    public bool AllowsEffect(Effect effect) => NamePattern.AnyCovers(Effects, effect.ToName());

    public bool AllowsEnvironment(string environment) => NamePattern.AnyCovers(Environments, environment);

    public bool AllowsServer(string server) => NamePattern.AnyCovers(Servers, server);

    public bool AllowsGate(string gate) => NamePattern.AnyCovers(Gates, gate);

    public bool AllowsLabel(string label) => NamePattern.AnyCovers(Labels, label);

    public bool AllowsResource(string kind, string name) => ResourcePattern.AnyCovers(Resources, kind, name);

    public bool AllowsDestination(string kind, string name) => ResourcePattern.AnyCovers(Destinations, kind, name);

    public bool Equals(Mandate? other) =>
        other is not null && ExpiresAt == other.ExpiresAt
        && (CallsMax, ObjectsMax, BytesMax, SensitiveMax, Depth, ChildrenMax)
            == (other.CallsMax, other.ObjectsMax, other.BytesMax, other.SensitiveMax, other.Depth, other.ChildrenMax)
        && Same(Effects, other.Effects) && Same(Environments, other.Environments) && Same(Servers, other.Servers)
        && Same(Resources, other.Resources) && Same(Gates, other.Gates) && Same(Labels, other.Labels) && Same(Destinations, other.Destinations);

    public override int GetHashCode() => HashCode.Combine(ExpiresAt, CallsMax, ObjectsMax, BytesMax, Effects.Length, Resources.Length);

    /// <summary>The same as Cedar policies, which stand beside those of the policy set.</summary>
    /// <param name="unlessApproved">True where one person's approval lets a call outside it through.</param>
    internal MandatePolicies Policies(bool unlessApproved) =>
        unlessApproved
            ? _policiesUnlessApproved ??= MandatePolicies.Of(this, unlessApproved: true)
            : _policies ??= MandatePolicies.Of(this, unlessApproved: false);

    internal MandateEntry ToEntry() => new(Effects, Environments, Servers, CallsMax, ObjectsMax, BytesMax, ExpiresAt)
    {
        Resources = Recorded(Resources),
        Gates = Recorded(Gates),
        Labels = Recorded(Labels),
        Destinations = Recorded(Destinations),
        SensitiveMax = SensitiveMax == long.MaxValue ? null : SensitiveMax,
        Depth = Depth == 0 ? null : Depth,
        ChildrenMax = ChildrenMax == 0 ? null : ChildrenMax,
    };

    internal static Mandate FromEntry(MandateEntry entry) => new(
        entry.Effects, entry.Environments, entry.Servers, entry.CallsMax, entry.ObjectsMax, entry.BytesMax, entry.ExpiresAt)
    {
        Resources = entry.Resources ?? All,
        Gates = entry.Gates ?? All,
        Labels = entry.Labels ?? All,
        Destinations = entry.Destinations ?? All,
        SensitiveMax = entry.SensitiveMax ?? long.MaxValue,
        Depth = entry.Depth ?? 0,
        ChildrenMax = entry.ChildrenMax ?? 0,
    };

    /// <summary>What says no more than a record without it is left out of the record.</summary>
    private static ImmutableArray<string>? Recorded(ImmutableArray<string> set) => Same(set, All) ? null : set;

    private static bool Same(ImmutableArray<string> left, ImmutableArray<string> right) =>
        left.IsDefault ? right.IsDefault : !right.IsDefault && left.AsSpan().SequenceEqual(right.AsSpan());
}
