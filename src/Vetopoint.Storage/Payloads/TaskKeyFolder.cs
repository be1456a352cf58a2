using System.Security.Cryptography;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Payloads;

/// <summary>
/// The tasks' keys as files of their own, one for each task, beside the record and never in it. A key that is destroyed is overwritten, removed, and its
/// folder synced. What a disk or file system keeps of overwritten blocks, and what backups keep, is beyond a program's reach.
/// </summary>
public sealed class TaskKeyFolder : ITaskKeys
{
    private const string Extension = ".key";

    private readonly string _folder;

    private TaskKeyFolder(string folder) => _folder = folder;

    /// <summary>For the engine: the folder is made when it is absent, and must be private.</summary>
    /// <exception cref="LedgerException">It cannot be made, or others can use it.</exception>
    public static TaskKeyFolder Open(StateDirectoryLock held)
    {
        ArgumentNullException.ThrowIfNull(held);
        var folder = held.Directory.TaskKeysFolder;
        try
        {
            if (!Directory.Exists(folder))
            {
                StateDirectory.CreatePrivateFolder(folder);
                UnixFiles.SyncDirectory(held.Directory.Path);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{LedgerCodes.TaskKeyNotWritten}: The folder `{folder}` cannot be made: {fault.Message} Make its directory writable for this user.", fault);
        }

        StateDirectory.RequirePrivate(folder, isDirectory: true);
        return new TaskKeyFolder(folder);
    }

    /// <summary>For reading what an engine keeps, whether or not it runs.</summary>
    /// <param name="stateFolder">The state directory.</param>
    public static TaskKeyFolder In(string stateFolder) => new(Path.Combine(stateFolder, StateDirectory.TaskKeysName));

    public TaskKey Make(string task)
    {
        var file = FileOf(task) ?? throw new ArgumentException($"`{task}` cannot be the name of a file.", nameof(task));
        var key = TaskKey.Draw();
        var secret = key.ToBytes();
        try
        {
            using (var stream = StateDirectory.OpenPrivate(file, FileMode.CreateNew, FileShare.None))
            {
                stream.Write(secret);
                stream.Flush(flushToDisk: true);
            }

            UnixFiles.SyncDirectory(_folder);
            return key;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{LedgerCodes.TaskKeyNotWritten}: The key of the task `{task}` could not be kept in `{_folder}`: {fault.Message} Free some space or make it " +
                "writable for this user; until then no task can begin.", fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public TaskKey? Find(string task, string id)
    {
        if (FileOf(task) is not { } file || !File.Exists(file))
            return null;
        StateDirectory.RequirePrivate(file, isDirectory: false);
        byte[] secret;
        try
        {
            secret = File.ReadAllBytes(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{LedgerCodes.TaskKeyMissing}: The key `{file}` cannot be read: {fault.Message} Make it readable for this user.", fault);
        }

        var key = secret.Length == TaskKey.Bytes ? TaskKey.Of(secret) : null;
        CryptographicOperations.ZeroMemory(secret);
        return key?.Id == id
            ? key
            : throw new LedgerException(
                $"{LedgerCodes.TaskKeyDiffers}: `{file}` is not the key that the task `{task}` began with: it was changed or exchanged. Restore it from a backup.");
    }

    public bool Has(string task) => FileOf(task) is { } file && File.Exists(file);

    public void Destroy(string task)
    {
        if (FileOf(task) is not { } file || !Directory.Exists(_folder))
            return;
        try
        {
            if (File.Exists(file))
            {
                using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.None))
                {
                    stream.Write(new byte[Math.Max(stream.Length, TaskKey.Bytes)]);
                    stream.Flush(flushToDisk: true);
                }

                File.Delete(file);
            }

            UnixFiles.SyncDirectory(_folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{LedgerCodes.TaskKeyNotWritten}: The key `{file}` could not be destroyed: {fault.Message} Make it writable for this user, then erase again.", fault);
        }
    }

    /// <summary>Null for what names no file here: a task's name may come from a record that nobody has verified.</summary>
    private string? FileOf(string task) =>
        task.Length is > 0 and <= LedgerLimits.TaskCharsMax && task.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            ? Path.Combine(_folder, task + Extension)
            : null;
}
