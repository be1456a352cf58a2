using System.Text.Json.Nodes;
using ModelContextProtocol;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Faults;

/// <summary>What breaks is said on the right side, nothing is lost, and no other session is disturbed.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task An_upstream_that_is_killed_in_the_middle_of_a_call_leaves_an_unknown_outcome_and_other_sessions_alone()
    {
        await using var server = await OperationsServer.SeedAsync();
        await using var other = await OperationsServer.SeedAsync();
        server.Run("staging", "UPDATE services SET start_milliseconds = 600000");
        await server.ListenAsync();
        await using var installation = await Installation.StartAsync(Config(server, other));
        var key = await installation.EnrollAsync("deploy-bot");
        await using var agent = await AgentClient.ConnectAsync(
            AgentClient.Http(installation.Endpoint(Scenario.ServerName), key), Revisions.Stateless);
        await using var bystander = await AgentClient.ConnectAsync(
            AgentClient.Stdio(Installation.Shim, installation.WrapServer("other")), Revisions.Stateful);

        var call = agent.CallAsync("restart_service", new { environment = "staging", name = "search" });
        await server.UntilAsync("staging", "services", "name = 'search' AND state = 'starting'");
        server.Process.Signal(Signals.Kill);
        var failure = await Record.ExceptionAsync(async () =>
        {
            var result = await call;
            if (result.IsError == true)
                throw new McpException(AgentClient.TextOf(result));
        });
        var after = await bystander.CallAsync("count_rows", new { environment = "staging", table = "roles" });

        Assert.NotNull(failure);
        Assert.NotEqual(true, after.IsError);
        await installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task A_record_that_cannot_be_written_lets_no_effect_through()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero, hasApprover: false);
        await using var agent = await scenario.ConnectAsync();
        await agent.CallAsync("update_order", new { environment = "staging", order = 20, status = "returned" });

        // No file of the engine may grow any more: what a full disk does.
        var limited = await ChildProcess.RunAsync(
            "prlimit", ["--pid", $"{scenario.Installation.Engine.Id}", "--fsize=1024"]);
        var failures = new List<Exception?>();
        for (var order = 21; order < 24; order++)
        {
            failures.Add(await Record.ExceptionAsync(async () =>
            {
                var result = await agent.CallAsync("update_order", new { environment = "staging", order, status = "returned" });
                if (result.IsError == true)
                    throw new McpException(AgentClient.TextOf(result));
            }));
        }

        Assert.True(limited.ExitCode == 0, limited.Output);
        Assert.All(failures, Assert.NotNull);
        Assert.Equal(1, scenario.Server.Count("staging", "orders", "status = 'returned'"));

        // With room again, everything goes on, and the record is whole.
        if (!scenario.Installation.Engine.HasExited)
            await scenario.Installation.KillAsync();
        await scenario.Installation.StartEngineAsync();
        await using var later = await scenario.ConnectAsync();
        var again = await later.CallAsync("update_order", new { environment = "staging", order = 24, status = "returned" });
        Assert.NotEqual(true, again.IsError);
        await scenario.VerifyAsync();
    }

    private static JsonObject Config(OperationsServer server, OperationsServer other) =>
        Scenario.Config(TimeSpan.Zero, config =>
        {
            config["mcpServers"]![Scenario.ServerName] = OperationsConfig.Http(server);
            config["mcpServers"]!["other"] = OperationsConfig.Stdio(other);
            config["servers"]!["other"] = OperationsConfig.Mapping();
            // This scenario is about what happens in the middle of it, not about who may start it.
            config["servers"]![Scenario.ServerName]!["tools"]!["restart_service"]!["effect"] = "update";
        });
}
