using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using Vetopoint.Testing.Data;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>Cedar's public conformance corpus, read where it lies. It is not a part of this project.</summary>
internal static class ConformanceArchive
{
    private const string RelativePath = "cedar/cedar-conformance.tar.xz";

    private static readonly Lazy<Dictionary<string, byte[]>> Loaded = new(Load);

    /// <summary>All files by path; skips the test when the corpus or the program that unpacks it is absent.</summary>
    public static Dictionary<string, byte[]> Files()
    {
        Assert.SkipWhen(Path is null, SharedData.Absent(RelativePath));
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

    private static string? Path { get; } = SharedData.Find(RelativePath);

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
