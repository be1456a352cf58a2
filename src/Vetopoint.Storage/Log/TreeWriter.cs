using System.Buffers;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Storage.Log;

/// <summary>
/// Grows a tree: it holds the tiles at the right edge, writes each when it is full, and the others when asked. After a fault it is not used again.
/// </summary>
internal sealed class TreeWriter
{
    private const int TileBytes = Tile.FullWidth * TreeHash.Bytes;

    private readonly LogFiles _files;
    private readonly Edge[] _edges = [.. Enumerable.Range(0, Tile.LevelMax + 1).Select(_ => new Edge())];
    private readonly ArrayBufferWriter<byte> _bundle = new();

    private TreeWriter(LogFiles files) => _files = files;

    public long Size { get; private set; }

    public static TreeWriter Begin(LogFiles files) => new(files);

    /// <summary>Goes on where the files end; null when they are not all there, or the newest entries are not the ones in the tiles.</summary>
    /// <param name="files">The log's files.</param>
    /// <param name="size">The size that was published.</param>
    /// <param name="settled">Entries whose full tiles are known to be durable, and so are not read again.</param>
    /// <param name="newest">The canonical bytes of the entries of the last tile, full or not, up to that size.</param>
    public static TreeWriter? Resume(LogFiles files, long size, long settled, IReadOnlyList<byte[]> newest)
    {
        if (!files.HasEveryFullTile(size) || !TileCheck.HoldTogether(files, settled, size))
            return null;
        var writer = new TreeWriter(files);
        for (var level = 0; level <= Tile.LevelMax; level++)
        {
            var count = size >> (Tile.Height * level);
            var edge = writer._edges[level];
            (edge.Index, edge.Count) = (count / Tile.FullWidth, (int)(count % Tile.FullWidth));
            if (edge.Count == 0)
                continue;
            var bytes = files.Read(new Tile(level, edge.Index, edge.Count).Path);
            if (bytes is null || bytes.Length != edge.Count * TreeHash.Bytes)
                return null;
            bytes.CopyTo(edge.Hashes, 0);
        }

        if (!writer.HoldsNewest(size, newest))
            return null;
        writer.Size = size;
        return writer;
    }

    /// <summary>Adds one entry.</summary>
    public void Append(ReadOnlyMemory<byte> canonical)
    {
        var leaf = EntryBundle.LeafOf(canonical);
        if (EntryBundle.LargePathOf(leaf.Span) is { } large)
            _files.Write(large, canonical.Span, sync: false);
        EntryBundle.Write(_bundle, leaf.Span);
        Span<byte> hash = stackalloc byte[TreeHash.Bytes];
        TreeHash.Leaf(leaf.Span, hash);
        Size++;
        if (Size % Tile.FullWidth == 0)
        {
            _files.Write(new Tile(Tile.EntriesLevel, _edges[0].Index, Tile.FullWidth), _bundle.WrittenSpan);
            _bundle.ResetWrittenCount();
        }

        for (var level = 0; ; level++)
        {
            var edge = _edges[level];
            hash.CopyTo(edge.Hashes.AsSpan(edge.Count * TreeHash.Bytes));
            if (++edge.Count < Tile.FullWidth)
                return;
            _files.Write(new Tile(level, edge.Index, Tile.FullWidth), edge.Hashes);
            TreeHash.Perfect(edge.Hashes).CopyTo(hash);
            (edge.Index, edge.Count) = (edge.Index + 1, 0);
        }
    }

    /// <summary>Writes what a checkpoint of this size needs beside the full tiles.</summary>
    public void WritePartials()
    {
        if (_edges[0].Count > 0)
            _files.Write(new Tile(Tile.EntriesLevel, _edges[0].Index, _edges[0].Count), _bundle.WrittenSpan);
        for (var level = 0; level <= Tile.LevelMax; level++)
        {
            var edge = _edges[level];
            if (edge.Count > 0)
                _files.Write(new Tile(level, edge.Index, edge.Count), edge.Hashes.AsSpan(0, edge.Count * TreeHash.Bytes));
        }
    }

    /// <summary>The root of the whole, folded from the right edge.</summary>
    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var edge in _edges)
        {
            for (var bit = 0; bit < Tile.Height; bit++)
            {
                if ((edge.Count >> bit & 1) == 0)
                    continue;
                var first = edge.Count >> (bit + 1) << (bit + 1);
                var subtree = TreeHash.Perfect(edge.Hashes.AsSpan(first * TreeHash.Bytes, TreeHash.Bytes << bit));
                root = root is null ? subtree : TreeHash.Node(subtree, root);
            }
        }

        return root ?? TreeHash.Empty.ToArray();
    }

    private bool HoldsNewest(long size, IReadOnlyList<byte[]> newest)
    {
        var tile = size == 0 ? (Tile?)null : Tile.In(0, (size - 1) / Tile.FullWidth, size);
        if (newest.Count != (tile?.Width ?? 0))
            return false;
        if (tile is not { } last)
            return true;
        var hashes = last.IsFull ? _files.Read(last.Path)! : _edges[0].Hashes;
        for (var n = 0; n < newest.Count; n++)
        {
            var leaf = EntryBundle.LeafOf(newest[n]);
            if (!TreeHash.Leaf(leaf.Span).AsSpan().SequenceEqual(hashes.AsSpan(n * TreeHash.Bytes, TreeHash.Bytes)))
                return false;
            if (!last.IsFull)
                EntryBundle.Write(_bundle, leaf.Span);
        }

        return true;
    }

    /// <summary>The tile at the right edge of one level.</summary>
    private sealed class Edge
    {
        public long Index { get; set; }

        public int Count { get; set; }

        public byte[] Hashes { get; } = new byte[TileBytes];
    }
}
