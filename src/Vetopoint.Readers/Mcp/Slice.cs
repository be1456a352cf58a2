namespace Vetopoint.Readers.Mcp;

/// <summary>Where a value lies in the bytes of a message. The default value is an absent one.</summary>
internal readonly record struct Slice(int Start, int Length)
{
    public bool IsPresent => Length > 0;

    public int End => Start + Length;

    public ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> bytes) => bytes.Slice(Start, Length);
}
