using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Decisions;

/// <summary>Nothing runs before its intent is durable, nothing is complete before its outcome is, and a record that fails denies.</summary>
public sealed class RecordingTests
{
    [Fact]
    public async Task An_effect_waits_for_its_intent_to_be_durable()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var hanging = engine.Ledger.HangNext(entry => entry.Body is Intent);

        var judging = engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create))).AsTask();
        await hanging.Waiting;

        Assert.False(judging.IsCompleted);
        await hanging.ReleaseAsync();
        Assert.IsType<Judgement.Allowed>(await judging);
    }

    [Fact]
    public async Task A_read_that_is_proved_one_may_run_while_its_intent_is_written_but_not_end()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var hanging = engine.Ledger.HangNext(entry => entry.Body is Intent);

        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        allowed.Permit.Redeem();
        Assert.False(allowed.Permit.IntentDurable.IsCompleted);
        var completing = engine.CompleteAsync(allowed.Permit).AsTask();

        Assert.False(completing.IsCompleted);
        await hanging.ReleaseAsync();
        await completing;
        Assert.Equal(["intent", "outcome"], Kinds(engine, task.Id.ToString())[1..]);
    }

    [Fact]
    public async Task A_read_on_the_tools_own_word_waits_for_its_intent()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var hanging = engine.Ledger.HangNext(entry => entry.Body is Intent);

        var judging = engine.JudgeAsync(task.Call(Calls.Read(source: EvidenceSource.Name))).AsTask();
        await hanging.Waiting;

        Assert.False(judging.IsCompleted);
        await hanging.ReleaseAsync();
        Assert.IsType<Judgement.Allowed>(await judging);
    }

    [Fact]
    public async Task An_intent_that_is_refused_is_a_denial_and_the_task_goes_on_when_the_record_does()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        engine.Ledger.Break();

        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create))));
        Assert.Equal("VP4009", denied.Code);
        Assert.Null(denied.Attempt);
        Assert.Equal("VP4009", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create)))).Code);
        engine.Ledger.Repair();

        Assert.IsType<Judgement.Allowed>(await UntilRecordedAsync(engine, () => engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create)))));
    }

    [Fact]
    public async Task A_read_whose_intent_is_refused_meanwhile_cannot_end_and_is_cut()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var hanging = engine.Ledger.HangNext(entry => entry.Body is Intent);
        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        allowed.Permit.Redeem();

        await hanging.FailAsync();
        await allowed.Permit.IntentDurable;

        await Assert.ThrowsAsync<LedgerException>(() => engine.CompleteAsync(allowed.Permit).AsTask());
        Assert.False(allowed.Permit.TryRelease(1));
        Assert.True(allowed.Permit.Stopped.IsCancellationRequested);
        Assert.DoesNotContain(engine.Ledger.Entries, entry => entry.Body is Intent or Outcome);
    }

    [Fact]
    public async Task A_refused_entry_voids_every_permit_of_its_task_and_of_no_other()
    {
        await using var engine = await TestEngine.StartAsync();
        var (task, other) = (await engine.OpenAsync(), await engine.OpenAsync());
        var (mine, theirs) = (await PermitTests.PermitAsync(engine, task), await PermitTests.PermitAsync(engine, other));
        engine.Ledger.FailNext(entry => entry.Task == task.Id.ToString());

        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create))));

        Assert.Throws<PermitException>(() => mine.Redeem());
        theirs.Redeem();
        await engine.CompleteAsync(theirs);
    }

    [Fact]
    public async Task An_outcome_that_is_refused_is_told_so_nothing_more_is_released()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var permit = await PermitTests.PermitAsync(engine, task);
        permit.Redeem();
        engine.Ledger.FailNext(entry => entry.Body is Outcome);

        await Assert.ThrowsAsync<LedgerException>(() => engine.CompleteAsync(permit).AsTask());
    }

    [Fact]
    public async Task An_entry_that_was_stored_although_it_was_refused_is_found_again_and_counted()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Calls = 2 }));
        var task = await engine.OpenAsync();
        engine.Ledger.FailNextButPersist(entry => entry.Body is Intent);
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create))));

        Assert.IsType<Judgement.Allowed>(await UntilRecordedAsync(engine, () => engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create)))));

        // The refused one may have been taken for done by whoever reads the record, so it counts.
        Assert.Equal("VP4005", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read()))).Code);
    }

    [Fact]
    public async Task A_task_that_cannot_be_recorded_is_not_opened()
    {
        await using var engine = await TestEngine.StartAsync();
        engine.Ledger.FailNext(entry => entry.Body is TaskOpened);

        await Assert.ThrowsAsync<LedgerException>(() => engine.OpenAsync());
    }

    [Fact]
    public async Task A_task_whose_end_cannot_be_recorded_is_over_all_the_same()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var permit = await PermitTests.PermitAsync(engine, task);
        engine.Ledger.FailNext(entry => entry.Body is TaskEnded);

        await Assert.ThrowsAsync<LedgerException>(() => engine.Tasks.EndAsync(task.Id, "stop", TestContext.Current.CancellationToken));

        Assert.Throws<PermitException>(() => permit.Redeem());
        Assert.False(task.IsLive);
        Assert.IsType<Judgement.Denied>(await UntilRecordedAsync(engine, () => engine.JudgeAsync(task.Call(Calls.Read()))));
    }

    [Fact]
    public async Task Every_judgement_is_recorded_with_all_it_rests_on()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var attempt = task.Call([Calls.Full(Calls.Operation(Effect.Delete, "prod", 5, "customers", sensitivity: "pii"))]) with { ToolDefinition = "sha256:abc" };

        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(attempt));

        var intent = Assert.Single(engine.IntentsOf(task.Id));
        Assert.Equal($"{task.Id}.2", intent.Attempt);
        Assert.Equal(("hold", "full", 2, 0), (intent.Verdict, intent.Form, intent.Rung, intent.Assurance));
        Assert.Equal(engine.Policies.Current.Digest, intent.PolicySet);
        Assert.NotEqual(Convert.ToHexStringLower(attempt.ActionDigest.Span), intent.ActionDigest); // see PayloadTests
        Assert.True(intent.Salted);
        Assert.Equal("sha256:abc", intent.Tool);
        Assert.Equal(["destruction-needs-a-person"], intent.Policies);
        var operation = Assert.Single(intent.Operations);
        Assert.Equal(("delete", "customers", "prod", 5L), (operation.Effect, operation.Target.Name, operation.Target.Environment, operation.Objects));
        Assert.Equal(["pii"], operation.Target.Sensitivity);
    }

    [Fact]
    public async Task Many_calls_of_one_task_at_once_spend_its_budget_once()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Calls = 50 }));
        var task = await engine.OpenAsync();

        var judgements = await Task.WhenAll(Enumerable.Range(0, 200).Select(id => engine.JudgeAsync(
            task.Call([Calls.Full(Calls.Read())], requestId: id)).AsTask()));

        Assert.Equal(50, judgements.Count(judgement => judgement is Judgement.Allowed));
        Assert.Equal(200, engine.IntentsOf(task.Id).Length);
        Assert.Equal(200, judgements.Select(judgement => judgement.Attempt).Distinct().Count());
    }

    /// <summary>The grain of a task whose record failed goes away by itself, in its own time; until then it denies.</summary>
    private static async Task<Judgement> UntilRecordedAsync(TestEngine engine, Func<ValueTask<Judgement>> judge)
    {
        for (var attempt = 0; attempt < 10_000; attempt++)
        {
            var judgement = await judge();
            if (judgement is not Judgement.Denied { Code: "VP4009" })
                return judgement;
            await Task.Yield();
        }

        throw new InvalidOperationException($"The task did not come back; the record has {engine.Ledger.Entries.Count} entries.");
    }

    private static string[] Kinds(TestEngine engine, string task) =>
        [.. engine.Ledger.Entries.Where(entry => entry.Task == task).Select(entry => entry.Kind)];
}
