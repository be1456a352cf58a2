using System.Diagnostics;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>A real file system of a few pages, mounted for one test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    /// <summary>Null when this user may not mount.</summary>
    public static SmallDisk? TryMake(string path, string size)
    {
        Directory.CreateDirectory(path);
        return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size},mode=700", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public bool MakeReadOnly() => Run("mount", "-o", "remount,ro", _path);

    public void Dispose() => Run("umount", "--lazy", _path);

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true });
        process!.WaitForExit();
        return process.ExitCode == 0;
    }
}
