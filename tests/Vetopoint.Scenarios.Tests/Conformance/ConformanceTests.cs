using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Conformance;

/// <summary>
/// The official MCP conformance suite gives the same result for every check through the gate, under a policy that allows
/// everything, as it gives without the gate. Run with <c>./test --conformance</c>.
/// </summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    [Theory(Explicit = true)]
    [InlineData(Revisions.Stateful)]
    [InlineData(Revisions.Stateless)]
    public async Task The_gate_changes_no_result_of_the_conformance_suite(string revision)
    {
        Assert.SkipUnless(ConformanceRun.IsInstalled, "The suite is not installed: run `npm ci` in tests/node (`./test` does).");
        await using var server = ChildProcess.Start(Repository.Built("Vetopoint.ConformanceServer", "conformance-server"), []);
        var endpoint = new Uri(await server.ReadLineAsync());
        await using var proxy = await KeyAddingProxy.StartAsync();
        await using var installation = await Installation.StartAsync(
            new JsonObject
            {
                // The gate accepts no origin by itself, not even a local one: the operator lists them.
                ["listen"] = new JsonObject
                {
                    ["http"] = "127.0.0.1:0",
                    ["origins"] = new JsonArray(proxy.Address.GetLeftPart(UriPartial.Authority)),
                },
                ["mcpServers"] = new JsonObject
                {
                    ["conformance"] = new JsonObject { ["type"] = "http", ["url"] = endpoint.AbsoluteUri },
                },
                ["task"] = new JsonObject { ["calls"] = 1_000_000, ["objects"] = 1_000_000 },
            },
            new Dictionary<string, string>
            {
                ["allow-all.cedar"] = """
                    @id("allow-all")
                    @reason("The suite measures the gate, not the policies.")
                    permit (principal, action, resource);
                    """,
            },
            defaultPack: false);
        proxy.Forward(installation.Endpoint("conformance"), await installation.EnrollAsync("conformance"));

        var directly = await ConformanceRun.RunAsync(endpoint, revision);
        var governed = await ConformanceRun.RunAsync(proxy.Address, revision);

        Assert.True(directly.Scenarios.Count > 20, directly.Output);
        var differences = Differences(directly, governed);
        output.WriteLine($"{revision}: {directly.Scenarios.Count} scenarios, {directly.Scenarios.Values.Sum(checks => checks.Count)} checks, "
            + $"{directly.Scenarios.Values.Sum(checks => checks.Count(check => check.EndsWith("SUCCESS", StringComparison.Ordinal)))} pass without the gate.");
        Assert.True(differences.Length == 0, differences);
        await installation.VerifyLedgerAsync();
    }

    private static string Differences(ConformanceRun directly, ConformanceRun governed)
    {
        var text = new StringBuilder();
        foreach (var name in directly.Scenarios.Keys.Union(governed.Scenarios.Keys))
        {
            var without = directly.Scenarios.GetValueOrDefault(name, []);
            var with = governed.Scenarios.GetValueOrDefault(name, []);
            if (without.SequenceEqual(with))
                continue;
            text.Append(name).Append('\n');
            foreach (var check in without.Except(with))
                text.Append("  without the gate: ").Append(check).Append('\n');
            foreach (var check in with.Except(without))
                text.Append("  through the gate: ").Append(check).Append('\n');
        }

        return text.ToString();
    }
}
