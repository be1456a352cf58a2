using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Agents;

/// <summary>Two clients at once are two tasks: neither has the other's approvals, budgets or troubles.</summary>
public sealed class TwoClientsTests
{
    private static readonly object Restart = new { environment = "prod", name = "billing" };

    [Fact]
    public async Task An_approval_of_one_does_not_let_the_other_through()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero);
        await using var first = await scenario.ConnectAsync();
        await using var second = await scenario.ConnectAsync(Revisions.Stateless);

        var ofFirst = Facts.Required(await first.CallAsync("restart_service", Restart));
        var ofSecond = Facts.Required(await second.CallAsync("restart_service", Restart));
        await scenario.Installation.ApproveAsync(ofFirst.Attempt!);
        var bySecond = await second.CallAsync("restart_service", Restart);
        var byFirst = await first.CallAsync("restart_service", Restart);

        Assert.NotEqual(Task(ofFirst), Task(ofSecond));
        Assert.Equal("hold", Facts.Required(bySecond).Verdict);
        Assert.NotEqual(true, byFirst.IsError);
        await scenario.VerifyAsync();
    }

    [Fact]
    public async Task Many_calls_of_both_at_once_are_all_judged_and_recorded()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero, hasApprover: false);
        await using var first = await scenario.ConnectAsync();
        await using var second = await scenario.ConnectAsync();

        var calls = Enumerable.Range(1, 40).Select(order => (order % 2 == 0 ? first : second).CallAsync(
            "update_order", new { environment = "staging", order, status = "returned" }));
        var results = await System.Threading.Tasks.Task.WhenAll(calls);

        Assert.All(results, result => Assert.NotEqual(true, result.IsError));
        Assert.Equal(40, scenario.Server.Count("staging", "orders", "status = 'returned'"));
        await scenario.VerifyAsync();
    }

    [Fact]
    public async Task A_spent_budget_of_one_leaves_the_other_its_own()
    {
        await using var scenario = await Scenario.StartAsync(
            TimeSpan.Zero, config => config["task"] = new System.Text.Json.Nodes.JsonObject { ["calls"] = 12 },
            hasApprover: false);
        await using var first = await scenario.ConnectAsync();
        await using var second = await scenario.ConnectAsync();

        var refused = 0;
        for (var i = 0; i < 20; i++)
        {
            if ((await first.CallAsync("count_rows", new { environment = "staging", table = "roles" })).IsError == true)
                refused++;
        }

        var other = await second.CallAsync("count_rows", new { environment = "staging", table = "roles" });

        Assert.InRange(refused, 8, 19);
        Assert.NotEqual(true, other.IsError);
        await scenario.VerifyAsync();
    }

    private static string Task(Facts facts) => facts.Attempt!.Split('.')[0];
}
