using System.Text.Json;

namespace Vetopoint.Readers.Tests;

/// <summary>The data files of <c>tests/corpus/readers</c>.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Path.Combine(FindRoot(), "tests", "corpus", "readers");

    /// <summary>Every line of a file that is not empty and not a comment, with its number.</summary>
    public static IEnumerable<(int Line, JsonElement Value)> Lines(string file)
    {
        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(Folder, file)))
        {
            number++;
            if (line.Length == 0 || line.StartsWith("//", StringComparison.Ordinal))
                continue;
            yield return (number, JsonDocument.Parse(line).RootElement);
        }
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Vetopoint.slnx")))
            directory = directory.Parent ?? throw new InvalidOperationException("no Vetopoint.slnx above the test binaries");
        return directory.FullName;
    }
}
