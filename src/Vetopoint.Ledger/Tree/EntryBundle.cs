using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vetopoint.Ledger.Tree;

/// <summary>
/// What a log holds of an entry, and how entries lie together: each after its length in two bytes. An entry's leaf is its canonical bytes. One
/// that does not fit two bytes of length has a leaf that names its hash and length, and lies in a file of its own.
/// </summary>
public static class EntryBundle
{
    /// <summary>The longest leaf.</summary>
    public const int LeafBytesMax = ushort.MaxValue;

    private const int HexChars = 64;
    private const string LargeFolder = "large/";

    private static readonly SearchValues<byte> HexBytes = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private static ReadOnlySpan<byte> LargePrefix => "vetopoint large entry v1\n"u8;

    /// <summary>The leaf of an entry, from its canonical bytes.</summary>
    public static ReadOnlyMemory<byte> LeafOf(ReadOnlyMemory<byte> canonical) => canonical.Length <= LeafBytesMax
        ? canonical
        : Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Encoding.ASCII.GetString(LargePrefix)}{Convert.ToHexStringLower(SHA256.HashData(canonical.Span))}\n{canonical.Length}\n"));

    /// <summary>Where the canonical bytes lie that a leaf names; null when the leaf is the entry itself, as every canonical entry begins with a brace.</summary>
    public static string? LargePathOf(ReadOnlySpan<byte> leaf)
    {
        if (!leaf.StartsWith(LargePrefix) || leaf.Length < LargePrefix.Length + HexChars)
            return null;
        var hash = leaf.Slice(LargePrefix.Length, HexChars);
        return hash.ContainsAnyExcept(HexBytes) ? null : LargeFolder + Encoding.ASCII.GetString(hash);
    }

    /// <summary>True for the path of a large entry's file.</summary>
    public static bool IsLargePath(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length == LargeFolder.Length + HexChars && path.StartsWith(LargeFolder, StringComparison.Ordinal)
            && !path.AsSpan(LargeFolder.Length).ContainsAnyExcept(Hex);
    }

    /// <summary>Adds a leaf to a bundle.</summary>
    public static void Write(IBufferWriter<byte> bundle, ReadOnlySpan<byte> leaf)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaf.Length, LeafBytesMax);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)leaf.Length);
        bundle.Write(length);
        bundle.Write(leaf);
    }

    /// <summary>Takes a bundle apart.</summary>
    /// <exception cref="Entries.LedgerException">It does not hold exactly the leaves that it should.</exception>
    public static ReadOnlyMemory<byte>[] Read(Tile tile, ReadOnlyMemory<byte> bundle)
    {
        var leaves = new ReadOnlyMemory<byte>[tile.Width];
        for (var n = 0; n < leaves.Length; n++)
        {
            if (bundle.Length < sizeof(ushort) || bundle.Length - sizeof(ushort) < BinaryPrimitives.ReadUInt16BigEndian(bundle.Span))
                throw tile.Wrong(string.Create(CultureInfo.InvariantCulture, $"it ends within entry {n} of {tile.Width}"));
            var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
            leaves[n] = bundle.Slice(sizeof(ushort), length);
            bundle = bundle[(sizeof(ushort) + length)..];
        }

        return bundle.IsEmpty ? leaves : throw tile.Wrong("something follows its last entry");
    }
}
