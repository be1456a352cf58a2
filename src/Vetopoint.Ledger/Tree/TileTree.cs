using System.Globalization;
using System.Numerics;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Tree;

/// <summary>
/// The tree of a size, read from tiles. Nothing is believed: what is made from it holds only together with a root that was checked elsewhere.
/// </summary>
/// <remarks>Not thread-safe; remembers the tiles it read.</remarks>
public sealed class TileTree(ILogSource source, long size)
{
    private const int TileBytes = Tile.FullWidth * TreeHash.Bytes;

    private readonly Dictionary<(int Level, long Index), byte[]> _tiles = [];

    public long Size => size;

    public async ValueTask<byte[]> RootAsync(CancellationToken cancellationToken) => size == 0
        ? TreeHash.Empty.ToArray()
        : await RangeAsync(0, size, cancellationToken);

    /// <summary>The hash of the leaf at an index.</summary>
    public ValueTask<byte[]> LeafAsync(long index, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return RangeAsync(index, index + 1, cancellationToken);
    }

    /// <summary>RFC 6962, section 2.1.1: the hashes from the leaf's sibling up to the root's child.</summary>
    public async ValueTask<IReadOnlyList<byte[]>> InclusionAsync(long index, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<byte[]>();
        for (var (start, end) = (0L, size); end - start > 1;)
        {
            var middle = start + Split(end - start);
            if (index < middle)
            {
                proof.Insert(0, await RangeAsync(middle, end, cancellationToken));
                end = middle;
            }
            else
            {
                proof.Insert(0, await RangeAsync(start, middle, cancellationToken));
                start = middle;
            }
        }

        return proof;
    }

    /// <summary>RFC 6962, section 2.1.2: that the first <paramref name="older"/> leaves are those of the older tree. Empty for 0 and for the same size.</summary>
    public async ValueTask<IReadOnlyList<byte[]>> ConsistencyAsync(long older, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(older);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(older, size);
        var proof = new List<byte[]>();
        if (older == 0 || older == size)
            return proof;
        var (start, end) = (0L, size);
        while (end != older)
        {
            var middle = start + Split(end - start);
            if (older <= middle)
            {
                proof.Insert(0, await RangeAsync(middle, end, cancellationToken));
                end = middle;
            }
            else
            {
                proof.Insert(0, await RangeAsync(start, middle, cancellationToken));
                start = middle;
            }
        }

        // The older root itself is known to who asks, unless it is only a part of that tree.
        if (start > 0)
            proof.Insert(0, await RangeAsync(start, end, cancellationToken));
        return proof;
    }

    /// <summary>The hash over a range that the RFC's way of dividing leads to.</summary>
    private async ValueTask<byte[]> RangeAsync(long start, long end, CancellationToken cancellationToken)
    {
        var length = end - start;
        if (BitOperations.IsPow2(length) && start % length == 0)
            return await PerfectAsync(BitOperations.TrailingZeroCount(length), start / length, cancellationToken);
        var middle = start + Split(length);
        var left = await RangeAsync(start, middle, cancellationToken);
        var right = await RangeAsync(middle, end, cancellationToken);
        return TreeHash.Node(left, right);
    }

    private async ValueTask<byte[]> PerfectAsync(int height, long index, CancellationToken cancellationToken)
    {
        var level = height / Tile.Height;
        var within = height % Tile.Height;
        var first = index << within;
        var tile = await TileAsync(level, first / Tile.FullWidth, cancellationToken);
        var offset = (int)(first % Tile.FullWidth) * TreeHash.Bytes;
        return TreeHash.Perfect(tile.AsSpan(offset, TreeHash.Bytes << within));
    }

    private async ValueTask<byte[]> TileAsync(int level, long index, CancellationToken cancellationToken)
    {
        if (_tiles.TryGetValue((level, index), out var known))
            return known;
        var tile = Tile.In(level, index, size) ?? throw new InvalidOperationException("a tree of this size has no such tile");
        var read = await ReadAsync(source, tile, TileBytes, cancellationToken);
        if (read.Length < tile.Width * TreeHash.Bytes || read.Length % TreeHash.Bytes != 0)
        {
            throw tile.Wrong(string.Create(
                CultureInfo.InvariantCulture, $"it has {read.Length} bytes, not the {tile.Width * TreeHash.Bytes} of {tile.Width} hashes"));
        }

        _tiles.Add((level, index), read);
        return read;
    }

    /// <summary>Reads a tile or bundle. A partial one may have been deleted since the full one is there, so that is tried as well.</summary>
    internal static async ValueTask<byte[]> ReadAsync(ILogSource source, Tile tile, int bytesMax, CancellationToken cancellationToken)
    {
        var bytes = await source.ReadAsync(tile.Path, bytesMax, cancellationToken);
        if (bytes is null && !tile.IsFull)
            bytes = await source.ReadAsync((tile with { Width = Tile.FullWidth }).Path, bytesMax, cancellationToken);
        return bytes ?? throw new LedgerException(
            $"{LedgerCodes.LogUnreadable}: `{tile.Path}` is missing from the log. If the record itself is whole, the engine makes the log's files anew " +
            "when it starts without them.");
    }

    /// <summary>The largest power of two below a length.</summary>
    private static long Split(long length) => (long)(BitOperations.RoundUpToPowerOf2((ulong)length) / 2);
}
