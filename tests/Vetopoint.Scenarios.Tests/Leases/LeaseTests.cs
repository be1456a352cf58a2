using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;
using Vetopoint.Testing.Postgres;

namespace Vetopoint.Scenarios.Tests.Leases;

/// <summary>An MCP server that works on a real database with what each task leased, and never with more.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private const string Roles = "select count(*) from pg_roles where rolname like 'vp\\_%'";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private PostgresCluster _cluster = null!; // set before each test
    private Installation _installation = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PostgresCluster.StartAsync();
        await _cluster.RunAsync("create table orders (id int); insert into orders select generate_series(1, 7)");
        _installation = await Installation.StartUnattendedAsync(new JsonObject
        {
            ["leases"] = JsonNode.Parse(
                $$$"""{ "shop": { "postgres": { "host": "{{{PostgresCluster.Host}}}", "port": {{{_cluster.Port}}}, "database": "postgres", "user": "{{{PostgresCluster.Superuser}}}", "password": "${secret:pg-admin}", "tls": "off" } } }"""),
            ["mcpServers"] = new JsonObject
            {
                [Scripted.Name] = new JsonObject
                {
                    ["command"] = Repository.Built("Vetopoint.Testing.Upstream", "scripted-upstream"),
                    ["env"] = JsonNode.Parse(
                        """{ "PGHOST": "${lease:shop.host}", "PGPORT": "${lease:shop.port}", "PGDATABASE": "${lease:shop.database}", "PGUSER": "${lease:shop.user}", "PGPASSWORD": "${lease:shop.password}" }"""),
                },
            },
            ["task"] = JsonNode.Parse("""{ "effects": ["read"] }"""),
        });
        var put = await ChildProcess.RunAsync(
            Installation.Vetopoint, ["secrets", "set", "pg-admin", "--home", _installation.Home.Root], input: _cluster.Password + "\n");
        Assert.True(put.ExitCode == 0, put.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await _installation.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Each_task_works_as_a_role_of_its_own_that_is_gone_when_the_task_is_over()
    {
        var first = await ConnectAsync();
        var second = await ConnectAsync();

        var (one, two) = (await AskAsync(first), await AskAsync(second));
        var listed = JsonDocument.Parse((await _installation.RunAsync("leases", "--json")).Output).RootElement.GetProperty("leases");
        await first.DisposeAsync();
        await UntilAsync(1L);
        var still = await AskAsync(second);
        await second.DisposeAsync();
        await UntilAsync(0L);

        Assert.Matches("^vp_[0-9a-z]{20} sees 7$", one);
        Assert.NotEqual(one, two);
        Assert.Equal(two, still);
        Assert.Equal(["issued", "issued"], listed.EnumerateArray().Select(lease => lease.GetProperty("state").GetString()));
        Assert.Empty((await _installation.Client.LeasesAsync(TestContext.Current.CancellationToken)).Leases);
        await _installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task A_killed_engine_leaves_roles_that_the_next_one_drops_before_anyone_asks()
    {
        var agent = await ConnectAsync();
        await AskAsync(agent);
        Assert.Equal(1L, await _cluster.AskAsync(Roles));

        await _installation.KillAsync();
        Assert.Equal(1L, await _cluster.AskAsync(Roles));
        await _installation.StartEngineAsync();
        await UntilAsync(0L);

        Assert.Equal(0L, await _cluster.AskAsync($"select count(*) from pg_stat_activity where usename like 'vp\\_%'"));
        await agent.DisposeAsync();
        await _installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task The_administrators_secret_is_nowhere_in_the_home_and_in_no_answer()
    {
        await using var agent = await ConnectAsync();
        var said = await AskAsync(agent);
        var status = await _installation.RunAsync("status", "--json");
        var secrets = await _installation.RunAsync("secrets");

        Assert.DoesNotContain(_cluster.Password, said + status.Output + secrets.Output + _installation.Engine.Output, StringComparison.Ordinal);
        Assert.Contains("pg-admin", secrets.Output, StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(_installation.Home.Root, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".sock", StringComparison.Ordinal) && !file.EndsWith("engine.lock", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, static file => file.EndsWith("pg-admin", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(_cluster.Password)));
    }

    private Task<AgentClient> ConnectAsync() => AgentClient.ConnectAsync(
        AgentClient.Stdio(Installation.Shim, _installation.WrapServer(Scripted.Name)), Revisions.Stateful);

    private static async Task<string> AskAsync(AgentClient agent)
    {
        var result = await agent.CallAsync("read_database", new { });
        return Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
    }

    /// <summary>Revoking happens after the task's end; the server is asked until it shows.</summary>
    private async Task UntilAsync(long roles)
    {
        using var late = new CancellationTokenSource(ChildProcess.WaitMax);
        while (!Equals(await _cluster.AskAsync(Roles), roles))
            await Task.Delay(Pause, TimeProvider.System, late.Token);
    }
}
