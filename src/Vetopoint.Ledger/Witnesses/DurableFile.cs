using System.Runtime.InteropServices;

namespace Vetopoint.Ledger.Witnesses;

/// <summary>Writes a file whole or not at all, and so that a power cut does not bring the one before back.</summary>
internal static class DurableFile
{
    private const int ReadOnly = 0;

    public static void Replace(string file, ReadOnlySpan<byte> content)
    {
        var unfinished = file + ".new";
        using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, file, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    /// <summary>A renaming is durable once the folder is synced, and .NET opens no folders.</summary>
    private static void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var opened = Open(folder, ReadOnly);
        if (opened < 0)
            throw new IOException($"`{folder}` cannot be opened (error {Marshal.GetLastPInvokeErrorMessage()})");
        try
        {
            if (Sync(opened) != 0)
                throw new IOException($"`{folder}` cannot be synced (error {Marshal.GetLastPInvokeErrorMessage()})");
        }
        finally
        {
            _ = Close(opened);
        }
    }

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
