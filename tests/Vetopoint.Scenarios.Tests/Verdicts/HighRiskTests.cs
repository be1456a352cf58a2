using System.Text.Json;
using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Verdicts;

/// <summary>Each high-risk class of the default pack stops a real call, and says why in words an agent can act on.</summary>
public sealed class HighRiskTests(HighRiskTests.Governed governed) : IClassFixture<HighRiskTests.Governed>
{
    /// <summary>Tool, arguments, verdict, and the policy that must be among those that decided.</summary>
    public static TheoryData<string, string, string, string> Cases => new()
    {
        { "delete_rows", """{"environment":"prod","table":"services","where":"name = 'search'"}""", "hold", "destruction-needs-a-person" },
        { "purge_customers", """{"environment":"prod"}""", "deny", "production-purge-needs-two-people" },
        { "write_file", """{"path":"config/checkout.json","content":"{}"}""", "hold", "destruction-needs-a-person" },
        { "delete_file", """{"path":"backups/prod-2026-11-21.db"}""", "hold", "destruction-needs-a-person" },
        { "copy_records", """{"from":"prod","to":"staging","table":"customers","limit":10}""", "deny", "sensitive-data-stays-in-production" },
        { "copy_records", """{"from":"staging","to":"prod","table":"orders","limit":10}""", "hold", "crossing-environments-needs-a-person" },
        { "grant_role", """{"user":"svc-x","role":"admin","environment":"prod"}""", "deny", "production-privilege-needs-a-passkey" },
        { "grant_role", """{"user":"svc-x","role":"admin","environment":"staging"}""", "hold", "privilege-needs-a-person" },
        { "export_table", """{"environment":"prod","table":"customers","path":"x.csv"}""", "hold", "exports-of-sensitive-data-need-a-person" },
        { "query_customers", """{"environment":"prod","limit":500}""", "hold", "bulk-sensitive-data-needs-a-person" },
        { "restart_service", """{"environment":"prod","name":"billing"}""", "hold", "infrastructure-needs-a-person" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Stops_what_the_default_pack_calls_high_risk(string tool, string arguments, string verdict, string policy)
    {
        await using var agent = await governed.ConnectAsync();

        var result = await agent.CallAsync(tool, JsonDocument.Parse(arguments).RootElement);

        var facts = Facts.Required(result);
        Assert.Equal(verdict, facts.Verdict);
        Assert.Contains(policy, facts.Policies);
        Assert.NotEmpty(facts.Reasons);
        Assert.True(result.IsError);
        if (verdict == "hold")
            Assert.Contains("vetopoint approve " + facts.Attempt, AgentClient.TextOf(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_lets_an_agent_give_itself_a_role()
    {
        await using var agent = await governed.ConnectAsync();
        await agent.CallAsync("list_tables", new { environment = "staging" });
        var status = await governed.Installation.Client.AttemptAsync(
            Facts.Required(await agent.CallAsync("restart_service", new { environment = "prod", name = "search" })).Attempt!,
            TestContext.Current.CancellationToken);

        var result = await agent.CallAsync(
            "grant_role", new { user = status.Judgement.Agent, role = "admin", environment = "staging" });

        var facts = Facts.Required(result);
        Assert.Equal("deny", facts.Verdict);
        Assert.Contains("no-agent-widens-its-own-authority", facts.Policies);
    }

    /// <summary>One engine with the default pack, and a server no call of these may change.</summary>
    public sealed class Governed : IAsyncLifetime
    {
        private string _before = "";

        public Installation Installation { get; private set; } = null!;

        internal OperationsServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await OperationsServer.SeedAsync();
            _before = Server.Fingerprint();
            Installation = await Installation.StartUnattendedAsync(new JsonObject
            {
                ["servers"] = new JsonObject { ["operations"] = OperationsConfig.Mapping() },
                ["holds"] = OperationsConfig.Holds(TimeSpan.Zero),
                // A weaker form would run at once; here each class is to be seen stopped.
                ["policies"] = new JsonObject { ["first"] = "hold" },
            });
        }

        internal Task<AgentClient> ConnectAsync() => AgentClient.ConnectAsync(
            AgentClient.Stdio(
                Installation.Shim,
                Installation.Wrap("operations", Repository.OperationsServer, Server.StdioArguments)),
            Revisions.Stateful);

        public async ValueTask DisposeAsync()
        {
            Assert.Equal(_before, Server.Fingerprint());
            await Installation.VerifyLedgerAsync();
            await Installation.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
