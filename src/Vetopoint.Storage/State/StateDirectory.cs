using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.State;

/// <summary>
/// The directory with everything an engine keeps. It and its files belong to one user, and no one else may read or write them:
/// whoever could write here could write the record.
/// </summary>
public sealed class StateDirectory
{
    private const UnixFileMode PrivateDirectory =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The name of <see cref="TaskKeysFolder"/>.</summary>
    internal const string TaskKeysName = "task-keys";

    private StateDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>The record.</summary>
    public string LedgerFile => File("ledger.db");

    /// <summary>The index beside the record. It can be deleted: it is made from the record.</summary>
    public string IndexFile => File("index.db");

    /// <summary>The record's private key.</summary>
    public string HeadKeyFile => File("ledger-key.pem");

    /// <summary>The record's public key, for auditors. It is written last when a record is made, so it also says that there is one.</summary>
    public string HeadPublicKeyFile => File("ledger-key.pub");

    /// <summary>The log's files: checkpoint, tiles, entries.</summary>
    public string LogFolder => File("log");

    /// <summary>The private key that signs the log's checkpoints.</summary>
    public string LogKeyFile => File("log-key");

    /// <summary>Its public half, for auditors.</summary>
    public string LogPublicKeyFile => File("log-key.pub");

    /// <summary>The tasks' keys, apart from the record: without them nobody can open what is kept beside its entries.</summary>
    public string TaskKeysFolder => File(TaskKeysName);

    /// <summary>Where the log's next key lies, or its first one, when that is a token: a URI of RFC 7512 that a person wrote.</summary>
    public string LogKeyTokenFile => File("log-key.token");

    /// <summary>How many of the log's entries lie in tiles that are known to be durable. It may be lost: then all tiles are read again.</summary>
    public string LogSettledFile => File("log-settled");

    /// <summary>The key that takes over from <see cref="HeadKeyFile"/>, until its change is recorded and done.</summary>
    public string NextHeadKeyFile => File("ledger-key.next");

    /// <summary>The key that takes over from <see cref="LogKeyFile"/>, until its change is recorded and done.</summary>
    public string NextLogKeyFile => File("log-key.next");

    /// <summary>The log's key before the newest change, as long as it signs beside that one.</summary>
    public string FormerLogKeyFile => File("log-key.old");

    public string LockFile => File("engine.lock");

    /// <summary>Which process holds the lock; only told as a help.</summary>
    public string PidFile => File("engine.pid");

    /// <summary>Opens the directory, and makes it when it is absent.</summary>
    /// <exception cref="LedgerException">It cannot be made, or is not private.</exception>
    public static StateDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
                throw new PlatformNotSupportedException("Windows is not supported yet");
            Directory.CreateDirectory(path, PrivateDirectory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            throw new LedgerException(
                $"{StorageCodes.StateUnusable}: The state directory `{path}` cannot be made: {fault.Message} Choose another place or " +
                "make it writable.", fault);
        }

        var directory = new StateDirectory(path);
        RequirePrivate(path, isDirectory: true);
        foreach (var file in (ReadOnlySpan<string>)[
            directory.LedgerFile, directory.LedgerFile + "-wal", directory.HeadKeyFile, directory.NextHeadKeyFile, directory.LogKeyFile, directory.NextLogKeyFile,
            directory.FormerLogKeyFile, directory.LogKeyTokenFile])
        {
            if (System.IO.File.Exists(file))
                RequirePrivate(file, isDirectory: false);
        }

        return directory;
    }

    /// <summary>Writes a private file whole or not at all, durably.</summary>
    public void Write(string file, string text)
    {
        var unfinished = file + ".new";
        using (var stream = OpenPrivate(unfinished, FileMode.Create, FileShare.None))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(unfinished, file, overwrite: true);
        UnixFiles.SyncDirectory(Path);
    }

    /// <summary>Puts one file in the place of another, durably. When there is none to put, it was done before.</summary>
    internal void Replace(string file, string place)
    {
        if (System.IO.File.Exists(file))
            System.IO.File.Move(file, place, overwrite: true);
        UnixFiles.SyncDirectory(Path);
    }

    /// <summary>Makes an empty private file, so that what opens it later cannot make it readable to others.</summary>
    internal static void CreatePrivate(string file)
    {
        using var stream = OpenPrivate(file, FileMode.OpenOrCreate, FileShare.ReadWrite);
    }

    internal static FileStream OpenPrivate(string file, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = PrivateFile;
        return new FileStream(file, options);
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes a folder that only this user can use.</summary>
    internal static void CreatePrivateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, PrivateDirectory);
    }

    /// <exception cref="LedgerException">Others can use it, or it is not what it seems.</exception>
    internal static void RequirePrivate(string path, bool isDirectory)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new LedgerException(
                $"{StorageCodes.NotPrivate}: `{path}` is a symbolic link. Put the state at its real place and name that place.");
        }

        if (!OperatingSystem.IsWindows() && (System.IO.File.GetUnixFileMode(path) & Others) != 0)
        {
            var mode = isDirectory ? "700" : "600";
            throw new LedgerException(
                $"{StorageCodes.NotPrivate}: `{path}` can be used by other users of this machine. Find out who could have changed it, " +
                $"then run `chmod {mode} {path}`.");
        }

        if (!UnixFiles.BelongsToThisUser(path))
        {
            throw new LedgerException(
                $"{StorageCodes.NotPrivate}: `{path}` belongs to another user. Run the engine as that user, or choose another state " +
                "directory.");
        }
    }
}
