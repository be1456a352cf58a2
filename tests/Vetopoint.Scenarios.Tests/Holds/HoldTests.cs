using ModelContextProtocol;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Holds;

/// <summary>A held call, over its whole life and through what can happen to the processes around it.</summary>
public sealed class HoldTests
{
    private static readonly object Restart = new { environment = "prod", name = "billing" };

    [Fact]
    public async Task An_approved_call_passes_once_when_it_is_repeated_exactly()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero);
        await using var agent = await scenario.ConnectAsync();

        var held = Facts.Required(await agent.CallAsync("restart_service", Restart));
        await scenario.Installation.ApproveAsync(held.Attempt!);
        var other = Facts.Required(await agent.CallAsync("restart_service", new { environment = "prod", name = "checkout" }));
        var repeated = await agent.CallAsync("restart_service", Restart);
        var again = Facts.Required(await agent.CallAsync("restart_service", Restart));

        Assert.Equal("hold", held.Verdict);
        Assert.Equal("hold", other.Verdict);
        Assert.NotEqual(true, repeated.IsError);
        Assert.Equal("running", repeated.StructuredContent!.Value.GetProperty("state").GetString());
        Assert.Equal("hold", again.Verdict);
        Assert.NotEqual(held.Attempt, again.Attempt);
        await scenario.VerifyAsync();
    }

    [Fact]
    public async Task A_refused_call_says_so_while_it_waits()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.FromSeconds(50));
        await using var agent = await scenario.ConnectAsync();

        var call = agent.CallAsync("delete_file", new { path = "backups/prod-2026-11-19.db" });
        var hold = await scenario.Installation.NextHoldAsync("prod-2026-11-19");
        var denied = await scenario.Installation.RunAsync("deny", hold.Attempt);
        var result = await call;

        Assert.Equal(0, denied.ExitCode);
        Assert.True(result.IsError);
        Assert.Equal("deny", Facts.Required(result).Verdict);
        Assert.True(scenario.Server.HasFile("backups/prod-2026-11-19.db"));
        await scenario.VerifyAsync();
    }

    [Fact]
    public async Task A_hold_survives_the_death_of_the_engine_and_is_approved_after_it()
    {
        await using var server = await OperationsServer.SeedAsync();
        await server.ListenAsync();
        await using var installation = await Testing.Installation.Homes.Installation.StartAsync(Scenario.Config(TimeSpan.FromSeconds(50), config => config["mcpServers"]![Scenario.ServerName] = OperationsConfig.Http(server)));
        var key = await installation.EnrollAsync("deploy-bot");
        await using (var agent = await AgentClient.ConnectAsync(
            AgentClient.Http(installation.Endpoint(Scenario.ServerName), key), Revisions.Stateless))
        {
            var call = agent.CallAsync("restart_service", Restart);
            var hold = await installation.NextHoldAsync("billing");

            await installation.KillAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => call);
            await installation.StartEngineAsync();
            var after = await installation.Client.HoldAsync(hold.Attempt, TestContext.Current.CancellationToken);
            await installation.ApproveAsync(hold.Attempt);
            Assert.Equal("waiting", after.State);
        }

        // The same key is the same task, and the same call is the one that was approved.
        await using var later = await AgentClient.ConnectAsync(
            AgentClient.Http(installation.Endpoint(Scenario.ServerName), key), Revisions.Stateless);
        var repeated = await later.CallAsync("restart_service", Restart);

        Assert.NotEqual(true, repeated.IsError);
        Assert.Null(Facts.Of(repeated));
        await installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task A_client_that_leaves_can_come_back_for_what_was_approved_meanwhile()
    {
        await using var server = await OperationsServer.SeedAsync();
        await server.ListenAsync();
        await using var installation = await Testing.Installation.Homes.Installation.StartAsync(Scenario.Config(TimeSpan.FromSeconds(50), config => config["mcpServers"]![Scenario.ServerName] = OperationsConfig.Http(server)));
        var key = await installation.EnrollAsync("deploy-bot");
        await using var agent = await AgentClient.ConnectAsync(
            AgentClient.Http(installation.Endpoint(Scenario.ServerName), key), Revisions.Stateful);
        using var leaves = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var call = agent.CallAsync("restart_service", Restart, cancellationToken: leaves.Token);
        var hold = await installation.NextHoldAsync("billing");
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await installation.ApproveAsync(hold.Attempt);
        var repeated = await agent.CallAsync("restart_service", Restart);

        Assert.NotEqual(true, repeated.IsError);
        await installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task A_waiting_call_reports_progress_to_a_client_that_asks_for_it()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.FromSeconds(50));
        await using var agent = await scenario.ConnectAsync();
        var reported = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var progress = new Progress<ProgressNotificationValue>(value => reported.TrySetResult(value.Message ?? ""));

        var call = agent.CallAsync("restart_service", Restart, progress);
        var message = await reported.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var hold = await scenario.Installation.NextHoldAsync("billing");
        await scenario.Installation.ApproveAsync(hold.Attempt);
        var result = await call;

        Assert.Contains(hold.Attempt, message, StringComparison.Ordinal);
        Assert.NotEqual(true, result.IsError);
        await scenario.VerifyAsync();
    }
}
