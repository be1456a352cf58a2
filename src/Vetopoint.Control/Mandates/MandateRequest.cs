using System.Collections.Immutable;

namespace Vetopoint.Control.Mandates;

/// <summary>A mandate as somebody writes it. What is left out is as in the mandate that it is to stand under; nothing more can be handed on.</summary>
public sealed record MandateRequest
{
    /// <summary>What for, in words; null says the same as above.</summary>
    public string? Purpose { get; init; }

    public ImmutableArray<string>? Effects { get; init; }

    public ImmutableArray<string>? Resources { get; init; }

    public ImmutableArray<string>? Environments { get; init; }

    public ImmutableArray<string>? Servers { get; init; }

    public ImmutableArray<string>? Gates { get; init; }

    public ImmutableArray<string>? Labels { get; init; }

    public ImmutableArray<string>? Destinations { get; init; }

    public long? Calls { get; init; }

    public long? Objects { get; init; }

    public long? Bytes { get; init; }

    public long? Sensitive { get; init; }

    public TimeSpan? ExpiresAfter { get; init; }

    public int Depth { get; init; }

    public int Children { get; init; }

    /// <summary>The mandate that this is under another one. It may be wider: <see cref="MandateSubset"/> says.</summary>
    internal Mandate Under(Mandate above, DateTimeOffset now) => new(
        Effects ?? above.Effects, Environments ?? above.Environments, Servers ?? above.Servers,
        Calls ?? above.CallsMax, Objects ?? above.ObjectsMax, Bytes ?? above.BytesMax,
        ExpiresAfter is { } after ? now + after : above.ExpiresAt)
    {
        Resources = Resources ?? above.Resources,
        Gates = Gates ?? above.Gates,
        Labels = Labels ?? above.Labels,
        Destinations = Destinations ?? above.Destinations,
        SensitiveMax = Sensitive ?? above.SensitiveMax,
        Depth = Depth,
        ChildrenMax = Children,
    };
}
