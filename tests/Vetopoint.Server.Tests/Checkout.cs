namespace Vetopoint.Server.Tests;

/// <summary>The checkout the tests were built from.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    public static string Corpus(string area) => Path.Combine(Root, "tests", "corpus", area);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Vetopoint.slnx")))
        {
            directory = directory.Parent
                ?? throw new InvalidOperationException("no Vetopoint.slnx above the test binaries");
        }

        return directory.FullName;
    }
}
