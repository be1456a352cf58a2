using System.Text.Json.Nodes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Conformance;

/// <summary>One run of the official conformance suite, and what it made of each check.</summary>
internal sealed class ConformanceRun
{
    private ConformanceRun(SortedDictionary<string, IReadOnlyList<string>> scenarios, string output)
    {
        Scenarios = scenarios;
        Output = output;
    }

    /// <summary>For each scenario its checks as <c>id status</c>, sorted.</summary>
    public SortedDictionary<string, IReadOnlyList<string>> Scenarios { get; }

    public string Output { get; }

    public static bool IsInstalled => File.Exists(Suite);

    private static string Suite => Repository.PathOf(
        "tests", "node", "node_modules", "@modelcontextprotocol", "conformance", "dist", "index.js");

    /// <summary>Runs everything a revision requires, and what the suite has beyond, against an endpoint.</summary>
    public static async Task<ConformanceRun> RunAsync(Uri endpoint, string revision)
    {
        using var folder = new TemporaryFolder();
        var finished = await ChildProcess.RunAsync(
            Repository.PathOf("tests", "node", "node_modules", ".bin", "node"),
            [Suite, "server", "--url", endpoint.AbsoluteUri, "--requirements", revision, "--output-dir", folder.Path]);
        var scenarios = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var result in Directory.EnumerateDirectories(folder.Path))
        {
            var checks = JsonNode.Parse(await File.ReadAllTextAsync(
                Path.Combine(result, "checks.json"), TestContext.Current.CancellationToken))!.AsArray();
            scenarios[NameOf(result)] =
            [
                .. checks.Where(check => (string?)check!["status"] != "INFO")
                    .Select(check => (string)check!["id"]! + " " + (string)check["status"]!)
                    .Order(StringComparer.Ordinal),
            ];
        }

        return new ConformanceRun(scenarios, finished.Output);
    }

    // server-<scenario>-2026-11-22T16-06-30-911Z
    private static string NameOf(string folder)
    {
        var name = Path.GetFileName(folder)["server-".Length..];
        return name[..^"-2026-11-22T16-06-30-911Z".Length];
    }
}
