namespace Vetopoint.Readers.Operations;

/// <summary>How far an operation reaches, whether it can be undone, and how well that is known.</summary>
/// <param name="Objects">Rows, files or other objects touched; null when it is not known.</param>
/// <param name="Bytes">Bytes touched or moved; null when it is not known.</param>
/// <param name="Dependents">Objects that depend on the target and change with it; null when it is not known.</param>
/// <param name="Systems">Systems touched; null when it is not known.</param>
public sealed record BlastRadius(
    long? Objects, long? Bytes, long? Dependents, long? Systems, Reversibility Reversibility, Knowledge Knowledge)
{
    /// <summary>Nothing is known about the radius, so it cannot be undone either.</summary>
    public static BlastRadius Unknown { get; } =
        new(null, null, null, null, Reversibility.None, Knowledge.Unknown);
}

/// <summary>How far an operation can be taken back. Zero is the safe assumption.</summary>
public enum Reversibility
{
    None = 0,

    /// <summary>For a limited time, such as a bin that is emptied or a backup that expires.</summary>
    Window,
    Full,
}

/// <summary>How a blast radius came to be known, weakest first.</summary>
public enum Knowledge
{
    Unknown = 0,

    /// <summary>Said by the call or by the tool's description.</summary>
    Declared,

    /// <summary>Computed from what is known about the target.</summary>
    Estimated,

    /// <summary>Observed in a rehearsal.</summary>
    Measured,
}
