using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Tasks;

public sealed class TaskTests
{
    [Theory]
    [InlineData("t-0123456789", true)]
    [InlineData("t-7hq2m4xk9d", true)]
    [InlineData("engine", true)]
    [InlineData("t-7hq2m4xk9", false)]
    [InlineData("t-7hq2m4xk9dd", false)]
    [InlineData("t-7HQ2M4XK9D", false)]
    [InlineData("t-7hq2m4xk9i", false)]
    [InlineData("x-7hq2m4xk9d", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_task_id_has_one_spelling(string? text, bool good)
    {
        Assert.Equal(good, TaskId.TryParse(text, out var id));
        Assert.Equal(good, id.IsValid);
        if (good)
            Assert.Equal(text, id.ToString());
        else
            Assert.Throws<InvalidOperationException>(() => default(TaskId).ToString());
    }

    [Theory]
    [InlineData("t-7hq2m4xk9d.17", true)]
    [InlineData("engine.1", true)]
    [InlineData("t-7hq2m4xk9d.0", false)]
    [InlineData("t-7hq2m4xk9d.01", false)]
    [InlineData("t-7hq2m4xk9d.+1", false)]
    [InlineData("t-7hq2m4xk9d.1 ", false)]
    [InlineData("t-7hq2m4xk9d.", false)]
    [InlineData("t-7hq2m4xk9d", false)]
    [InlineData("t-7hq2m4xk9d.99999999999999999999", false)]
    public void An_attempt_id_has_one_spelling(string text, bool good)
    {
        Assert.Equal(good, AttemptId.TryParse(text, out var id));
        if (good)
            Assert.Equal(text, id.ToString());
    }

    [Fact]
    public async Task A_mandate_covers_its_effects_environments_and_servers_and_nothing_else()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(
            TestPolicies.PermitAll, new() { Effects = ["read", "move"], Environments = ["staging"], Servers = ["ops"] }));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        Assert.Equal("VP4004", await CodeAsync(engine, task.Call(Calls.Operation(Effect.Create))));
        Assert.Equal("VP4004", await CodeAsync(engine, task.Call(Calls.Read("prod"))));
        Assert.Equal("VP4004", await CodeAsync(engine, task.Call(Calls.Read(null))));
        Assert.Equal("VP4004", await CodeAsync(engine, task.Call(Calls.Read()) with { Server = "crm" }));
        var across = Calls.Operation(Effect.Move) with { Destination = new Target("table", "things", "prod", []) };
        Assert.Equal("VP4004", await CodeAsync(engine, task.Call(across)));
    }

    [Fact]
    public async Task An_empty_mandate_allows_nothing()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Effects = [] }));
        Assert.Equal("VP4004", await CodeAsync(engine, (await engine.OpenAsync()).Call(Calls.Read())));
    }

    [Fact]
    public async Task Objects_are_counted_and_what_is_not_known_counts_too()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Objects = 20 }));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Update, objects: 9))));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Update, objects: null))));
        Assert.Equal("VP4005", await CodeAsync(engine, task.Call(Calls.Operation(Effect.Update, objects: 2))));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Update, objects: 1))));
    }

    [Fact]
    public async Task A_weaker_form_can_fit_a_budget_that_the_full_one_does_not()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Objects = 20 }));
        var task = await engine.OpenAsync();

        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(
            [Calls.Full(Calls.Operation(Effect.Read, objects: 1000)), Calls.Weaker(FormKind.Limited, Calls.Operation(Effect.Read, objects: 20))])));
        Assert.Equal(FormKind.Limited, allowed.Form);
    }

    [Fact]
    public async Task Nothing_runs_once_the_mandate_expired()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Hours = 1 }));
        var task = await engine.OpenAsync();
        engine.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("VP4002", await CodeAsync(engine, task.Call(Calls.Read())));
        Assert.Null(await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_restart_brings_back_what_was_used_and_counts_what_has_no_outcome_as_done()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Calls = 3, Bytes = 10 * ControlLimits.UnknownOutcomeBytes }));
        var task = await engine.OpenAsync();
        await engine.CompleteAsync(await PermitAsync(engine, task.Call(Calls.Read())));
        var lost = await PermitAsync(engine, task.Call(Calls.Read()));
        lost.Redeem();

        await engine.RestartAsync();
        var resumed = (await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken))!;

        Assert.Equal(("agent-1", "ada"), (resumed.Agent, resumed.Owner));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(resumed.Call(Calls.Read())));
        Assert.Equal("VP4005", await CodeAsync(engine, resumed.Call(Calls.Read())));
    }

    [Fact]
    public async Task A_task_that_ended_stays_ended_after_a_restart()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        await engine.Tasks.EndAsync(task.Id, "done", TestContext.Current.CancellationToken);
        await engine.Tasks.EndAsync(task.Id, "done again", TestContext.Current.CancellationToken);

        await engine.RestartAsync();

        Assert.Null(await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken));
        Assert.Equal("VP4001", await CodeAsync(engine, task.Call(Calls.Read())));
        Assert.Single(engine.Ledger.Entries, entry => entry.Kind == "task_ended");
    }

    [Fact]
    public async Task A_task_that_never_was_judges_nothing()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        Assert.True(TaskId.TryParse("t-0000000000", out var other));

        Assert.Equal("VP4001", await CodeAsync(engine, task.Call(Calls.Read()) with { Task = other }));
        Assert.Equal("VP4011", await CodeAsync(engine, task.Call(Calls.Read()) with { Task = TaskId.Engine }));
        Assert.Null(await engine.Tasks.ResumeAsync(other, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_with_more_operations_than_can_be_judged_is_denied()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();

        Assert.Equal("VP4012", await CodeAsync(
            engine, task.Call([Calls.Full([.. Enumerable.Repeat(Calls.Read(), ControlLimits.OperationsMax + 1)])])));
    }

    private static async Task<Permit> PermitAsync(TestEngine engine, Attempt attempt) =>
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(attempt)).Permit;

    private static async Task<string> CodeAsync(TestEngine engine, Attempt attempt) =>
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(attempt)).Code;
}
