using System.Runtime.InteropServices;

namespace Vetopoint.Server.Listening;

/// <summary>The files of Unix sockets: made for their owner only, and taken away.</summary>
internal static partial class UnixSockets
{
    private const uint OthersNothing = 0b000_111_111;

    /// <summary>From now on, whatever this process makes is for its owner only.</summary>
    public static void CloseCreationMask() => _ = SetCreationMask(OthersNothing);

    /// <summary>Removes what a dead engine left. Only under the state lock: else it would be a living engine's.</summary>
    public static void Remove(string path) => File.Delete(path);

    /// <summary>Narrows a socket that was just bound to its owner's reading and writing.</summary>
    public static void Narrow(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint SetCreationMask(uint mask);
}
