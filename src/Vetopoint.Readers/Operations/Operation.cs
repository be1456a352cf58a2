using System.Collections.Immutable;

namespace Vetopoint.Readers.Operations;

/// <summary>One thing an attempt would do. An attempt has one or more.</summary>
public sealed record Operation
{
    public required Effect Effect { get; init; }

    public required Target Target { get; init; }

    /// <summary>Where data goes, for move, export and send; null when it stays where it is.</summary>
    public Target? Destination { get; init; }

    public BlastRadius BlastRadius { get; init; } = BlastRadius.Unknown;

    /// <summary>
    /// True when the reader is sure of everything above. False is high-risk, whatever the effect says.
    /// The default is false.
    /// </summary>
    public bool Understood { get; init; }

    /// <summary>Why it is read like this, in words a person follows, strongest evidence first.</summary>
    public ImmutableArray<Evidence> Evidence { get; init; } = [];
}

/// <summary>One reason for a reading.</summary>
/// <param name="Source">Where the evidence comes from; the order of the enum is the order of strength.</param>
/// <param name="Text">One short sentence, without values of arguments that may be secret.</param>
public sealed record Evidence(EvidenceSource Source, string Text);

/// <summary>Sources of a reading, weakest first.</summary>
public enum EvidenceSource
{
    /// <summary>What the server says of itself. It may raise a risk; it lowers one only on a reviewed tool.</summary>
    Annotations = 0,
    Schema,
    Description,
    Name,
    Arguments,
    WellKnownServer,
    OperatorMapping,
}
