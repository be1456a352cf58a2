using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>Cedar's public conformance corpus, read where it lies. It is not a part of this project.</summary>
internal static class ConformanceArchive
{
    private const string RelativePath = "data/cedar/cedar-conformance.tar.xz";

    private static readonly Lazy<Dictionary<string, byte[]>> Loaded = new(Load);

    /// <summary>All files by path; skips the test when the corpus or the program that unpacks it is absent.</summary>
    public static Dictionary<string, byte[]> Files()
    {
        Assert.SkipWhen(Path is null, $"Skipped: there is no {RelativePath} in a folder `shared` beside or above this repository.");
        try
        {
            return Loaded.Value;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Skipped: the program `xz` is not installed.");
            throw;
        }
    }

    private static string? Path { get; } = Find();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = System.IO.Path.Combine(folder.FullName, "shared", RelativePath);
            if (File.Exists(path))
                return path;
        }

        return null;
    }

    private static Dictionary<string, byte[]> Load()
    {
        using var xz = Process.Start(new ProcessStartInfo("xz", ["-dc", Path!]) { RedirectStandardOutput = true })!;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using (var tar = new TarReader(xz.StandardOutput.BaseStream))
        {
            while (tar.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } data)
                    continue;
                using var content = new MemoryStream();
                data.CopyTo(content);
                files[entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name] = content.ToArray();
            }
        }

        xz.WaitForExit();
        Assert.Equal(0, xz.ExitCode);
        return files;
    }
}
