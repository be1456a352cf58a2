using System.Buffers;
using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;

namespace Vetopoint.Ledger.Tree;

/// <summary>A log in a folder: the engine's own, or a copy of it.</summary>
public sealed class LogFolder(string folder) : ILogSource
{
    /// <summary>The name of the newest signed checkpoint.</summary>
    public const string CheckpointName = "checkpoint";

    private const string CosignedFolder = "cosigned/";
    private const int IdChars = 8;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public string Folder => folder;

    /// <summary>Where the newest checkpoint lies that a witness cosigned for the engine, with the cosignature.</summary>
    public static string CosignedPathOf(NoteKey witness)
    {
        ArgumentNullException.ThrowIfNull(witness);
        return string.Create(CultureInfo.InvariantCulture, $"{CosignedFolder}{witness.Id:x8}");
    }

    /// <summary>True for the paths of notes, which are replaced, as opposed to files that never change.</summary>
    public static bool IsNote(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return string.Equals(path, CheckpointName, StringComparison.Ordinal)
            || (path.Length == CosignedFolder.Length + IdChars && path.StartsWith(CosignedFolder, StringComparison.Ordinal)
                && !path.AsSpan(CosignedFolder.Length).ContainsAnyExcept(Hex));
    }

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
        IsNote(path) || Tile.TryParse(path, out _) || EntryBundle.IsLargePath(path);

    public string FileOf(string path) => Path.Combine(folder, path.Replace('/', Path.DirectorySeparatorChar));
}
