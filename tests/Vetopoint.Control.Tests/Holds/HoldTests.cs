using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Holds;

public sealed class HoldTests
{
    private const string DeletesNeedAPerson = TestPolicies.PermitAll + """

        @id("deletes")
        @reason("Deleting needs a person.")
        forbid (principal, action == Vetopoint::Action::"delete", resource) unless { context.assurance >= 2 };
        """;

    [Fact]
    public async Task An_approval_lets_the_identical_call_through_exactly_once()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var waiting = engine.Decisions.WaitForHoldAsync(hold, TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        await ada.ApproveAsync(engine, hold);

        Assert.Equal(HoldState.Approved, await waiting);
        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Delete(task, requestId: 2)));
        allowed.Permit.Redeem();
        await engine.CompleteAsync(allowed.Permit);
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task)));
        var intent = engine.IntentsOf(task.Id)[1];
        Assert.Equal((hold.ToString(), 2), (intent.Uses, intent.Assurance));
        var resolved = Assert.Single(engine.Ledger.Entries.Select(entry => entry.Body).OfType<HoldResolved>());
        Assert.Equal(("approved", "ada", 2), (resolved.Resolution, resolved.By, resolved.Rung));
        Assert.NotNull(resolved.Proof);
    }

    [Fact]
    public async Task An_approval_lets_nothing_else_through()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var other = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));

        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task, arguments: """{"id":8}""")));
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(other)));
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task) with { ReaderVersion = "2" }));
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task) with { ToolDefinition = "another" }));
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task) with { Server = "crm" }));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Delete(task)));
    }

    [Fact]
    public async Task An_approval_is_for_the_tool_as_it_was_when_the_call_was_held()
    {
        var token = TestContext.Current.CancellationToken;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tools.ToolPinTests.Tool("do_it")], token));
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Call());
        await ada.ApproveAsync(engine, hold);

        await engine.Pins.ObserveAsync("ops", [Tools.ToolPinTests.Tool("do_it", "Does everything.")], token);
        var second = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call())).Hold;
        Assert.NotEqual(hold, second);
        await ada.ApproveAsync(engine, second);

        // Changed once more: what stands against the tool reads the same, but it is another definition.
        await engine.Pins.ObserveAsync("ops", [Tools.ToolPinTests.Tool("do_it", "Does everything twice.")], token);
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call()));
        await engine.RestartAsync();
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call()));

        // A state that a person approved is known again after a restart.
        await ada.ApproveAsync(engine, Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call())).Hold);
        await engine.RestartAsync();
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Call()));

        Attempt Call() => task.Call([Calls.Full(Calls.Operation(Effect.Delete))], definition: pin.Digest);
    }

    [Fact]
    public async Task What_a_weaker_form_changes_and_whether_its_tool_was_looked_at_is_still_shown_after_a_restart()
    {
        const string ArchivingNeedsAPerson = TestPolicies.PermitAll + """

            @id("deletes")
            @reason("Nothing is deleted.")
            forbid (principal, action == Vetopoint::Action::"delete", resource);

            @id("archiving")
            @reason("Archiving needs a person.")
            forbid (principal, action == Vetopoint::Action::"update", resource) unless { context.assurance >= 2 };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(ArchivingNeedsAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tools.ToolPinTests.Tool("do_it")], TestContext.Current.CancellationToken));
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, task.Call(
            [Calls.Full(Calls.Operation(Effect.Delete)), Calls.Weaker(FormKind.Recoverable, Calls.Operation(Effect.Update))], definition: pin.Digest));
        var before = Assert.Single(engine.Holds.List());

        await engine.RestartAsync();
        var after = Assert.Single(engine.Holds.List());
        var challenge = await engine.Acts.ChallengeAsync(new Act.Approve(hold), ada.Key.Public.Id, TestContext.Current.CancellationToken);
        var paper = System.Text.Encoding.UTF8.GetString(challenge.Details.Span);
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        await ada.DoAsync(engine, new Act.Review("ops", "do_it"));
        var explained = await engine.Get<Explainer>().ExplainAsync(hold, TestContext.Current.CancellationToken);

        Assert.Equal(("recoverable", "only the Recoverable form ran"), (before.Form, before.Change));
        Assert.Equal(before.Change, after.Change);
        Assert.Contains("recoverable: only the Recoverable form ran", paper, StringComparison.Ordinal);
        Assert.Contains("nobody has reviewed it", paper, StringComparison.Ordinal);
        Assert.Equal(before.Change, RecordedChange.Of(explained!.Intent));
        Assert.False(explained.Reviewed);
    }

    [Fact]
    public async Task An_approval_is_not_used_under_other_policies()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));
        var edited = await engine.Policies.StageAsync(TestPolicies.Of(DeletesNeedAPerson + "\n// edited"), TestContext.Current.CancellationToken);

        await ada.DoAsync(engine, new Act.Activate(edited.Set!.Digest));

        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task)));
    }

    [Fact]
    public async Task What_was_approved_is_judged_again_when_it_runs()
    {
        const string CleanTasksOnly = DeletesNeedAPerson + """

            @id("clean")
            @reason("After touching personal data nothing is deleted.")
            forbid (principal, action == Vetopoint::Action::"delete", resource) when { context.labels.contains("pii") };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(CleanTasksOnly));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Read, sensitivity: "pii"))));

        Assert.Equal(["clean"], Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(Delete(task))).Policies.Where(id => id != "deletes"));
    }

    [Fact]
    public async Task An_identical_call_joins_the_hold_that_waits_already()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));

        Assert.Equal(hold, await HoldAsync(engine, task, Delete(task, requestId: 2)));
        Assert.Single(engine.Holds.List());
        await engine.RestartAsync();

        Assert.Equal(hold, Assert.Single(engine.Holds.List()).Attempt);
        await ada.ApproveAsync(engine, hold);
        var resumed = (await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken))!;
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Delete(resumed)));
    }

    [Fact]
    public async Task A_hold_and_its_exact_call_survive_a_restart()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();
        var attempt = Delete(task);
        var hold = await HoldAsync(engine, task, attempt);

        await engine.RestartAsync();

        var listed = Assert.Single(engine.Holds.List());
        Assert.Equal((hold, "agent-1", 2), (listed.Attempt, listed.Agent, listed.Rung));
        var found = await engine.Holds.GetAsync(hold, TestContext.Current.CancellationToken);
        Assert.True(found!.Bytes!.Value.Span.SequenceEqual(attempt.Reading.Forms[0].Bytes.Span));
    }

    [Fact]
    public async Task An_approval_given_before_a_restart_is_used_once_after_it()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));

        await engine.RestartAsync();
        var resumed = (await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken))!;
        await engine.CompleteAsync(Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Delete(resumed))).Permit);
        await engine.RestartAsync();

        var again = (await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken))!;
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(again)));
    }

    [Fact]
    public async Task A_hold_expires_at_its_deadline_and_is_told_so()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var waiting = engine.Decisions.WaitForHoldAsync(hold, TimeSpan.FromHours(2), TestContext.Current.CancellationToken);
        var proof = await ada.ProveAsync(engine, new Act.Approve(hold));

        engine.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(HoldState.Expired, await waiting);
        Assert.Empty(engine.Holds.List());
        await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, TestContext.Current.CancellationToken));
        Assert.Equal("VP7011", (await Assert.ThrowsAsync<ActException>(() => ada.ApproveAsync(engine, hold))).Code);
        Assert.NotEqual(hold, await HoldAsync(engine, task, Delete(task)));
    }

    [Fact]
    public async Task A_deadline_that_passed_while_the_engine_was_down_ends_the_hold()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        engine.Time.Advance(TimeSpan.FromMinutes(59));
        await engine.RestartAsync();
        var waiting = engine.Decisions.WaitForHoldAsync(hold, TimeSpan.FromHours(2), TestContext.Current.CancellationToken);

        engine.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(HoldState.Expired, await waiting);
        await Assert.ThrowsAsync<ActException>(() => ada.ApproveAsync(engine, hold));
    }

    [Fact]
    public async Task An_approval_that_was_not_used_expires_with_its_hold()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));

        engine.Time.Advance(TimeSpan.FromHours(1));

        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task)));
    }

    [Fact]
    public async Task A_denied_hold_wakes_who_waits_and_the_same_call_is_not_asked_again()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var waiting = engine.Decisions.WaitForHoldAsync(hold, TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        Assert.Equal(HoldState.Denied, await engine.Holds.DenyAsync(hold, TestContext.Current.CancellationToken));

        Assert.Equal(HoldState.Denied, await waiting);
        Assert.Equal("VP4013", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(Delete(task))).Code);
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Delete(task, """{"id":9}""")));
    }

    [Fact]
    public async Task The_feed_tells_how_a_hold_ended()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        await using var feed = engine.Get<JudgementFeed>().ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        await engine.Holds.DenyAsync(hold, TestContext.Current.CancellationToken);

        Assert.True(await feed.MoveNextAsync());
        Assert.Equal(hold, feed.Current.Attempt);
        Assert.Equal("denied", Assert.IsType<HoldResolved>(feed.Current.Entry).Resolution);
    }

    [Fact]
    public async Task Waiting_ends_with_its_time_and_leaves_the_hold()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var waiting = engine.Decisions.WaitForHoldAsync(hold, TimeSpan.FromSeconds(50), TestContext.Current.CancellationToken);

        engine.Time.Advance(TimeSpan.FromSeconds(50));

        Assert.Equal(HoldState.Waiting, await waiting);
        Assert.Single(engine.Holds.List());
    }

    [Fact]
    public async Task The_end_of_a_task_cancels_its_holds()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var waiting = engine.Decisions.WaitForHoldAsync(hold, TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);

        await engine.Tasks.EndAsync(task.Id, "the session closed", TestContext.Current.CancellationToken);

        Assert.Equal(HoldState.Cancelled, await waiting);
        Assert.Empty(engine.Holds.List());
        await Assert.ThrowsAsync<ActException>(() => ada.ApproveAsync(engine, hold));
    }

    [Fact]
    public async Task A_held_call_that_is_not_kept_any_more_cannot_be_approved()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var kept = Path.Combine(engine.ContentsFolder, "held-" + engine.IntentsOf(task.Id)[0].Attempt);
        await File.WriteAllTextAsync(kept, "something harmless", TestContext.Current.CancellationToken);
        await engine.RestartAsync();

        Assert.Equal("VP7016", (await Assert.ThrowsAsync<ActException>(() => ada.ApproveAsync(engine, hold))).Code);
        File.Delete(kept);
        Assert.Equal("VP7016", (await Assert.ThrowsAsync<ActException>(() => ada.ApproveAsync(engine, hold))).Code);
    }

    [Fact]
    public async Task A_held_call_is_kept_until_it_ran_whatever_the_id_of_the_call_that_runs()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var hold = await HoldAsync(engine, task, Delete(task));
        var kept = Path.Combine(engine.ContentsFolder, "held-" + engine.IntentsOf(task.Id)[0].Attempt);
        await ada.ApproveAsync(engine, hold);
        Assert.True(File.Exists(kept));

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(
            [new Form(FormKind.Full, [Calls.Operation(Effect.Delete)], "the same, with another id"u8.ToArray(), "")], arguments: """{"id":7}""", requestId: 2)));

        Assert.False(File.Exists(kept));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_held_call_that_was_approved_and_never_run_is_removed_once_it_has_expired(bool restarts)
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));
        var intent = engine.IntentsOf(task.Id)[0];
        var kept = Path.Combine(engine.ContentsFolder, "held-" + intent.Attempt);
        if (restarts)
            await engine.RestartAsync();

        await engine.Get<HeldCalls>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(kept));
        var others = Directory.GetFiles(engine.ContentsFolder).Length - 1;
        engine.Time.Advance(intent.HoldExpiresAt!.Value - engine.Time.GetUtcNow() + ControlLimits.SweepInterval);
        await engine.Get<HeldCalls>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(kept));
        Assert.Equal(others, Directory.GetFiles(engine.ContentsFolder).Length);
    }

    [Fact]
    public async Task A_held_call_that_expired_while_no_engine_ran_is_removed_at_the_start()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await ada.ApproveAsync(engine, await HoldAsync(engine, task, Delete(task)));
        var intent = engine.IntentsOf(task.Id)[0];
        var content = await File.ReadAllBytesAsync(Path.Combine(engine.ContentsFolder, "held-" + intent.Attempt), TestContext.Current.CancellationToken);
        engine.Time.Advance(TimeSpan.FromDays(2));
        await File.WriteAllBytesAsync(Path.Combine(engine.ContentsFolder, "held-" + intent.Attempt), content, TestContext.Current.CancellationToken);

        await engine.RestartAsync();
        await engine.Get<HeldCalls>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.False(File.Exists(Path.Combine(engine.ContentsFolder, "held-" + intent.Attempt)));
    }

    [Fact]
    public async Task A_task_has_room_for_so_many_holds_and_no_more()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();
        for (var id = 0; id < ControlLimits.HoldsPerTaskMax; id++)
            await HoldAsync(engine, task, Delete(task, $$"""{"id":{{id}}}"""));

        Assert.Equal("VP4010", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(Delete(task, """{"id":"more"}"""))).Code);
        Assert.Equal(ControlLimits.HoldsPerTaskMax, engine.Holds.List().Count);
    }

    internal static Attempt Delete(TaskHandle task, string arguments = """{"id":7}""", int requestId = 1) =>
        task.Call([Calls.Full(Calls.Operation(Effect.Delete))], arguments: arguments, requestId: requestId);

    internal static async Task<AttemptId> HoldAsync(TestEngine engine, TaskHandle task, Attempt attempt)
    {
        Assert.Equal(task.Id, attempt.Task);
        return Assert.IsType<Judgement.Held>(await engine.JudgeAsync(attempt)).Hold;
    }
}
