using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Control.Tests.Holds;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Decisions;

public sealed class ExplainerTests
{
    [Fact]
    public async Task A_hold_says_which_policy_and_what_would_have_let_it_run()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var held = await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete, "prod")));
        await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Read, sensitivity: "pii")));

        var explanation = await ExplainAsync(engine, held);

        Assert.Equal(["destruction-needs-a-person"], explanation.DecidedBy.Select(policy => policy.Id));
        Assert.Contains(explanation.WouldChange, sentence => sentence.Contains("rung 2", StringComparison.Ordinal));
        Assert.Contains("The same in the environment `staging` would be allowed.", explanation.WouldChange);
        Assert.Null(explanation.Resolution);
    }

    [Fact]
    public async Task A_denial_says_that_no_approval_would_have_helped()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Effects = ["read"] }));
        var task = await engine.OpenAsync();

        var explanation = await ExplainAsync(engine, await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create))));

        Assert.Contains(explanation.WouldChange, sentence => sentence.Contains("No approval would have changed it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_approved_call_says_what_it_used_and_what_became_of_it()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default());
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var attempt = task.Call(Calls.Operation(Effect.Delete, "prod"));
        var held = await engine.JudgeAsync(attempt);
        await ada.ApproveAsync(engine, held.Attempt!.Value);
        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(attempt));
        await engine.CompleteAsync(allowed.Permit);

        var explanation = await ExplainAsync(engine, allowed);

        Assert.Contains(explanation.WouldChange, sentence => sentence.StartsWith($"Without the approval of `{held.Attempt}`", StringComparison.Ordinal));
        Assert.Equal("completed", explanation.Outcome!.Status);
        Assert.Equal("approved", (await ExplainAsync(engine, held)).Resolution!.Resolution);
    }

    [Fact]
    public async Task A_call_says_whether_its_tool_was_looked_at_when_it_was_judged()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tools.ToolPinTests.Tool("do_it")], TestContext.Current.CancellationToken));
        var task = await engine.OpenAsync();
        var before = await engine.JudgeAsync(task.Call([Calls.Full(Calls.Read())], definition: pin.Digest));
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        await ada.DoAsync(engine, new Vetopoint.Control.Acts.Act.Review("ops", "do_it"));
        engine.Time.Advance(TimeSpan.FromSeconds(1));
        var after = await engine.JudgeAsync(task.Call([Calls.Full(Calls.Read())], definition: pin.Digest));

        Assert.False((await ExplainAsync(engine, before)).Reviewed);
        Assert.True((await ExplainAsync(engine, after)).Reviewed);
        Assert.Null((await ExplainAsync(engine, await engine.JudgeAsync(task.Call(Calls.Read())))).Reviewed);
    }

    [Fact]
    public async Task What_is_no_attempt_has_no_explanation()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();

        Assert.Null(await engine.Get<Explainer>().ExplainAsync(new(task.Id, 1), TestContext.Current.CancellationToken));
        Assert.Null(await engine.Get<Explainer>().ExplainAsync(new(task.Id, 9), TestContext.Current.CancellationToken));
        Assert.Null(await engine.Get<Explainer>().ExplainAsync(default, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_feed_shows_judgements_and_drops_a_reader_that_does_not_keep_up()
    {
        await using var engine = await TestEngine.StartAsync();
        var feed = engine.Get<JudgementFeed>();
        var task = await engine.OpenAsync();
        await using var slow = feed.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await using var quick = feed.ReadAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);

        for (var i = 0; i <= ControlLimits.FeedLagMax; i++)
        {
            feed.Publish(new FeedEvent(engine.Time.GetUtcNow(), new(task.Id, i + 1), "agent-1", new TaskEnded("")));
            Assert.True(await quick.MoveNextAsync());
        }

        var seen = 0;
        while (await slow.MoveNextAsync())
            seen++;
        Assert.Equal(ControlLimits.FeedLagMax, seen);
        await engine.JudgeAsync(HoldTests.Delete(task));
        Assert.True(await quick.MoveNextAsync());
        Assert.IsType<Intent>(quick.Current.Entry);
    }

    private static async Task<Explanation> ExplainAsync(TestEngine engine, Judgement judgement) =>
        (await engine.Get<Explainer>().ExplainAsync(judgement.Attempt!.Value, TestContext.Current.CancellationToken))!;
}
