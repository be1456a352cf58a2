namespace Vetopoint.Cedar.Tests;

/// <summary>The project's own cases.</summary>
internal static class Corpus
{
    public static string Folder { get; } = Find();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Folder, path));

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Folder, folder), pattern).Order(StringComparer.Ordinal);

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Vetopoint.slnx")))
            directory = directory.Parent ?? throw new InvalidOperationException("no Vetopoint.slnx above the test binaries");
        return Path.Combine(directory.FullName, "tests", "corpus", "cedar");
    }
}
