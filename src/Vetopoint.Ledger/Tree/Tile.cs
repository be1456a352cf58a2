using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Tree;

/// <summary>
/// The name of one tile of a log, or of one bundle of its entries, as C2SP tlog-tiles lays them out: 256 hashes or entries each, fewer only at
/// the right edge. The address is also the path of the file.
/// </summary>
/// <param name="Level">0 for the leaves' hashes; each level above holds the roots of full tiles below. <see cref="EntriesLevel"/> for entries.</param>
/// <param name="Index">The place of the tile in its level, from 0.</param>
/// <param name="Width">How many hashes or entries it holds, 1 to 256.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>Hashes or entries of a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>Levels of a tree that a tile spans.</summary>
    public const int Height = 8;

    /// <summary>Stands for the bundles of entries.</summary>
    public const int EntriesLevel = -1;

    /// <summary>Above it no tree of 2^63 entries has a tile.</summary>
    public const int LevelMax = 7;

    private const string Prefix = "tile/";
    private const string Entries = "entries";
    private const string Partial = ".p/";

    public bool IsFull => Width == FullWidth;

    /// <summary>The tile as it is in a tree of a size; null when that tree has none there.</summary>
    public static Tile? In(int level, long index, long size)
    {
        var hashes = level <= 0 ? size : size >> (Height * level);
        var width = Math.Min(hashes - (index * FullWidth), FullWidth);
        return width > 0 ? new Tile(level, index, (int)width) : null;
    }

    /// <summary>Such as <c>tile/0/x001/234.p/17</c>.</summary>
    public string Path
    {
        get
        {
            var groups = new List<string>();
            for (var rest = Index; groups.Count == 0 || rest > 0; rest /= 1000)
                groups.Insert(0, (groups.Count == 0 ? "" : "x") + (rest % 1000).ToString("000", CultureInfo.InvariantCulture));
            var path = new StringBuilder(Prefix)
                .Append(Level == EntriesLevel ? Entries : Level.ToString(CultureInfo.InvariantCulture)).Append('/').AppendJoin('/', groups);
            if (!IsFull)
                path.Append(Partial).Append(Width.ToString(CultureInfo.InvariantCulture));
            return path.ToString();
        }
    }

    /// <summary>Reads a path in its one spelling.</summary>
    public static bool TryParse(string? path, out Tile tile)
    {
        tile = default;
        if (path is null || path.Length > 100 || !path.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var width = FullWidth;
        var end = path.IndexOf(Partial, StringComparison.Ordinal);
        if (end >= 0 && !int.TryParse(path.AsSpan(end + Partial.Length), NumberStyles.None, CultureInfo.InvariantCulture, out width))
            return false;
        var parts = path[Prefix.Length..(end < 0 ? path.Length : end)].Split('/');
        if (parts.Length < 2)
            return false;
        var level = EntriesLevel;
        if (parts[0] != Entries && !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out level))
            return false;
        var index = 0L;
        foreach (var part in parts.Skip(1))
        {
            if (!int.TryParse(part.AsSpan(part.StartsWith('x') ? 1 : 0), NumberStyles.None, CultureInfo.InvariantCulture, out var group)
                || index > long.MaxValue / 1000 / FullWidth)
                return false;
            index = (index * 1000) + group;
        }

        if (level > LevelMax || width is < 1 or > FullWidth)
            return false;
        var read = new Tile(level, index, width);
        if (!string.Equals(read.Path, path, StringComparison.Ordinal))
            return false;
        tile = read;
        return true;
    }

    internal LedgerException Wrong(string why) =>
        new($"{LedgerCodes.TileNotUnderstood}: `{Path}` is not what it should be: {why}.");
}
