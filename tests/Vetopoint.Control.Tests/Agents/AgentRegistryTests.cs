using System.Collections.Immutable;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Agents;

public sealed class AgentRegistryTests
{
    private const string NotOverdue = """
        @id("all")
        @reason("All but agents that nobody looked at for too long.")
        permit (principal, action, resource) unless { principal.review_overdue || principal.team != "platform" };
        @id("engine")
        @reason("The engine.")
        permit (principal, action, resource) when { resource.environment == "vetopoint" };
        """;

    [Fact]
    public async Task An_agent_without_an_owner_gets_no_task()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Owner = "" }));

        var refused = await Assert.ThrowsAsync<TaskException>(() => engine.Tasks.OpenAsync(
            new TaskOpening("agent-1", null, "mcp", "ops", null), TestContext.Current.CancellationToken));

        Assert.StartsWith("VP4100", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(engine.Ledger.Entries, entry => entry.Kind == "task_opened");
    }

    [Fact]
    public async Task An_agent_acts_only_in_its_environments_whatever_its_task_says()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(
            TestPolicies.PermitAll, new() { Agents = Registered(new AgentRegistration("ada") { Environments = ["staging"] }) }));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete))));
        Assert.Equal("VP4004", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read("prod")))).Code);
    }

    [Fact]
    public async Task Policies_see_that_a_review_is_overdue_from_the_day_after()
    {
        var agent = new AgentRegistration("ada") { Team = "platform", ReviewBy = new DateOnly(2026, 11, 22) };
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(NotOverdue, new() { Agents = Registered(agent), Hours = 48 }));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        engine.Time.Advance(TimeSpan.FromHours(12));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read())));
    }

    private static ImmutableDictionary<string, AgentRegistration> Registered(AgentRegistration agent) =>
        ImmutableDictionary<string, AgentRegistration>.Empty.Add("agent-1", agent);
}
