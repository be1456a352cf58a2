using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Approvals;

/// <summary>A scenario with a held call, and what must still be so after an attack.</summary>
public sealed class HeldCall : IAsyncLifetime
{
    /// <summary>What an agent would like to have in force.</summary>
    public const string AllowAll = """
        @id("mine")
        @reason("I may do everything.")
        permit (principal, action, resource);
        """;

    private static readonly object Restart = new { environment = "prod", name = "billing" };
    private string _policySet = "";

    internal Scenario Scenario { get; private set; } = null!;

    internal AgentClient Agent { get; private set; } = null!;

    /// <summary>The held attempt.</summary>
    internal string Hold { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        Scenario = await Scenario.StartAsync(TimeSpan.Zero);
        Agent = await Scenario.ConnectAsync();
        await Agent.ListToolsAsync();
        var facts = await CallAsync(Agent);
        Assert.Equal("hold", facts.Verdict);
        Hold = facts.Attempt!;
        _policySet = (await Scenario.Installation.StatusAsync()).PolicySet;
    }

    internal static async Task<Facts> CallAsync(AgentClient agent) =>
        Facts.Required(await agent.CallAsync("restart_service", Restart));

    internal async Task StaysHeldAsync()
    {
        var status = await Scenario.Installation.StatusAsync();
        Assert.Equal("hold", (await CallAsync(Agent)).Verdict);
        Assert.Equal(_policySet, status.PolicySet);
        Assert.All(status.Servers, server => Assert.Equal("enforce", server.Mode));
        Assert.Single(status.Approvers);
        Assert.Empty((await Scenario.Installation.Client.AgentsAsync(TestContext.Current.CancellationToken)).Agents);
        await Scenario.VerifyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Scenario.DisposeAsync();
    }
}
