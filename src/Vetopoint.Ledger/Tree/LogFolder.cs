using System.Globalization;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Tree;

/// <summary>A log in a folder: the engine's own, or a copy of it.</summary>
public sealed class LogFolder(string folder) : ILogSource
{
    /// <summary>The name of the newest signed checkpoint.</summary>
    public const string CheckpointName = "checkpoint";

    public string Folder => folder;

    public async ValueTask<byte[]?> ReadAsync(string path, int bytesMax, CancellationToken cancellationToken)
    {
        if (!IsOfALog(path))
            throw new LedgerException($"{LedgerCodes.TileNotUnderstood}: `{path}` is no file of a log.");
        var file = FileOf(path);
        try
        {
            if (new FileInfo(file) is not { Exists: true } found)
                return null;
            return found.Length <= bytesMax
                ? await File.ReadAllBytesAsync(file, cancellationToken)
                : throw new LedgerException(string.Create(
                    CultureInfo.InvariantCulture, $"{LedgerCodes.TileNotUnderstood}: `{path}` is longer than {bytesMax} bytes, so it is not what it should be."));
        }
        catch (FileNotFoundException)
        {
            // Deleted in between: the full tile took its place.
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"{LedgerCodes.LogUnreadable}: `{path}` of the log cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>True for the paths that a log has. Nothing else of a folder is ever opened.</summary>
    public static bool IsOfALog(string path) =>
        string.Equals(path, CheckpointName, StringComparison.Ordinal) || Tile.TryParse(path, out _) || EntryBundle.IsLargePath(path);

    public string FileOf(string path) => Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));
}
