namespace Vetopoint.Samples.Session.Playing;

/// <summary>The demo company's own config and policy, laid over what <c>vetopoint init</c> wrote.</summary>
internal static class Site
{
    public static void Install(Stage stage)
    {
        File.Copy(Path.Combine(stage.Site, "vetopoint.json"), Path.Combine(stage.Home, "vetopoint.json"), overwrite: true);
        foreach (var policy in Directory.EnumerateFiles(stage.Site, "*.cedar"))
            File.Copy(policy, Path.Combine(stage.Home, "policies", Path.GetFileName(policy)), overwrite: true);
    }
}
