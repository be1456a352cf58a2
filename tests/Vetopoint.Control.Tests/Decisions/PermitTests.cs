using System.Reflection;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tests.Decisions;

public sealed class PermitTests
{
    [Fact]
    public async Task A_permit_is_redeemed_once()
    {
        await using var engine = await TestEngine.StartAsync();
        var permit = await PermitAsync(engine, await engine.OpenAsync());

        permit.Redeem();

        Assert.StartsWith("VP4020", Assert.Throws<PermitException>(() => permit.Redeem()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permit_is_void_after_a_second()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var (kept, late) = (await PermitAsync(engine, task), await PermitAsync(engine, task));

        engine.Time.Advance(TimeSpan.FromSeconds(1));
        kept.Redeem();
        engine.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.StartsWith("VP4021", Assert.Throws<PermitException>(() => late.Redeem()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permit_is_void_once_its_task_ended()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var permit = await PermitAsync(engine, task);

        await engine.Tasks.EndAsync(task.Id, "the session closed", TestContext.Current.CancellationToken);

        Assert.StartsWith("VP4022", Assert.Throws<PermitException>(() => permit.Redeem()).Message, StringComparison.Ordinal);
        Assert.True(permit.Stopped.IsCancellationRequested);
        Assert.False(task.IsLive);
        Assert.True(task.Stopped.IsCancellationRequested);
        Assert.Equal("VP4001", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read()))).Code);
    }

    [Fact]
    public async Task A_quarantine_voids_permits_and_cuts_what_is_in_flight_and_denies_what_comes()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var (waiting, running) = (await PermitAsync(engine, task), await PermitAsync(engine, task));
        running.Redeem();
        Assert.True(running.TryRelease(1));

        await engine.Acts.QuarantineAsync("agent-1", TestContext.Current.CancellationToken);

        Assert.Throws<PermitException>(() => waiting.Redeem());
        Assert.False(running.TryRelease(1));
        Assert.True(running.Stopped.IsCancellationRequested);
        Assert.Equal("VP4003", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read()))).Code);
        await Assert.ThrowsAsync<TaskException>(() => engine.OpenAsync());

        await engine.RestartAsync();
        await Assert.ThrowsAsync<TaskException>(() => engine.OpenAsync());
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync((await engine.OpenAsync("agent-2")).Call(Calls.Read())));
    }

    [Fact]
    public async Task A_permit_is_void_once_the_policies_changed()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var permit = await PermitAsync(engine, await engine.OpenAsync());

        await ada.DoAsync(engine, new Act.Enforce("ops"));

        Assert.Throws<PermitException>(() => permit.Redeem());
    }

    [Fact]
    public async Task Nothing_is_released_before_the_permit_is_redeemed()
    {
        await using var engine = await TestEngine.StartAsync();
        var permit = await PermitAsync(engine, await engine.OpenAsync());

        Assert.False(permit.TryRelease(1));
        permit.Redeem();
        Assert.True(permit.TryRelease(1));
    }

    [Fact]
    public async Task Releases_stop_at_the_budget_of_bytes_also_over_several_permits_and_a_restart()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Default(new() { Bytes = 100 }));
        var task = await engine.OpenAsync();
        var first = await PermitAsync(engine, task);
        first.Redeem();
        Assert.True(first.TryRelease(60));
        var second = await PermitAsync(engine, task);
        second.Redeem();

        Assert.False(second.TryRelease(41));
        Assert.True(second.TryRelease(30));
        await engine.CompleteAsync(first, 0);
        await engine.CompleteAsync(second, 0);
        await engine.RestartAsync();

        var resumed = await engine.Tasks.ResumeAsync(task.Id, TestContext.Current.CancellationToken);
        var third = await PermitAsync(engine, resumed!);
        third.Redeem();
        Assert.False(third.TryRelease(11));
        Assert.True(third.TryRelease(10));
        Assert.Equal([60, 30], engine.Ledger.Entries.Select(entry => entry.Body).OfType<Outcome>().Select(outcome => outcome.Bytes));
        Assert.Equal("VP4005", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(resumed!.Call(Calls.Read()))).Code);
    }

    [Fact]
    public async Task An_outcome_is_recorded_once()
    {
        await using var engine = await TestEngine.StartAsync();
        var permit = await PermitAsync(engine, await engine.OpenAsync());
        permit.Redeem();
        await engine.CompleteAsync(permit);

        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.CompleteAsync(permit).AsTask());
    }

    [Theory]
    [InlineData(false, "cut")]
    [InlineData(true, "unknown")]
    public async Task A_permit_that_is_given_back_says_whether_anything_may_have_happened(bool redeemed, string status)
    {
        await using var engine = await TestEngine.StartAsync();
        var permit = await PermitAsync(engine, await engine.OpenAsync());
        if (redeemed)
            permit.Redeem();

        await engine.Decisions.AbandonAsync(permit, "the client went away", TestContext.Current.CancellationToken);

        var outcome = Assert.Single(engine.Ledger.Entries.Select(entry => entry.Body).OfType<Outcome>());
        Assert.Equal(status, outcome.Status);
    }

    [Fact]
    public void No_one_outside_can_make_a_permit_or_take_it_along()
    {
        var type = typeof(Permit);

        Assert.True(type.IsSealed);
        Assert.Empty(type.GetConstructors(BindingFlags.Public | BindingFlags.Instance));
        Assert.Empty(type.GetInterfaces());
        Assert.Empty(type.GetMethods(BindingFlags.Public | BindingFlags.Static));
        Assert.DoesNotContain(type.GetCustomAttributes(), attribute => attribute.GetType().Name.Contains("Serializ", StringComparison.Ordinal));
        Assert.Null(default(Permit));
        var makers = Directory.EnumerateFiles(Path.Combine(TestPolicies.RepositoryRoot(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("new Permit(", StringComparison.Ordinal))
            .Select(Path.GetFileName);
        Assert.Equal(["DecisionPoint.cs"], makers);
    }

    internal static async Task<Permit> PermitAsync(TestEngine engine, TaskHandle task) =>
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read()))).Permit;
}
