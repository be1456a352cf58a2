using System.Xml.Linq;

namespace Vetopoint.Architecture.Tests;

/// <summary>The architecture drawing, as a test: who may reference whom.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Vetopoint.Cedar"] = [],
        ["Vetopoint.Ledger"] = [],
        ["Vetopoint.Readers"] = [],
        ["Vetopoint.Api"] = [],
        ["Vetopoint.Control"] = ["Vetopoint.Cedar", "Vetopoint.Ledger", "Vetopoint.Readers"],
        ["Vetopoint.Brokers"] = ["Vetopoint.Control"],
        ["Vetopoint.Gates"] = ["Vetopoint.Control"],
        ["Vetopoint.Identity"] = ["Vetopoint.Api", "Vetopoint.Control"],
        ["Vetopoint.Storage"] = ["Vetopoint.Ledger"],
        ["Vetopoint.Outputs"] = ["Vetopoint.Ledger"],
        ["Vetopoint.Server"] = ["Vetopoint.Api", "Vetopoint.Brokers", "Vetopoint.Gates", "Vetopoint.Identity", "Vetopoint.Outputs", "Vetopoint.Storage"],
        ["Vetopoint.Cli"] = ["Vetopoint.Api", "Vetopoint.Cedar", "Vetopoint.Ledger", "Vetopoint.Readers", "Vetopoint.Storage"],
        ["Vetopoint.Shim"] = [],
    };

    [Fact]
    public void Projects_reference_only_what_the_drawing_allows()
    {
        var actual = Repository.SourceProjects().ToDictionary(
            path => Path.GetFileNameWithoutExtension(path),
            path => References(path).Order(StringComparer.Ordinal).ToArray(),
            StringComparer.Ordinal);

        Assert.Equal(Allowed, actual);
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project)
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
}
