using Vetopoint.Ledger.Tree;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Log;

/// <summary>Writes a log's files, each whole or not at all. They are private to the user, as the record is.</summary>
internal sealed class LogFiles(string folder)
{
    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Partials = ".p";

    private readonly LogFolder _folder = new(folder);

    // The folders that are known to be there.
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Writes a tile or a bundle. It is not synced: what a power cut spoils is made anew from the record.</summary>
    public void Write(Tile tile, ReadOnlySpan<byte> bytes)
    {
        Write(tile.Path, bytes, sync: false);
        if (!tile.IsFull)
            return;

        // What was partial is in the full one.
        var partials = _folder.FileOf(tile.Path) + Partials;
        if (_folders.Remove(partials) || Directory.Exists(partials))
            Directory.Delete(partials, recursive: true);
    }

    /// <summary>Writes any file of the log.</summary>
    public void Write(string path, ReadOnlySpan<byte> bytes, bool sync)
    {
        var file = _folder.FileOf(path);
        var parent = Path.GetDirectoryName(file)!;
        if (_folders.Add(parent))
            MakeFolder(parent);
        var unfinished = file + ".new";
        using (var stream = StateDirectory.OpenPrivate(unfinished, FileMode.Create, FileShare.None))
        {
            stream.Write(bytes);
            if (sync)
                stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
        if (sync)
            UnixFiles.SyncDirectory(parent);
    }

    public byte[]? Read(string path)
    {
        var file = _folder.FileOf(path);
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    /// <summary>True when every full tile of a tree has its length, and every bundle of entries is there: what a power cut may have spoilt shows.</summary>
    public bool HasEveryFullTile(long size)
    {
        for (var level = Tile.EntriesLevel; level <= Tile.LevelMax; level++)
        {
            for (var index = 0L; Tile.In(level, index, size) is { IsFull: true } tile; index++)
            {
                var file = new FileInfo(_folder.FileOf(tile.Path));
                if (!file.Exists || (level == Tile.EntriesLevel ? file.Length == 0 : file.Length != Tile.FullWidth * TreeHash.Bytes))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Makes files durable, with their names.</summary>
    public void Sync(IEnumerable<string> paths)
    {
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var file = _folder.FileOf(path);
            using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
                RandomAccess.FlushToDisk(handle);
            for (var parent = Path.GetDirectoryName(file)!; parent.Length >= _folder.Folder.Length && folders.Add(parent);)
                parent = Path.GetDirectoryName(parent)!;
        }

        foreach (var parent in folders)
            UnixFiles.SyncDirectory(parent);
    }

    /// <summary>Looks again which folders are there: after a fault someone may have repaired them.</summary>
    public void Forget() => _folders.Clear();

    private static void MakeFolder(string path)
    {
        // Each on the way is private as well.
        if (Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
            MakeFolder(parent);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, PrivateFolder);
    }
}
