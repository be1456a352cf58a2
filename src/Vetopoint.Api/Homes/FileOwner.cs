using System.Runtime.InteropServices;

namespace Vetopoint.Api.Homes;

/// <summary>Who owns a file. The base library does not say.</summary>
public static partial class FileOwner
{
    private const int FollowFromWorkingDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100;                  // AT_SYMLINK_NOFOLLOW
    private const uint WantUserId = 0x8;                 // STATX_UID
    private const int StatxBytes = 256;
    private const int UserIdOffset = 20;                 // stx_uid; the layout of statx is the same on every architecture

    /// <summary>The effective user id of this process.</summary>
    public static uint OwnUserId => GetEffectiveUserId();

    /// <summary>The user id that owns a file, without following a symbolic link; null when it cannot be read.</summary>
    public static uint? Of(string path)
    {
        var buffer = new byte[StatxBytes];
        return StatX(FollowFromWorkingDirectory, path, NoFollow, WantUserId, buffer) == 0
            ? BitConverter.ToUInt32(buffer, UserIdOffset)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int folder, string path, int flags, uint mask, [Out] byte[] buffer);
}
