using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Vetopoint.Storage.State;

/// <summary>What .NET does not tell about files: who owns one, and how to make a renaming durable.</summary>
internal static class UnixFiles
{
    private const int CurrentDirectory = -100;
    private const uint OwnerMask = 0x8;
    private const int StatxBytes = 256;
    private const int OwnerOffset = 20;
    private const int ReadOnly = 0;

    /// <summary>True when this process's user owns the file. Only Linux is asked; elsewhere the mode bits must do.</summary>
    public static bool BelongsToThisUser(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        var status = new byte[StatxBytes];
        return Statx(CurrentDirectory, path, 0, OwnerMask, status) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(OwnerOffset)) == EffectiveUser();
    }

    /// <summary>Makes a new or renamed file in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var directory = Open(path, ReadOnly);
        if (directory < 0)
            throw new IOException($"the directory cannot be opened (error {Marshal.GetLastPInvokeErrorMessage()})");
        try
        {
            if (Sync(directory) != 0)
                throw new IOException($"the directory cannot be synced (error {Marshal.GetLastPInvokeErrorMessage()})");
        }
        finally
        {
            _ = Close(directory);
        }
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();

    [DllImport("libc", EntryPoint = "open", SetLastError = true, BestFitMapping = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int file);
}
