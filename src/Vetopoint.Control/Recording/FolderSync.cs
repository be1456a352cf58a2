using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vetopoint.Control.Recording;

/// <summary>Makes a rename durable: on Linux and macOS a name is on disk only once its folder is.</summary>
internal static class FolderSync
{
    private const int OpenReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = Open(folder, OpenReadOnly);
        if (handle.IsInvalid || Sync(handle) != 0)
            throw new IOException($"{ControlCodes.ContentNotWritten}: `{folder}` could not be written to disk (error {Marshal.GetLastPInvokeError()}). Check the disk.");
    }

    // Not source-generated interop, which would need unsafe code in this project.
    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle handle);
}
