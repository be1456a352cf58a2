using System.Text.RegularExpressions;

namespace Vetopoint.Architecture.Tests;

/// <summary>An error code tells its area, so that a reader of a message knows where to look (docs/architecture.md).</summary>
public sealed partial class ErrorCodeTests
{
    private static readonly Dictionary<string, string[]> Areas = new(StringComparer.Ordinal)
    {
        ["VP1"] = ["Vetopoint.Api", "Vetopoint.Cli", "Vetopoint.Server", "Vetopoint.Shim"],
        ["VP2"] = ["Vetopoint.Cedar", "Vetopoint.Control", "Vetopoint.Cli"],
        ["VP3"] = ["Vetopoint.Readers", "Vetopoint.Gates"],
        ["VP4"] = ["Vetopoint.Brokers", "Vetopoint.Control", "Vetopoint.Gates"],
        ["VP5"] = ["Vetopoint.Gates", "Vetopoint.Shim", "Vetopoint.Server"],
        ["VP6"] = ["Vetopoint.Ledger", "Vetopoint.Outputs", "Vetopoint.Storage", "Vetopoint.Server", "Vetopoint.Cli"],
        ["VP7"] = ["Vetopoint.Ledger", "Vetopoint.Api", "Vetopoint.Identity", "Vetopoint.Server", "Vetopoint.Control", "Vetopoint.Cli"],
    };

    [Fact]
    public void Every_code_belongs_to_the_area_of_its_project()
    {
        var codes = Repository.SourceFiles()
            .SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => (Project: ProjectOf(file), Code: match.Value)))
            .Distinct()
            .ToList();

        Assert.NotEmpty(codes);
        Assert.DoesNotContain(codes, found => !Areas.TryGetValue(found.Code[..3], out var projects) || !projects.Contains(found.Project));
    }

    private static string ProjectOf(string file) =>
        Path.GetRelativePath(Path.Combine(Repository.Root, "src"), file).Split(Path.DirectorySeparatorChar)[0];

    [GeneratedRegex(@"\bVP\d{4}\b")]
    private static partial Regex Code();
}
