using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Testing.Installation.Processes;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Samples;

/// <summary>The sample server does what it says without a gate; otherwise no scenario would mean anything.</summary>
public sealed class OperationsServerTests
{
    public static TheoryData<string, string> Transports => new()
    {
        { "stdio", Revisions.Stateful },
        { "stdio", Revisions.Stateless },
        { "http", Revisions.Stateful },
        { "http", Revisions.Stateless },
        { "sse", Revisions.Stateful },
    };

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Lists_and_runs_its_tools_over_every_transport(string transport, string revision)
    {
        await using var server = await OperationsServer.SeedAsync();
        await using var client = await AgentClient.ConnectAsync(await TransportAsync(server, transport), revision);

        var tools = await client.ListToolsAsync();
        var rehearsed = await client.CallAsync(
            "delete_rows", new { environment = "staging", table = "customers", where = "is_test = 1", dry_run = true });
        var afterRehearsal = server.Count("staging", "customers");
        var deleted = await client.CallAsync(
            "delete_rows", new { environment = "staging", table = "customers", where = "is_test = 1" });

        Assert.Equal(revision, client.Mcp.NegotiatedProtocolVersion);
        Assert.Equal(14, tools.Count);
        Assert.Equal(120, Structured(rehearsed).GetProperty("rows").GetInt64());
        Assert.Equal(180, afterRehearsal);
        Assert.Equal(Structured(rehearsed).GetProperty("dependentRows").GetInt64(), Structured(deleted).GetProperty("dependentRows").GetInt64());
        Assert.Equal(60, server.Count("staging", "customers"));
        Assert.Equal(1204, server.Count("prod", "customers"));
    }

    [Fact]
    public async Task Does_what_an_agent_gone_wrong_would_ask_for()
    {
        await using var server = await OperationsServer.SeedAsync();
        await using var client = await AgentClient.ConnectAsync(
            AgentClient.Stdio(Repository.OperationsServer, server.StdioArguments), Revisions.Stateful);

        await client.CallAsync("copy_records", new { from = "prod", to = "staging", table = "customers", limit = 300 });
        await client.CallAsync("export_table", new { environment = "prod", table = "customers", path = "tmp/all.csv" });
        var exported = await File.ReadAllLinesAsync(
            Path.Combine(server.Data, "files/tmp/all.csv"), TestContext.Current.CancellationToken);
        await client.CallAsync("grant_role", new { user = "cleanup-agent", role = "admin", environment = "prod" });
        await client.CallAsync("delete_file", new { path = "backups/prod-2026-11-21.db" });
        await client.CallAsync("send_report", new { to = "everyone@example.com", subject = "Done" });
        var archived = await client.CallAsync(
            "delete_rows", new { environment = "prod", table = "test_runs", where = "id <= 10", archive = true });
        await client.CallAsync("purge_customers", new { environment = "prod" });

        Assert.Equal(480, server.Count("staging", "customers"));
        Assert.Equal(1205, exported.Length);
        Assert.Equal(1, server.Count("prod", "roles", "user = 'cleanup-agent' AND role = 'admin'"));
        Assert.False(server.HasFile("backups/prod-2026-11-21.db"));
        Assert.Single(Directory.GetFiles(Path.Combine(server.Data, "outbox")));
        Assert.Equal(10, Structured(archived).GetProperty("rows").GetInt64());
        Assert.Equal(36, server.Count("prod", "test_runs"));
        Assert.Equal(10, server.Count("prod", "test_runs", "archived_at IS NOT NULL"));
        Assert.Equal(0, server.Count("prod", "customers"));
        Assert.Equal(0, server.Count("prod", "invoices"));
    }

    [Fact]
    public async Task Reports_progress_of_a_restart_and_offers_resources_and_prompts()
    {
        await using var server = await OperationsServer.SeedAsync();
        await using var client = await AgentClient.ConnectAsync(
            AgentClient.Stdio(Repository.OperationsServer, server.StdioArguments), Revisions.Stateful);
        var reported = new Collected();
        var cancel = TestContext.Current.CancellationToken;

        await client.CallAsync("restart_service", new { environment = "staging", name = "billing" }, reported);
        var resource = await client.Mcp.ReadResourceAsync("ops://staging/tables", cancellationToken: cancel);
        var prompt = await client.Mcp.GetPromptAsync(
            "clean_up_test_data", new Dictionary<string, object?> { ["environment"] = "staging" }, cancellationToken: cancel);

        Assert.Equal([1f, 2f, 3f, 4f], reported.Values);
        Assert.Contains("customers\t180", Assert.IsType<TextResourceContents>(Assert.Single(resource.Contents)).Text, StringComparison.Ordinal);
        Assert.Contains("staging", Assert.IsType<TextContentBlock>(Assert.Single(prompt.Messages).Content).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_a_wrong_request_with_what_to_do()
    {
        await using var server = await OperationsServer.SeedAsync();
        await using var client = await AgentClient.ConnectAsync(
            AgentClient.Stdio(Repository.OperationsServer, server.StdioArguments), Revisions.Stateful);

        var environment = await client.CallAsync("list_tables", new { environment = "production" });
        var path = await client.CallAsync("read_file", new { path = "../prod.db" });

        Assert.True(environment.IsError);
        Assert.Contains("prod, staging", AgentClient.TextOf(environment), StringComparison.Ordinal);
        Assert.True(path.IsError);
        Assert.Contains("leads out", AgentClient.TextOf(path), StringComparison.Ordinal);
    }

    private static async Task<IClientTransport> TransportAsync(OperationsServer server, string transport)
    {
        if (transport != "stdio")
            await server.ListenAsync(legacySse: transport == "sse");
        return transport switch
        {
            "http" => AgentClient.Http(server.Address!),
            "sse" => AgentClient.Http(server.SseAddress, mode: HttpTransportMode.Sse),
            _ => AgentClient.Stdio(Repository.OperationsServer, server.StdioArguments),
        };
    }

    private static JsonElement Structured(CallToolResult result) => Assert.NotNull(result.StructuredContent);

    private sealed class Collected : IProgress<ProgressNotificationValue>
    {
        public List<double> Values { get; } = [];

        public void Report(ProgressNotificationValue value) => Values.Add(value.Progress);
    }
}
