namespace Vetopoint.Cedar.Diagnostics;

/// <summary>A place in a source.</summary>
/// <param name="File">The source's name.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="Column">Counted from 1, in UTF-16 code units, as editors do.</param>
/// <param name="Length">How many UTF-16 code units the place covers; 0 when it is a point.</param>
public readonly record struct Location(string File, int Line, int Column, int Length)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
