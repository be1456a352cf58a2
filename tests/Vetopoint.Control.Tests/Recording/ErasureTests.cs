using System.Text;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Recording;

/// <summary>Erasing what is kept of a task's calls: proved by a person, recorded first, done whatever happens in between.</summary>
public sealed class ErasureTests
{
    private const string Why = "asked for by the person it is about";

    [Fact]
    public async Task Erasing_is_recorded_with_who_and_why_then_done_then_confirmed()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);

        await ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why));

        var entries = engine.Ledger.Entries.Where(entry => entry.Task == "engine").TakeLast(3).Select(entry => entry.Body).ToList();
        var intent = Assert.IsType<Intent>(entries[0]);
        var erased = Assert.IsType<PayloadsErased>(entries[1]);
        Assert.Equal(("erase", $"payloads {task.Id}"), (intent.Method, intent.Name));
        Assert.Equal((task.Id.ToString(), Why, "ada"), (erased.Task, erased.Why, erased.By));
        Assert.NotNull(erased.Proof);
        Assert.Equal((intent.Attempt, "completed"), (Assert.IsType<Outcome>(entries[2]).Attempt, ((Outcome)entries[2]).Status));
        AssertGone(engine, task);
        AssertProved(engine);
    }

    [Fact]
    public async Task A_live_task_is_ended_before_it_is_erased_and_what_still_comes_says_nothing_of_bytes()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);
        var running = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read()))).Permit;
        running.Redeem();

        await ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why));
        await engine.Decisions.CompleteAsync(
            running, new AttemptOutcome(OutcomeStatus.Completed, 3, new byte[32], null) { Result = "{}"u8.ToArray() }, TestContext.Current.CancellationToken);

        Assert.False(task.IsLive);
        Assert.True(running.Stopped.IsCancellationRequested);
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read())));
        var last = engine.Ledger.Entries.Where(entry => entry.Task == task.Id.ToString()).Select(entry => entry.Body).OfType<Outcome>().Last();
        Assert.Equal((running.Attempt.ToString(), null, null, false), (last.Attempt, last.ResultDigest, last.Payload, last.Salted));
        AssertGone(engine, task);
    }

    /// <summary>Where erasing is cut off, and whether anything is erased then, before the engine starts again.</summary>
    public static TheoryData<string, bool, bool> Cuts => new()
    {
        { "before it is recorded", false, false },
        { "before the key is destroyed", true, false },
        { "before the ciphertexts are removed", true, true },
        { "before it is confirmed", true, true },
    };

    [Theory, MemberData(nameof(Cuts))]
    public async Task What_was_cut_off_is_finished_at_the_next_start(string where, bool isRecorded, bool isKeyGone)
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);
        switch (where)
        {
            case "before it is recorded":
                engine.Ledger.FailNext(entry => entry.Body is PayloadsErased);
                break;
            case "before the key is destroyed":
                engine.TaskKeys.DestroyFault = "VP6458: The key could not be destroyed: no permission.";
                break;
            case "before the ciphertexts are removed":
                engine.Ledger.EraseFault = "VP6104: The store failed.";
                break;
            case "before it is confirmed":
                engine.Ledger.FailNext(entry => entry.Task == "engine" && entry.Body is Outcome);
                break;
        }

        var refused = await Record.ExceptionAsync(() => ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why)));

        Assert.NotNull(refused);
        if (isRecorded)
            Assert.StartsWith("VP6456: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(isRecorded, engine.Ledger.Entries.Any(entry => entry.Body is PayloadsErased));
        Assert.Equal(isKeyGone, !engine.TaskKeys.Has(task.Id.ToString()));

        engine.TaskKeys.DestroyFault = null;
        engine.Ledger.EraseFault = null;
        await engine.RestartAsync();

        if (isRecorded)
        {
            AssertGone(engine, task);
            var intent = engine.Ledger.Entries.Select(entry => entry.Body).OfType<Intent>().Single(intent => intent.Method == "erase");
            Assert.Single(engine.Ledger.Entries.Select(entry => entry.Body).OfType<Outcome>(), outcome => outcome.Attempt == intent.Attempt);
            Assert.Equal("VP6454", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why)))).Code);
        }
        else
        {
            Assert.True(engine.TaskKeys.Has(task.Id.ToString()));
            await ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why));
            AssertGone(engine, task);
        }

        var count = engine.Ledger.Entries.Count(entry => entry.Task == "engine" && entry.Body is Outcome);
        await engine.RestartAsync();
        Assert.Equal(count, engine.Ledger.Entries.Count(entry => entry.Task == "engine" && entry.Body is Outcome));
        AssertProved(engine);
    }

    [Fact]
    public async Task An_engine_that_cannot_finish_an_erasing_does_not_start()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);
        engine.TaskKeys.DestroyFault = "VP6458: The key could not be destroyed.";
        await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why)));

        Assert.StartsWith("VP6458", (await Assert.ThrowsAsync<LedgerException>(engine.RestartAsync)).Message, StringComparison.Ordinal);

        engine.TaskKeys.DestroyFault = null;
        await engine.RestartAsync();
        AssertGone(engine, task);
    }

    [Fact]
    public async Task A_key_that_a_backup_brings_back_is_destroyed_again_at_the_start()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);
        var key = PayloadTests.KeyOf(engine, task);
        await ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why));
        engine.TaskKeys.PutBack(task.Id.ToString(), key);

        await engine.RestartAsync();

        AssertGone(engine, task);
    }

    [Fact]
    public async Task Erasing_one_task_leaves_another_as_it_is()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var (erased, other) = (await CalledAsync(engine), await CalledAsync(engine));

        await ada.DoAsync(engine, new Act.ErasePayloads(erased.Id, Why));

        Assert.True(engine.TaskKeys.Has(other.Id.ToString()));
        Assert.NotNull(engine.Ledger.Read(other.Id.ToString(), 2));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(other.Call(Calls.Read())));
    }

    [Fact]
    public async Task The_bytes_of_a_held_call_are_erased_with_its_task()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call([Calls.Full(Calls.Operation(Effect.Delete, "prod"))])));

        await ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why));

        Assert.Empty(Directory.GetFiles(engine.ContentsFolder, "held-*"));
        Assert.Empty(engine.Holds.List());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    [InlineData("postgres://u:hunter2x@db/x")]
    public async Task It_needs_a_reason_that_may_stand_in_the_record(string why)
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);

        Assert.Equal("VP7012", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.ErasePayloads(task.Id, why)))).Code);
        Assert.True(task.IsLive);
    }

    [Fact]
    public async Task There_is_nothing_to_erase_of_the_engine_or_of_a_task_that_never_was()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);

        Assert.Equal("VP6454", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.ErasePayloads(TaskId.Engine, Why)))).Code);
        Assert.Equal("VP6454", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.ErasePayloads(TaskId.Draw(), Why)))).Code);
    }

    [Fact]
    public async Task A_policy_can_forbid_erasing()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll + """

            @id("keep")
            @reason("Evidence stays.")
            forbid (principal, action == Vetopoint::Action::"change_policy", resource) when { context.method == "erase" };
            """));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);

        Assert.Equal("VP7010", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.ErasePayloads(task.Id, Why)))).Code);

        Assert.True(task.IsLive);
        Assert.True(engine.TaskKeys.Has(task.Id.ToString()));
    }

    [Fact]
    public async Task An_erasing_that_nobody_signed_is_not_believed()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await CalledAsync(engine);
        var newest = engine.Ledger.Entries.Last(entry => entry.Task == "engine");
        await engine.Ledger.AppendAsync(Entry.Seal(
            "engine", newest.Sequence + 1, newest.Hash, engine.Time.GetUtcNow(), new PayloadsErased(task.Id.ToString(), Why, null, null)));

        await Assert.ThrowsAsync<LedgerException>(engine.RestartAsync);

        Assert.True(engine.TaskKeys.Has(task.Id.ToString()));
    }

    private static async Task<TaskHandle> CalledAsync(TestEngine engine)
    {
        var task = await engine.OpenAsync();
        await PayloadTests.RunAsync(engine, task.Call(Calls.Read(), arguments: """{"patient":"Ada Lovelace"}"""), "{}"u8.ToArray());
        Assert.NotNull(engine.Ledger.Read(task.Id.ToString(), 2));
        return task;
    }

    private static void AssertGone(TestEngine engine, TaskHandle task)
    {
        Assert.False(engine.TaskKeys.Has(task.Id.ToString()));
        foreach (var entry in engine.Ledger.Entries.Where(entry => entry.Task == task.Id.ToString()))
        {
            Assert.Null(engine.Ledger.Read(entry.Task, entry.Sequence));
            Assert.DoesNotContain("Lovelace", Encoding.UTF8.GetString(entry.Canonical.Span), StringComparison.Ordinal);
        }
    }

    private static void AssertProved(TestEngine engine)
    {
        var check = ChainCheck.OfEngine();
        foreach (var entry in engine.Ledger.Entries.Where(entry => entry.Task == "engine"))
            Assert.Null(check.Check(entry));
    }
}
