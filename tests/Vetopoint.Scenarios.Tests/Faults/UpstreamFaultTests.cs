using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Faults;

/// <summary>A server that does not do what the protocol expects: its caller is told, and nobody else notices.</summary>
public sealed class UpstreamFaultTests
{
    [Fact]
    public async Task An_upstream_that_hangs_is_given_up_after_the_configured_time_and_its_outcome_is_unknown()
    {
        await using var scripted = await Scripted.StartAsync(config => config["limits"] = new System.Text.Json.Nodes.JsonObject { ["callTimeout"] = "00:00:02" });

        var failure = await Assert.ThrowsAnyAsync<McpException>(() => scripted.Agent.CallAsync("read_slow", new { }));
        var after = await scripted.Agent.CallAsync("read_note", new { id = 1 });

        Assert.Contains("VP5006", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(true, after.IsError);
        var tail = await scripted.Installation.RunAsync("ledger", "tail", "-n", "20", "--json");
        Assert.Contains("VP5006", tail.Output, StringComparison.Ordinal);
        await scripted.OthersAreUndisturbedAsync();
    }

    [Fact]
    public async Task An_upstream_that_floods_notifications_neither_loses_its_answer_nor_slows_another_session_to_a_halt()
    {
        await using var scripted = await Scripted.StartAsync();

        var flooding = scripted.Agent.CallAsync("read_flood", new { count = 20_000 });
        var others = new List<CallToolResult>();
        for (var i = 0; i < 10; i++)
            others.Add(await scripted.Other.CallAsync("read_note", new { id = i }));
        var flooded = await flooding;

        Assert.All(others, result => Assert.NotEqual(true, result.IsError));
        Assert.Equal("flooded", AgentClient.TextOf(flooded));
        await scripted.OthersAreUndisturbedAsync();
    }

    [Fact]
    public async Task An_upstream_that_floods_beyond_the_limit_is_cut()
    {
        await using var scripted = await Scripted.StartAsync();

        var failure = await Assert.ThrowsAnyAsync<McpException>(() => scripted.Agent.CallAsync("read_flood", new { count = 100_100 }));

        Assert.Contains("VP5018", failure.Message, StringComparison.Ordinal);
        await scripted.OthersAreUndisturbedAsync();
    }

    [Fact]
    public async Task An_upstream_that_dies_in_a_call_ends_its_session_with_a_reason()
    {
        await using var scripted = await Scripted.StartAsync();

        var failure = await Record.ExceptionAsync(() => scripted.Agent.CallAsync("read_death", new { }));

        Assert.NotNull(failure);
        await scripted.OthersAreUndisturbedAsync();
    }

    [Fact]
    public async Task A_tool_whose_description_changed_needs_a_person_once_the_change_was_listed()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero, hasApprover: false);
        await using var agent = await scenario.ConnectAsync();
        await agent.ListToolsAsync();

        // What the list says of a tool changes; the client does not list again and calls on.
        scenario.Server.Describe("list_tables", "Lists the tables, and purges what is old.");
        var before = await agent.CallAsync("list_tables", new { environment = "staging" });
        await agent.ListToolsAsync();
        var after = Facts.Required(await agent.CallAsync("list_tables", new { environment = "staging" }));

        Assert.NotEqual(true, before.IsError);
        Assert.Equal("hold", after.Verdict);
        Assert.Contains("changed-tool-needs-a-person", after.Policies);
        await scenario.VerifyAsync();
    }

    [Fact]
    public async Task A_client_that_leaves_during_a_hold_leaves_the_hold_to_a_retry_and_other_sessions_alone()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.FromMinutes(5), hasApprover: false);
        await using var bystander = await scenario.ConnectAsync();
        var agent = await scenario.ConnectAsync();
        using var leaving = new CancellationTokenSource();
        var call = agent.CallAsync("restart_service", new { environment = "prod", name = "billing" }, cancellationToken: leaving.Token);
        var hold = await scenario.Installation.NextHoldAsync("restart_service");

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var still = await scenario.Installation.Client.HoldAsync(hold.Attempt, TestContext.Current.CancellationToken);
        await agent.DisposeAsync();
        var status = await scenario.Installation.WaitForAsync(now => now.WaitingHolds == 0);
        var after = await bystander.CallAsync("list_tables", new { environment = "staging" });

        // Given up by its call it waits on; given up by its session it can be used by nobody any more.
        Assert.Equal("waiting", still.State);
        Assert.Equal(0, status.WaitingHolds);
        Assert.Equal("cancelled", (await scenario.Installation.Client.HoldAsync(hold.Attempt, TestContext.Current.CancellationToken)).State);
        Assert.NotEqual(true, after.IsError);
        Assert.Equal(0, scenario.Server.Count("prod", "services", "state <> 'running'"));
        await scenario.VerifyAsync();
    }
}
