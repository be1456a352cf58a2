using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;

namespace Vetopoint.Scenarios.Tests.Verdicts;

/// <summary>Every verdict over every pair of transports and in both revisions: a gate that is dead on one of them is open.</summary>
public sealed class EveryTransportTests(EveryTransportTests.Governed governed) : IClassFixture<EveryTransportTests.Governed>
{
    /// <summary>Client transport, upstream transport, revision, and an order of the case's own.</summary>
    public static TheoryData<string, string, string, int> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string, string, int>();
            var order = 10;
            foreach (var client in new[] { "stdio", "http" })
            {
                foreach (var upstream in new[] { "stdio", "http", "sse" })
                {
                    pairs.Add(client, upstream, Revisions.Stateful, order++);
                    // The transport of 2024 is older than the revision without sessions.
                    if (upstream != "sse")
                        pairs.Add(client, upstream, Revisions.Stateless, order++);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Allows(string client, string upstream, string revision, int order)
    {
        await using var agent = await governed.ConnectAsync(client, upstream, revision);

        var result = await agent.CallAsync("update_order", new { environment = "staging", order, status = "returned" });

        Assert.Equal(revision, agent.Mcp.NegotiatedProtocolVersion);
        Assert.NotEqual(true, result.IsError);
        Assert.Null(Facts.Of(result));
        Assert.Equal("orders", result.StructuredContent!.Value.GetProperty("table").GetString());
        Assert.Equal(1, governed.Server.Count("staging", "orders", $"id = {order} AND status = 'returned'"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Denies(string client, string upstream, string revision, int order)
    {
        await using var agent = await governed.ConnectAsync(client, upstream, revision);

        var result = await agent.CallAsync("grant_role", new { user = "u" + order, role = "operator", environment = "staging" });

        var facts = Facts.Required(result);
        Assert.True(result.IsError);
        Assert.Equal("deny", facts.Verdict);
        Assert.Contains("no-operators", facts.Policies);
        Assert.Contains("Operators are appointed by hand", AgentClient.TextOf(result), StringComparison.Ordinal);
        Assert.Equal(0, governed.Server.Count("staging", "roles", $"user = 'u{order}'"));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Downgrades(string client, string upstream, string revision, int order)
    {
        Assert.NotEqual(0, order);
        await using var agent = await governed.ConnectAsync(client, upstream, revision);

        var result = await agent.CallAsync("query_customers", new { environment = "prod", limit = 500 });

        Assert.NotEqual(true, result.IsError);
        Assert.Equal(100, result.StructuredContent!.Value.GetProperty("count").GetInt32());
        var facts = Facts.Required(result);
        Assert.Equal("downgrade", facts.Verdict);
        Assert.Equal("limited", facts.Form);
        Assert.Contains("bulk-sensitive-data-needs-a-person", facts.Policies);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Holds_until_a_person_approves(string client, string upstream, string revision, int order)
    {
        await using var agent = await governed.ConnectAsync(client, upstream, revision);
        var path = $"exports/{order}.csv";

        var call = agent.CallAsync("export_table", new { environment = "staging", table = "customers", path });
        var hold = await governed.Installation.NextHoldAsync(path);
        var before = governed.Server.HasFile(path);
        await governed.Installation.ApproveAsync(hold.Attempt);
        var result = await call;

        Assert.False(before);
        Assert.NotEqual(true, result.IsError);
        Assert.True(governed.Server.HasFile(path));
    }

    /// <summary>One engine in front of the same company three times, once for each upstream transport.</summary>
    public sealed class Governed : IAsyncLifetime
    {
        private string _key = "";

        public Installation Installation { get; private set; } = null!;

        internal OperationsServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Server = await OperationsServer.SeedAsync();
            await Server.ListenAsync(legacySse: true);
            Installation = await Installation.StartAsync(
                new JsonObject
                {
                    ["mcpServers"] = new JsonObject
                    {
                        ["by-stdio"] = OperationsConfig.Stdio(Server),
                        ["by-http"] = OperationsConfig.Http(Server),
                        ["by-sse"] = OperationsConfig.Sse(Server),
                    },
                    ["servers"] = new JsonObject
                    {
                        ["by-stdio"] = OperationsConfig.Mapping(),
                        ["by-http"] = OperationsConfig.Mapping(),
                        ["by-sse"] = OperationsConfig.Mapping(),
                    },
                    ["holds"] = OperationsConfig.Holds(TimeSpan.FromSeconds(50)),
                },
                new Dictionary<string, string>
                {
                    ["scenario.cedar"] = """
                        @id("no-operators")
                        @reason("Operators are appointed by hand, never by an agent.")
                        forbid (principal, action == Vetopoint::Action::"assign_role", resource)
                        when { resource.name == "operator" };
                        """,
                });
            _key = await Installation.EnrollAsync("scenario-agent");
        }

        internal Task<AgentClient> ConnectAsync(string client, string upstream, string revision) => AgentClient.ConnectAsync(
            client == "stdio"
                ? AgentClient.Stdio(Installation.Shim, Installation.WrapServer("by-" + upstream))
                : AgentClient.Http(Installation.Endpoint("by-" + upstream), _key),
            revision);

        public async ValueTask DisposeAsync()
        {
            await Installation.VerifyLedgerAsync();
            await Installation.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
