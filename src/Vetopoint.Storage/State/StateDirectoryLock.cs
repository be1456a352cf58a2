using System.Globalization;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.State;

/// <summary>
/// Exactly one engine works on a state directory. What writes there asks for this lock, so that it cannot be forgotten. The operating
/// system releases it when the process ends, however it ends.
/// </summary>
public sealed class StateDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private StateDirectoryLock(StateDirectory directory, FileStream file)
    {
        Directory = directory;
        _file = file;
    }

    public StateDirectory Directory { get; }

    /// <summary>Takes the lock, or says which process holds it.</summary>
    /// <exception cref="LedgerException">Another engine holds it, or locks have no effect there.</exception>
    public static StateDirectoryLock Take(StateDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var file = TryOpen(directory.LockFile) ?? throw HeldByOther(directory);
        try
        {
            // A lock that a second one does not notice (a file system without locks, or .NET told not to lock) protects nothing.
            using (var second = TryOpen(directory.LockFile))
            {
                if (second is not null)
                {
                    throw new LedgerException(
                        $"{StorageCodes.LockWithoutEffect}: File locks have no effect in `{directory.Path}`, so two engines could write one " +
                        "record. Use a local file system, and leave DOTNET_SYSTEM_IO_DISABLEFILELOCKING unset.");
                }
            }

            directory.Write(directory.PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new StateDirectoryLock(directory, file);
        }
        catch (IOException fault)
        {
            file.Dispose();
            throw new LedgerException(
                $"{StorageCodes.StateUnusable}: The state directory `{directory.Path}` cannot be written: {fault.Message} Free some space or make it " +
                "writable.", fault);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return StateDirectory.OpenPrivate(path, FileMode.OpenOrCreate, FileShare.None);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new LedgerException(
                $"{StorageCodes.StateUnusable}: The lock file `{path}` cannot be opened: {fault.Message} Make it writable for this user.",
                fault);
        }
        catch (IOException fault) when (fault is not (DirectoryNotFoundException or PathTooLongException) && !IsReadOnly(fault))
        {
            return null;
        }
        catch (IOException fault)
        {
            throw new LedgerException(
                $"{StorageCodes.StateUnusable}: The lock file `{path}` cannot be opened: {fault.Message} Make its directory writable.",
                fault);
        }
    }

    // EROFS, ENOSPC, EDQUOT: what keeps a file from being made, as opposed to being locked.
    private static bool IsReadOnly(IOException fault) => (fault.HResult & 0xffff) is 30 or 28 or 122;

    private static LedgerException HeldByOther(StateDirectory directory)
    {
        var holder = Holder(directory.PidFile);
        var who = holder is null ? "Another engine" : $"Another engine (process `{holder}`)";
        return new LedgerException(
            $"{StorageCodes.Locked}: {who} works on `{directory.Path}`. Use that one, or end it first.");
    }

    private static string? Holder(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                ? pid.ToString(CultureInfo.InvariantCulture)
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The holder is only told as a help.
            return null;
        }
    }
}
