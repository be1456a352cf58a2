using System.Buffers;
using System.Security.Cryptography;

namespace Vetopoint.Ledger.Tree;

/// <summary>The hashes of the tree (RFC 6962, section 2.1, with SHA-256): a prefix keeps leaves and nodes apart.</summary>
public static class TreeHash
{
    public const int Bytes = 32;

    private const int OnStackMax = 2048;

    /// <summary>The root of a tree without entries.</summary>
    public static ReadOnlyMemory<byte> Empty { get; } = SHA256.HashData(ReadOnlySpan<byte>.Empty);

    public static byte[] Leaf(ReadOnlySpan<byte> data)
    {
        var hash = new byte[Bytes];
        Leaf(data, hash);
        return hash;
    }

    public static void Leaf(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        byte[]? rented = null;
        var input = data.Length < OnStackMax ? stackalloc byte[OnStackMax] : rented = ArrayPool<byte>.Shared.Rent(data.Length + 1);
        input[0] = 0;
        data.CopyTo(input[1..]);
        SHA256.HashData(input[..(data.Length + 1)], hash);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var hash = new byte[Bytes];
        Node(left, right, hash);
        return hash;
    }

    /// <summary>The result may replace one of the two.</summary>
    public static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, Bytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, Bytes);
        Span<byte> input = stackalloc byte[1 + Bytes + Bytes];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Bytes)..]);
        SHA256.HashData(input, hash);
    }

    /// <summary>The root over a power of two of hashes of one height, such as those of a full tile.</summary>
    public static byte[] Perfect(ReadOnlySpan<byte> hashes)
    {
        var level = hashes.ToArray();
        for (var length = level.Length; length > Bytes; length /= 2)
        {
            for (var at = 0; at < length; at += 2 * Bytes)
                Node(level.AsSpan(at, Bytes), level.AsSpan(at + Bytes, Bytes), level.AsSpan(at / 2, Bytes));
        }

        return level[..Bytes];
    }
}
