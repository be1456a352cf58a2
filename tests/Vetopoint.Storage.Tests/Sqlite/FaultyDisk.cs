using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>
/// A disk that fails at one call of SQLite, and if asked at every later one: the n-th write, sync, truncation or opening of a database or its write-ahead log
/// in a folder. It stands between SQLite and its own file layer (a VFS), which does everything else; files of other folders do not pass through it.
/// </summary>
internal sealed class FaultyDisk : IDisposable
{
    private static readonly ConcurrentDictionary<string, FaultyDisk> Disks = new(StringComparer.Ordinal);

    private readonly string _folder;
    private readonly DiskFault _fault;
    private readonly int _at;
    private readonly bool _forGood;
    private int _calls;
    private volatile bool _repaired;

    /// <param name="folder">Whose files fail.</param>
    /// <param name="fault">How they fail.</param>
    /// <param name="at">At which call of that kind, from 1.</param>
    /// <param name="forGood">True when every later call of the kind fails as well, until <see cref="Repair"/>.</param>
    public FaultyDisk(string folder, DiskFault fault, int at, bool forGood)
    {
        FaultyFileLayer.Require();
        (_folder, _fault, _at, _forGood) = (folder, fault, at, forGood);
        Disks[folder] = this;
    }

    /// <summary>Whether the fault was met.</summary>
    public bool Failed => Volatile.Read(ref _calls) >= _at;

    /// <summary>Calls are counted, and fail, again.</summary>
    public void Break() => _repaired = false;

    /// <summary>No call is counted, or fails, any more.</summary>
    public void Repair() => _repaired = true;

    public void Dispose()
    {
        Repair();
        Disks.TryRemove(_folder, out _);
    }

    /// <summary>The disk that a file lies on; null for any other.</summary>
    public static FaultyDisk? Of(string file) => Path.GetDirectoryName(file) is { } folder && Disks.TryGetValue(folder, out var disk) ? disk : null;

    /// <summary>The fault of this call; null when it is to be done.</summary>
    public DiskFault? Next(DiskCall call)
    {
        if (_repaired || call != CallOf(_fault))
            return null;
        var number = Interlocked.Increment(ref _calls);
        return number == _at || (_forGood && number > _at) ? _fault : null;
    }

    private static DiskCall CallOf(DiskFault fault) => fault switch
    {
        DiskFault.WriteFails or DiskFault.WriteIsTorn or DiskFault.NoRoom => DiskCall.Write,
        DiskFault.SyncFails => DiskCall.Sync,
        DiskFault.TruncationFails => DiskCall.Truncate,
        DiskFault.OpeningIsRefused => DiskCall.Open,
    };
}

/// <summary>How a disk fails.</summary>
internal enum DiskFault
{
    /// <summary>Nothing is written (`EIO`, or `EROFS` after the system made the disk read-only).</summary>
    WriteFails,

    /// <summary>Half is written.</summary>
    WriteIsTorn,

    /// <summary>Half is written, and there is no room for the rest (`ENOSPC`).</summary>
    NoRoom,

    SyncFails,

    TruncationFails,

    /// <summary>What a user without the permission meets (`EACCES`).</summary>
    OpeningIsRefused,
}

/// <summary>What SQLite asks of a disk.</summary>
internal enum DiskCall
{
    Open,
    Write,
    Sync,
    Truncate,
}

/// <summary>SQLite's own file layer, with <see cref="FaultyDisk"/> asked before a call. See https://www.sqlite.org/vfs.html.</summary>
internal static class FaultyFileLayer
{
    private const int CannotOpen = 14;
    private const int Full = 13;
    private const int WriteError = 10 | (3 << 8);
    private const int SyncError = 10 | (4 << 8);
    private const int TruncateError = 10 | (6 << 8);

    // Where SQLite keeps what, in words of the machine: `sqlite3_vfs` and `sqlite3_io_methods`.
    private const int LayerWords = 21;
    private const int LayerName = 3;
    private const int LayerOpen = 5;
    private const int MethodWords = 19;
    private const int MethodClose = 1;
    private const int MethodWrite = 3;
    private const int MethodTruncate = 4;
    private const int MethodSync = 5;

    private static readonly ConcurrentDictionary<nint, OpenFile> Files = [];

    // What SQLite calls must never be collected.
    private static readonly Opening OpenHere = Open;
    private static readonly Closing CloseHere = Close;
    private static readonly Writing WriteHere = Write;
    private static readonly Truncating TruncateHere = Truncate;
    private static readonly Syncing SyncHere = Sync;

    private static readonly Lazy<Opening> Below = new(Register);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Opening(nint layer, nint name, nint file, int flags, nint given);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Closing(nint file);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Writing(nint file, nint bytes, int count, long offset);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Truncating(nint file, long size);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Syncing(nint file, int flags);

    /// <summary>From now on every database of this process is opened through this layer.</summary>
    public static void Require() => _ = Below.Value;

    private static Opening Register()
    {
        // Loads and sets up SQLite.
        using (new SqliteConnection())
        {
        }

        var standard = Find(0);
        var layer = Copy(standard, LayerWords);
        Marshal.WriteIntPtr(layer, LayerName * nint.Size, Marshal.StringToCoTaskMemUTF8("faulty"));
        Set(layer, LayerOpen, OpenHere);
        var below = Get<Opening>(standard, LayerOpen);
        return RegisterLayer(layer, 1) == 0 ? below : throw new InvalidOperationException("SQLite did not take the file layer");
    }

    private static int Open(nint layer, nint name, nint file, int flags, nint given)
    {
        var disk = name == 0 ? null : FaultyDisk.Of(Marshal.PtrToStringUTF8(name)!);
        if (disk?.Next(DiskCall.Open) is not null)
        {
            Marshal.WriteIntPtr(file, 0);
            return CannotOpen;
        }

        var code = Below.Value(layer, name, file, flags, given);
        if (code != 0 || disk is null)
            return code;
        var own = Marshal.ReadIntPtr(file);
        var methods = Copy(own, MethodWords);
        Files[file] = new OpenFile(
            disk, methods, Get<Closing>(own, MethodClose), Get<Writing>(own, MethodWrite), Get<Truncating>(own, MethodTruncate), Get<Syncing>(own, MethodSync));
        Set(methods, MethodClose, CloseHere);
        Set(methods, MethodWrite, WriteHere);
        Set(methods, MethodTruncate, TruncateHere);
        Set(methods, MethodSync, SyncHere);
        Marshal.WriteIntPtr(file, methods);
        return 0;
    }

    private static int Close(nint file)
    {
        Files.TryRemove(file, out var open);
        var code = open!.Close(file);
        Marshal.FreeHGlobal(open.Methods);
        return code;
    }

    private static int Write(nint file, nint bytes, int count, long offset)
    {
        var open = Files[file];
        if (open.Disk.Next(DiskCall.Write) is not { } fault)
            return open.Write(file, bytes, count, offset);
        if (fault != DiskFault.WriteFails)
            _ = open.Write(file, bytes, count / 2, offset);
        return fault == DiskFault.NoRoom ? Full : WriteError;
    }

    private static int Truncate(nint file, long size)
    {
        var open = Files[file];
        return open.Disk.Next(DiskCall.Truncate) is null ? open.Truncate(file, size) : TruncateError;
    }

    private static int Sync(nint file, int flags)
    {
        var open = Files[file];
        return open.Disk.Next(DiskCall.Sync) is null ? open.Sync(file, flags) : SyncError;
    }

    private static nint Copy(nint table, int words)
    {
        var copy = Marshal.AllocHGlobal(words * nint.Size);
        for (var word = 0; word < words; word++)
            Marshal.WriteIntPtr(copy, word * nint.Size, Marshal.ReadIntPtr(table, word * nint.Size));
        return copy;
    }

    private static T Get<T>(nint table, int word) where T : Delegate =>
        Marshal.GetDelegateForFunctionPointer<T>(Marshal.ReadIntPtr(table, word * nint.Size));

    private static void Set<T>(nint table, int word, T function) where T : Delegate =>
        Marshal.WriteIntPtr(table, word * nint.Size, Marshal.GetFunctionPointerForDelegate(function));

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern nint Find(nint name);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int RegisterLayer(nint layer, int asDefault);

    private sealed record OpenFile(FaultyDisk Disk, nint Methods, Closing Close, Writing Write, Truncating Truncate, Syncing Sync);
}
