using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;

namespace Vetopoint.Control.Tests.Agents;

public sealed class AgentKeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_one_task_that_is_found_again_after_a_restart()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;

        var task = await engine.Keys.ResolveAsync(key, "mcp", Token);
        Assert.Equal(("deploy-bot", "bob"), (task!.Agent, task.Owner));
        Assert.Equal(task.Id, (await engine.Keys.ResolveAsync(key, "mcp", Token))!.Id);
        await engine.RestartAsync();

        Assert.Equal(task.Id, (await engine.Keys.ResolveAsync(key, "mcp", Token))!.Id);
        Assert.StartsWith("vp_", key, StringComparison.Ordinal);
        Assert.DoesNotContain(engine.Ledger.Entries, entry => System.Text.Encoding.UTF8.GetString(entry.Canonical.Span).Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_expired_task_of_a_key_is_followed_by_a_fresh_one()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;
        var first = (await engine.Keys.ResolveAsync(key, "mcp", Token))!;

        engine.Time.Advance(TimeSpan.FromHours(8));
        var second = (await engine.Keys.ResolveAsync(key, "mcp", Token))!;

        Assert.NotEqual(first.Id, second.Id);
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(second.Call(Calls.Read())));
    }

    [Fact]
    public async Task Many_calls_with_a_new_key_at_once_open_one_task()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;

        var tasks = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => engine.Keys.ResolveAsync(key, "mcp", Token)));

        Assert.Single(tasks.Select(task => task!.Id).Distinct());
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_and_its_tasks_are_over()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;
        var task = (await engine.Keys.ResolveAsync(key, "mcp", Token))!;
        var permit = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read()))).Permit;

        await engine.Acts.RevokeAsync("deploy-bot", Token);

        Assert.Null(await engine.Keys.ResolveAsync(key, "mcp", Token));
        Assert.Throws<PermitException>(() => permit.Redeem());
        Assert.False(task.IsLive);
        await engine.RestartAsync();
        Assert.Null(await engine.Keys.ResolveAsync(key, "mcp", Token));
        Assert.Empty(engine.Keys.List());
    }

    [Theory]
    [InlineData("")]
    [InlineData("vp_")]
    [InlineData("vp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task An_unknown_key_opens_nothing(string key)
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"));

        Assert.Null(await engine.Keys.ResolveAsync(key, "mcp", Token));
    }

    [Fact]
    public async Task A_key_of_a_quarantined_agent_opens_nothing()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;

        await engine.Acts.QuarantineAsync("deploy-bot", Token);

        Assert.Null(await engine.Keys.ResolveAsync(key, "mcp", Token));
    }
}
