namespace Vetopoint.Cedar.Values;

/// <summary>
/// Hashes of numbers that a stranger may choose. The base library folds a number to 32 bits before it seeds, so many numbers
/// would have one hash under every seed; here each half is seeded by itself.
/// </summary>
internal static class SeededHash
{
    public static int Of(CedarValueKind kind, long value) =>
        unchecked(HashCode.Combine(kind, (int)value, (int)(value >> 32)));

    public static int Of(CedarValueKind kind, UInt128 value) =>
        unchecked(HashCode.Combine(kind, Of(kind, (long)(ulong)value), Of(kind, (long)(ulong)(value >> 64))));
}
