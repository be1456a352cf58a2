namespace Vetopoint.Testing.Installation.Processes;

/// <summary>Where things are in the checkout. Nothing is built here: <c>./test</c> and <c>./bench</c> do that before.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>Vetopoint.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder with <c>vetopoint</c>, <c>vetopoint-engine</c> and <c>vetopoint-shim</c> side by side.</summary>
    public static string Installed { get; } = Path.Combine(Root, "artifacts", "vetopoint");

    /// <summary>The sample operations server, built in the same configuration as these tests.</summary>
    public static string OperationsServer => Built("Vetopoint.Samples.Operations", "operations-server");

    /// <summary>A file of the checkout.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>An executable of the product.</summary>
    public static string Executable(string name) => Existing(
        Path.Combine(Installed, name), "Run `./vetopoint --version` (or `./test`) once: it builds and lays them side by side.");

    /// <summary>An executable of another project of this checkout, built in the configuration of this process.</summary>
    public static string Built(string project, string name)
    {
        // artifacts/bin/<project>/<configuration>/
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Existing(
            Path.Combine(Root, "artifacts", "bin", project, configuration, name),
            $"Build `{project}` in configuration `{configuration}` first (`./test` does).");
    }

    private static string Existing(string path, string help) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"`{path}` is missing. {help}");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Vetopoint.slnx")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("These tests run from a checkout, and there is no `Vetopoint.slnx` above them.");
    }
}
