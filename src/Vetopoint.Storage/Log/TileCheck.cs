using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Storage.Log;

/// <summary>
/// Whether full tiles hold together: every entry hashes to what its tile holds, and every tile to what the one above it holds. A power cut can leave a file with its
/// name and length and something else in it, which no length shows.
/// </summary>
internal static class TileCheck
{
    private const int TileBytes = Tile.FullWidth * TreeHash.Bytes;

    /// <param name="files">The log's files.</param>
    /// <param name="from">Entries whose tiles are known to be durable.</param>
    /// <param name="size">The size that was published.</param>
    public static bool HoldTogether(LogFiles files, long from, long size)
    {
        foreach (var tile in FullTiles(from, size))
        {
            if (files.Read(tile.Path) is not { Length: TileBytes } hashes || (tile.Level == 0 && !HoldsEntries(files, tile, hashes)))
                return false;
            var root = TreeHash.Perfect(hashes);
            var at = (int)(tile.Index % Tile.FullWidth) * TreeHash.Bytes;
            if (Tile.In(tile.Level + 1, tile.Index / Tile.FullWidth, size) is not { } above || files.Read(above.Path) is not { } roots
                || roots.Length < at + TreeHash.Bytes || !roots.AsSpan(at, TreeHash.Bytes).SequenceEqual(root))
                return false;
        }

        return true;
    }

    /// <summary>The full tiles that hold an entry after the first ones.</summary>
    public static IEnumerable<Tile> FullTiles(long from, long size)
    {
        for (var level = 0; level <= Tile.LevelMax; level++)
        {
            for (var index = (from >> (Tile.Height * level)) / Tile.FullWidth; Tile.In(level, index, size) is { IsFull: true } tile; index++)
                yield return tile;
        }
    }

    private static bool HoldsEntries(LogFiles files, Tile tile, ReadOnlySpan<byte> hashes)
    {
        var bundle = tile with { Level = Tile.EntriesLevel };
        if (files.Read(bundle.Path) is not { } bytes)
            return false;
        ReadOnlyMemory<byte>[] leaves;
        try
        {
            leaves = EntryBundle.Read(bundle, bytes);
        }
        catch (LedgerException)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[TreeHash.Bytes];
        for (var n = 0; n < leaves.Length; n++)
        {
            TreeHash.Leaf(leaves[n].Span, hash);
            if (!hash.SequenceEqual(hashes.Slice(n * TreeHash.Bytes, TreeHash.Bytes)))
                return false;
            if (EntryBundle.LargePathOf(leaves[n].Span) is { } large
                && (files.Read(large) is not { Length: <= LedgerLimits.EntryBytesMax } whole || !EntryBundle.LeafOf(whole).Span.SequenceEqual(leaves[n].Span)))
                return false;
        }

        return true;
    }
}
