using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Policies;

/// <summary>Policies decide when a person activated them, and not before.</summary>
public sealed class ActivationTests
{
    private const string NoReturns = """
        @id("no-returns")
        @reason("Orders are not changed by agents this week.")
        forbid (principal, action == Vetopoint::Action::"update", resource)
        when { resource.kind == "order" };
        """;

    private static readonly object Return = new { environment = "staging", order = 11, status = "returned" };

    [Fact]
    public async Task An_edited_policy_decides_only_after_it_was_activated()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero);
        await using var agent = await scenario.ConnectAsync();
        var active = (await scenario.Installation.StatusAsync()).PolicySet;

        scenario.Installation.WritePolicies(new Dictionary<string, string> { ["returns.cedar"] = NoReturns });
        var checkedFiles = await scenario.Installation.RunAsync("policy", "check");
        var difference = await scenario.Installation.RunAsync("policy", "diff");
        var staged = await agent.CallAsync("update_order", Return);
        await scenario.Installation.ActivateAsync();
        var activated = await agent.CallAsync("update_order", Return);

        Assert.Equal(0, checkedFiles.ExitCode);
        Assert.Contains("no-returns", difference.Output, StringComparison.Ordinal);
        Assert.NotEqual(true, staged.IsError);
        Assert.Equal("deny", Facts.Required(activated).Verdict);
        Assert.Contains("no-returns", Facts.Required(activated).Policies);
        Assert.NotEqual(active, (await scenario.Installation.StatusAsync()).PolicySet);
        await scenario.VerifyAsync();
    }

    [Fact]
    public async Task An_edit_is_activated_by_itself_only_where_the_active_config_says_so_and_then_loudly()
    {
        await using var scenario = await Scenario.StartAsync(
            TimeSpan.Zero, config => config["policies"] = new System.Text.Json.Nodes.JsonObject { ["activation"] = "automatic" });
        await using var agent = await scenario.ConnectAsync();
        var before = await scenario.Installation.StatusAsync();

        scenario.Installation.WritePolicies(new Dictionary<string, string> { ["returns.cedar"] = NoReturns });
        await scenario.Installation.WaitForAsync(status => status.PolicySet != before.PolicySet);
        var result = await agent.CallAsync("update_order", Return);

        Assert.True(before.ActivatesAutomatically);
        Assert.Contains(before.Warnings, warning => warning.Contains("activat", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("deny", Facts.Required(result).Verdict);
        await scenario.VerifyAsync();
    }
}
