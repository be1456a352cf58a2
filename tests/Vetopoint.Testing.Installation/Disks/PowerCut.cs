using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Testing.Installation.Disks;

/// <summary>
/// A disk whose power can be cut. A process that runs with <see cref="Environment"/> has beside a folder of its files what of them is durable; after it was
/// killed, <see cref="Cut"/> leaves in the folder only that, or also some of what the operating system may have written by itself.
/// </summary>
public sealed class PowerCut
{
    private const string SharedMemory = "-shm";

    /// <summary>What is written whole or not at all has this at the end of its name until it is whole.</summary>
    private const string Unfinished = ".new";

    private const string Socket = ".sock";
    private const string Copying = ".copying~";

    /// <summary>What a disk writes as one piece; also SQLite's pages here.</summary>
    private const int PageBytes = 4096;

    private const UnixFileMode PrivateFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly Lazy<string> Library = new(Compile);

    private readonly string _root;
    private readonly string _disk;

    /// <param name="root">The folder with the files.</param>
    /// <param name="disk">A folder of its own for what is durable.</param>
    public PowerCut(string root, string disk)
    {
        _root = root;
        _disk = disk;
        Keep();
    }

    /// <summary>Why there is no such disk here; null when there is.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "Cutting the power needs Linux." : File.Exists(Compiler) ? null : "Cutting the power needs a C compiler (`cc`).";

    private static string Compiler => "/usr/bin/cc";

    /// <summary>The variables of a process whose disk this is.</summary>
    /// <param name="at">The sync or renaming at which the process ends by itself, as if killed; 0 for none.</param>
    /// <param name="lies">True for a disk that says it synced, and did not.</param>
    public IReadOnlyDictionary<string, string> Environment(int at = 0, bool lies = false)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = Library.Value,
            ["POWER_CUT_ROOT"] = _root,
            ["POWER_CUT_DISK"] = _disk,
        };
        if (at > 0)
            variables["POWER_CUT_AT"] = at.ToString(CultureInfo.InvariantCulture);
        if (lies)
            variables["POWER_CUT_LIES"] = "1";
        return variables;
    }

    /// <summary>All there is now is durable: whoever wrote it had all the time.</summary>
    public void Keep()
    {
        if (Directory.Exists(_disk))
            Directory.Delete(_disk, recursive: true);
        MakeFolder(_disk);
        foreach (var file in FilesIn(_root))
            Copy(Path.Combine(_root, file), Path.Combine(_disk, file));
    }

    /// <summary>Leaves what is durable.</summary>
    /// <param name="chance">
    /// Null loses everything that was not synced. Otherwise it decides for each file, and for each page of those that are written in place, whether the operating
    /// system had written it already; a new file may also have a name and a length, and nothing in it.
    /// </param>
    public void Cut(Chance? chance)
    {
        var files = FilesIn(_root).Union(FilesIn(_disk), StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();

        // Every other time all was written but one file: what many faults would show at once, one must show as well.
        var isNew = files.Select(file => !File.Exists(Path.Combine(_disk, file))).ToList();
        var only = chance?.Hits(50) == true && isNew.Contains(true) ? chance.Next(isNew.Count(one => one)) : -1;
        for (var n = 0; n < files.Count; n++)
        {
            var (written, durable) = (Path.Combine(_root, files[n]), Path.Combine(_disk, files[n]));
            if (files[n].EndsWith(SharedMemory, StringComparison.Ordinal))
                File.Delete(written);
            else if (chance is null)
                Restore(written, durable);
            else if (only < 0)
                Mix(chance, written, durable);
            else if (isNew[n] && isNew.Take(n).Count(one => one) == only)
                MixNew(chance, written, durable);
        }

        Keep();
    }

    private static void Restore(string written, string durable)
    {
        if (File.Exists(durable))
            Copy(durable, written);
        else
            File.Delete(written);
    }

    private static void Mix(Chance chance, string written, string durable)
    {
        var (isWritten, isDurable) = (File.Exists(written), File.Exists(durable));
        if (!isDurable)
        {
            MixNew(chance, written, durable);
            return;
        }

        if (!isWritten || chance.Next(3) == 0)
        {
            // Its removal, or all that was written, was not written out yet; or, every other time, all of it was.
            if (isWritten || chance.Next(2) == 0)
                Restore(written, durable);
            return;
        }

        // Renamed files are the one or the other; those that are written in place may be both.
        if (!IsWrittenInPlace(written))
            return;
        var (after, before) = (File.ReadAllBytes(written), File.ReadAllBytes(durable));
        var share = chance.Next(101);
        for (var page = 0; page < Math.Min(after.Length, before.Length); page += PageBytes)
        {
            var length = Math.Min(PageBytes, Math.Min(after.Length, before.Length) - page);
            if (chance.Hits(share))
                before.AsSpan(page, length).CopyTo(after.AsSpan(page));
        }

        for (var page = before.Length; page < after.Length; page += PageBytes)
        {
            if (chance.Hits(share))
                after.AsSpan(page, Math.Min(PageBytes, after.Length - page)).Clear();
        }

        File.WriteAllBytes(written, after);
    }

    /// <summary>A file that never was synced under this name.</summary>
    private static void MixNew(Chance chance, string written, string durable)
    {
        var length = new FileInfo(written).Length;
        var renamed = durable + Unfinished;
        var isWhole = File.Exists(renamed) && File.ReadAllBytes(renamed).AsSpan().SequenceEqual(File.ReadAllBytes(written));
        switch (chance.Next(4))
        {
            case 0:
                File.Delete(written);
                break;
            case var _ when isWhole:
                // Its content was synced before it was renamed: it is there or it is not.
                break;
            case 1:
                File.WriteAllBytes(written, []);
                break;
            case 2:
                File.WriteAllBytes(written, new byte[length]);
                break;
            default:
                // Written out in time.
                break;
        }
    }

    private static bool IsWrittenInPlace(string file) =>
        file.EndsWith(".db", StringComparison.Ordinal) || file.EndsWith("-wal", StringComparison.Ordinal);

    private static IEnumerable<string> FilesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith(Copying, StringComparison.Ordinal) && !file.EndsWith(Socket, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(folder, file))
        : [];

    private static void Copy(string from, string to)
    {
        MakeFolder(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }

    private static void MakeFolder(string folder)
    {
        if (Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException(Missing);
        MakeFolder(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder, PrivateFolder);
    }

    /// <summary>Compiled once per source and checkout.</summary>
    private static string Compile()
    {
        var source = Repository.PathOf("tests", "Vetopoint.Testing.Installation", "Disks", "powercut.c");
        var digest = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(source)))[..16];
        var library = Repository.PathOf("artifacts", $"powercut-{digest}.so");
        if (File.Exists(library))
            return library;
        var unfinished = $"{library}.{System.Environment.ProcessId}";
        using var compiler = Process.Start(Compiler, ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", unfinished, source, "-ldl", "-pthread"]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
            throw new InvalidOperationException($"`{source}` does not compile.");
        File.Move(unfinished, library, overwrite: true);
        return library;
    }
}
