using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Tasks;

public sealed class ChildTaskTests
{
    [Fact]
    public async Task A_child_does_what_is_in_its_part_and_no_more()
    {
        await using var engine = await Children.StartAsync();
        var planner = await engine.OpenAsync("planner");

        var child = await engine.CreateAsync(planner, """{"effects":["read"],"resources":["table:ord*"],"environments":["staging"],"purpose":"look"}""", "executor");

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(child.Task.Call(Calls.Operation(Effect.Read, name: "orders"))));
        Assert.Equal("VP4004", await engine.CodeAsync(child.Task.Call(Calls.Operation(Effect.Update, name: "orders"))));
        Assert.Equal("VP4004", await engine.CodeAsync(child.Task.Call(Calls.Operation(Effect.Read, name: "people"))));
        Assert.Equal("VP4004", await engine.CodeAsync(child.Task.Call(Calls.Operation(Effect.Read, "prod", name: "orders"))));
        Assert.Equal(("executor", "bea"), (child.Task.Agent, child.Task.Owner));
        Assert.Contains("It may read.", child.Mandate);
        var opened = engine.Ledger.Entries.Select(entry => entry.Body).OfType<TaskOpened>().Last();
        Assert.Equal(["planner", "executor"], opened.Chain);
        Assert.Equal($"{planner.Id}.2", opened.Parent);
    }

    [Fact]
    public async Task What_a_task_above_does_not_cover_is_denied_though_the_record_says_that_the_child_may()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Effects = ["read"] });
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner);
        var grandchild = Delegation.TaskOf(new AttemptId(child.Task.Id, 2));
        var forged = engine.Ledger.Entries.Select(entry => entry.Body).OfType<TaskOpened>().Last();
        await engine.JudgeAsync(child.Task.Call(Calls.Read()));
        var handle = await engine.Tasks.OpenAsync(grandchild, forged with
        {
            Parent = $"{child.Task.Id}.2",
            Mandate = forged.Mandate with { Effects = ["*"] },
        });

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(handle.Call(Calls.Read())));
        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(handle.Call(Calls.Operation(Effect.Update))));
        Assert.Equal("VP4004", denied.Code);
        Assert.Contains(planner.Id.ToString(), string.Join(" ", denied.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_have_to_permit_for_every_agent_of_the_chain()
    {
        await using var engine = await Children.StartAsync(policies: TestPolicies.PermitAll + """
            @id("planners-do-not-touch")
            @reason("Planners plan.")
            forbid (principal == Vetopoint::Agent::"planner", action == Vetopoint::Action::"update", resource);
            """);
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, agent: "executor");

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(child.Task.Call(Calls.Read())));
        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(child.Task.Call(Calls.Operation(Effect.Update))));
        Assert.Contains("For the agent `planner`, which handed the task on: Planners plan.", denied.Reasons);
    }

    [Fact]
    public async Task A_child_uses_the_budget_of_every_task_above()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Objects = 50 });
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, """{"depth":1,"children":2}""", "executor");
        var grandchild = await engine.CreateAsync(child.Task, agent: "validator");

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(grandchild.Task.Call(Calls.Operation(Effect.Update, objects: 40))));
        Assert.Equal("VP4005", await engine.CodeAsync(planner.Call(Calls.Operation(Effect.Update, objects: 9))));
        Assert.Equal("VP4005", await engine.CodeAsync(child.Task.Call(Calls.Operation(Effect.Update, objects: 9))));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(planner.Call(Calls.Operation(Effect.Update, objects: 8))));
    }

    [Fact]
    public async Task Bytes_that_leave_are_taken_from_every_task_above_and_given_back_where_one_refuses()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Bytes = 100 });
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, """{"bytes":80}""", "executor");
        var own = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(planner.Call(Calls.Read()))).Permit;
        own.Redeem();
        Assert.True(own.TryRelease(60));
        var permit = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(child.Task.Call(Calls.Read()))).Permit;
        permit.Redeem();

        Assert.False(permit.TryRelease(41));
        Assert.True(permit.TryRelease(40));
        Assert.False(permit.TryRelease(1));
        Assert.Equal(40, permit.Released);
    }

    [Fact]
    public async Task A_hundred_calls_at_once_never_use_more_than_there_is()
    {
        const int Limit = 30;
        await using var engine = await Children.StartAsync(Children.Config with { Calls = Limit });
        var planner = await engine.OpenAsync("planner");
        var tasks = new List<TaskHandle> { planner };
        for (var i = 0; i < 4; i++)
            tasks.Add((await engine.CreateAsync(planner, agent: "executor")).Task);

        var judged = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => engine.JudgeAsync(tasks[i % tasks.Count].Call(Calls.Read())).AsTask()));

        Assert.Equal(Limit - 4, judged.Count(judgement => judgement is Judgement.Allowed));
        Assert.Equal(Limit, engine.Ledger.Entries.Select(entry => entry.Body).OfType<Intent>().Count(intent => intent.Verdict == "allow"));
    }

    [Fact]
    public async Task Budgets_and_labels_of_the_tasks_below_are_known_again_after_a_restart()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Objects = 50 }, TestPolicies.PermitAll + """
            @id("what-saw-people-sends-nothing")
            @reason("Labels.")
            forbid (principal, action == Vetopoint::Action::"send", resource) when { context.labels.contains("pii") };
            """);
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, agent: "executor");
        var other = await engine.CreateAsync(planner, agent: "validator");
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(other.Task.Call(Calls.Operation(Effect.Send))));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(child.Task.Call(Calls.Operation(Effect.Read, objects: 40, sensitivity: "pii"))));
        Assert.Equal("VP4006", await engine.CodeAsync(planner.Call(Calls.Operation(Effect.Send))));
        Assert.Equal("VP4006", await engine.CodeAsync(other.Task.Call(Calls.Operation(Effect.Send))));

        await engine.RestartAsync();

        Assert.Equal("VP4005", await engine.CodeAsync(planner.Call(Calls.Operation(Effect.Read, objects: 9))));
        Assert.Equal("VP4006", await engine.CodeAsync(planner.Call(Calls.Operation(Effect.Send))));
        Assert.Equal("VP4006", await engine.CodeAsync(other.Task.Call(Calls.Operation(Effect.Send))));
        Assert.NotNull(await engine.Get<TaskCredentials>().ResolveAsync(child.Key, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_end_of_a_task_ends_all_below_at_once_and_each_says_what_it_did()
    {
        await using var engine = await Children.StartAsync();
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, """{"depth":1,"children":2}""", "executor");
        var grandchild = await engine.CreateAsync(child.Task, """{"calls":7}""", "validator");
        var held = await engine.JudgeAsync(grandchild.Task.Call(Calls.Read()));
        var permit = Assert.IsType<Judgement.Allowed>(held).Permit;
        permit.Redeem();

        await engine.Tasks.EndAsync(planner.Id, "done", TestContext.Current.CancellationToken);

        Assert.False(permit.TryRelease(1));
        Assert.True(permit.Stopped.IsCancellationRequested);
        Assert.True(grandchild.Task.Stopped.IsCancellationRequested);
        Assert.Equal("VP4001", await engine.CodeAsync(grandchild.Task.Call(Calls.Read())));
        Assert.Null(await engine.Get<TaskCredentials>().ResolveAsync(grandchild.Key, TestContext.Current.CancellationToken));
        Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(child.Task));

        var ended = engine.Ledger.Entries.Where(entry => entry.Body is TaskEnded).ToDictionary(entry => entry.Task, entry => (TaskEnded)entry.Body);
        Assert.Equal(3, ended.Count);
        Assert.Equal("The task above it ended.", ended[grandchild.Task.Id.ToString()].Reason);
        Assert.Equal((1, 7), (ended[grandchild.Task.Id.ToString()].Totals!.Calls, ended[grandchild.Task.Id.ToString()].Totals!.CallsMax));
        Assert.Equal(3, ended[planner.Id.ToString()].Totals!.Calls);
    }

    [Fact]
    public async Task The_quarantine_of_any_agent_of_the_chain_stops_all_below()
    {
        await using var engine = await Children.StartAsync();
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, """{"depth":1,"children":2}""", "executor");
        var grandchild = await engine.CreateAsync(child.Task, agent: "validator");
        var permit = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(grandchild.Task.Call(Calls.Read()))).Permit;

        await engine.Acts.QuarantineAsync("planner", TestContext.Current.CancellationToken);

        Assert.Throws<PermitException>(() => permit.Redeem());
        Assert.Equal("VP4003", await engine.CodeAsync(grandchild.Task.Call(Calls.Read())));
        Assert.Equal("VP4003", await engine.CodeAsync(child.Task.Call(Calls.Read())));
    }

    [Fact]
    public async Task A_mandate_that_names_a_high_risk_effect_waits_for_a_person()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(Children.Config));
        using var person = await Person.EnrollAsync(engine);
        var planner = await engine.OpenAsync("planner");

        var held = Assert.IsType<ChildAnswer.Held>(await engine.AskAsync(planner, """{"effects":["read","delete"]}""", "executor"));
        await person.ApproveAsync(engine, held.Hold);

        await engine.CreateAsync(planner, """{"effects":["read","delete"]}""", "executor");
        Assert.IsType<ChildAnswer.Held>(await engine.AskAsync(planner, """{"effects":["read","delete"]}""", "executor"));
        await engine.CreateAsync(planner, """{"effects":["read"]}""", "executor");
    }

    [Fact]
    public async Task A_crash_between_the_attempt_and_the_task_leaves_no_task_and_no_more_to_hand_on()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Children = 2 });
        var planner = await engine.OpenAsync("planner");
        await engine.CreateAsync(planner);
        engine.Ledger.FailNext(entry => entry.Body is TaskOpened);
        Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(planner));

        await engine.RestartAsync();

        var resumed = (await engine.Tasks.ResumeAsync(planner.Id, TestContext.Current.CancellationToken))!;
        Assert.Equal("VP4101", Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(resumed)).Code);
        Assert.Equal(2, engine.Ledger.Entries.Count(entry => entry.Body is TaskOpened));
    }

    [Fact]
    public async Task A_task_ends_by_itself_when_its_mandate_does_and_says_what_it_did()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Hours = 1 });
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, """{"expiresAfter":"00:10:00"}""", "executor");
        await engine.JudgeAsync(child.Task.Call(Calls.Read()));

        engine.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("VP4002", await engine.CodeAsync(child.Task.Call(Calls.Read())));
        Assert.Equal("VP4002", await engine.CodeAsync(child.Task.Call(Calls.Read())));
        var ended = Assert.Single(engine.Ledger.Entries, entry => entry.Body is TaskEnded);
        Assert.Equal((child.Task.Id.ToString(), "Its mandate expired."), (ended.Task, ((TaskEnded)ended.Body).Reason));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(planner.Call(Calls.Read())));
    }

    [Fact]
    public async Task A_task_that_expired_while_no_engine_ran_gets_its_last_entry_at_the_next_start()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Hours = 1 });
        var planner = await engine.OpenAsync("planner");

        await engine.RestartAsync(TimeSpan.FromHours(2));

        Assert.Equal("VP4002", await engine.CodeAsync(planner.Call(Calls.Read())));
        Assert.Single(engine.Ledger.Entries, entry => entry.Body is TaskEnded);
    }
}
