using System.Buffers;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Testing.Ledger;

/// <summary>A log's files in memory, made in the plainest way: every tile of one size, each hash computed from its leaves.</summary>
public sealed class MemoryLog : ILogSource
{
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>The tiles and bundles of a tree.</summary>
    public static MemoryLog Of(IReadOnlyList<byte[]> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        var log = new MemoryLog();
        var hashes = leaves.Select(leaf => TreeHash.Leaf(leaf)).ToList();
        for (var level = 0; hashes.Count > 0; level++)
        {
            for (var first = 0; first < hashes.Count; first += Tile.FullWidth)
            {
                var chunk = hashes.Skip(first).Take(Tile.FullWidth).ToList();
                log.Files[new Tile(level, first / Tile.FullWidth, chunk.Count).Path] = [.. chunk.SelectMany(hash => hash)];
                if (level > 0)
                    continue;
                var bundle = new ArrayBufferWriter<byte>();
                foreach (var leaf in leaves.Skip(first).Take(Tile.FullWidth))
                    EntryBundle.Write(bundle, leaf);
                log.Files[new Tile(Tile.EntriesLevel, first / Tile.FullWidth, chunk.Count).Path] = bundle.WrittenSpan.ToArray();
            }

            hashes = [.. hashes.Chunk(Tile.FullWidth).Where(chunk => chunk.Length == Tile.FullWidth).Select(NaiveTree.RootOfHashes)];
        }

        return log;
    }

    public ValueTask<byte[]?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken) => new(Files.GetValueOrDefault(path));
}
