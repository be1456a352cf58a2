using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Vetopoint.Storage.Appender;

/// <summary>
/// Stands between SQLite and its files: whenever SQLite syncs one, what it holds is copied to <c>FILE.synced</c>. After the process was killed, these copies are
/// what a power cut would have left; everything written since a file's last sync is lost.
/// </summary>
internal static unsafe class SyncedCopies
{
    // Offsets in SQLite's C interface, which never change: sqlite3_vfs.xOpen, sqlite3_io_methods.xSync, and the size of the latter (version 3).
    private const int OpenOffset = 40;
    private const int SyncOffset = 40;
    private const int MethodsBytes = 152;

    private static readonly ConcurrentDictionary<nint, (string Path, nint Sync)> Files = new();
    private static delegate* unmanaged<nint, nint, nint, int, int*, int> _open;

    public static void Start()
    {
        // The first connection initialises SQLite.
        using (var connection = new SqliteConnection("Data Source=:memory:"))
            connection.Open();
        var vfs = FindVfs(0);
        _open = *(delegate* unmanaged<nint, nint, nint, int, int*, int>*)(vfs + OpenOffset);
        *(delegate* unmanaged<nint, nint, nint, int, int*, int>*)(vfs + OpenOffset) = &Open;
    }

    [UnmanagedCallersOnly]
    private static int Open(nint vfs, nint name, nint file, int flags, int* outFlags)
    {
        var code = _open(vfs, name, file, flags, outFlags);
        var methods = *(nint*)file;
        if (code != 0 || methods == 0 || Marshal.PtrToStringUTF8(name) is not { } path)
            return code;
        var own = (nint)NativeMemory.Alloc(MethodsBytes);
        Buffer.MemoryCopy((void*)methods, (void*)own, MethodsBytes, MethodsBytes);
        Files[file] = (path, *(nint*)(methods + SyncOffset));
        *(delegate* unmanaged<nint, int, int>*)(own + SyncOffset) = &Sync;
        *(nint*)file = own;
        return code;
    }

    [UnmanagedCallersOnly]
    private static int Sync(nint file, int flags)
    {
        var (path, sync) = Files[file];
        var code = ((delegate* unmanaged<nint, int, int>)sync)(file, flags);
        if (code != 0)
            return code;
        try
        {
            // Whole or not at all: the process may be killed here as well.
            File.Copy(path, path + ".copying", overwrite: true);
            File.Move(path + ".copying", path + ".synced", overwrite: true);
            return 0;
        }
        catch (IOException)
        {
            const int IoErrorSync = 1034;
            return IoErrorSync;
        }
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern nint FindVfs(nint name);
}
