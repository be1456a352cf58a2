using System.Text;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tests.Leases;

public sealed class LeaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_has_one_credential_of_a_name_and_each_task_its_own()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var first = await engine.OpenAsync();
        var second = await engine.OpenAsync("agent-2");

        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TakeAsync(engine, first)));
        var other = await TakeAsync(engine, second);

        Assert.Single(taken.Distinct());
        Assert.NotEqual(taken[0].Main, other.Main);
        Assert.Equal(2, broker.Alive.Count);
        Assert.Equal(["requested", "issued", "requested", "issued"], Changes(engine).Select(change => change.State));
    }

    [Fact]
    public async Task Leases_end_with_their_task_and_another_tasks_stay()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var ending = await engine.OpenAsync();
        var staying = await engine.OpenAsync("agent-2");
        await TakeAsync(engine, ending);
        await TakeAsync(engine, staying);

        await engine.Tasks.EndAsync(ending.Id, "done", Token);
        await RevokedAsync(engine, 1);

        Assert.Equal([staying.Id.ToString()], broker.Alive.Values);
        Assert.Equal($"receipt-{Assert.Single(broker.Asked).Id}", Encoding.UTF8.GetString(Assert.Single(broker.Asked).Receipt.Span));
        var refused = await Assert.ThrowsAsync<LeaseException>(() => TakeAsync(engine, ending));
        Assert.Contains("VP4001", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_end_when_the_time_of_their_task_is_over()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var task = await engine.OpenAsync();
        await TakeAsync(engine, task);

        engine.Time.Advance(task.ExpiresAt - engine.Time.GetUtcNow());
        await RevokedAsync(engine, 1);

        Assert.Empty(broker.Alive);
    }

    [Fact]
    public async Task A_credential_whose_answer_was_lost_is_revoked()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        broker.AfterIssue = static _ => throw new InvalidOperationException("the connection with secret-1 broke");
        var task = await engine.OpenAsync();

        var failed = await Assert.ThrowsAsync<LeaseException>(() => TakeAsync(engine, task));
        await RevokedAsync(engine, 1);

        Assert.DoesNotContain("secret-1", failed.Message, StringComparison.Ordinal);
        Assert.Empty(broker.Alive);
        Assert.Equal(1, broker.Issued);
        Assert.Equal(["requested", "revoked"], Changes(engine).Select(change => change.State));
    }

    [Fact]
    public async Task Nothing_is_issued_that_could_not_be_recorded_before()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var task = await engine.OpenAsync();
        engine.Ledger.Break();

        await Assert.ThrowsAsync<LedgerException>(() => TakeAsync(engine, task));

        Assert.Equal(0, broker.Issued);
        engine.Ledger.Repair();
    }

    [Fact]
    public async Task A_credential_whose_issue_could_not_be_recorded_is_not_handed_out_and_is_revoked()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        broker.AfterIssue = _ =>
        {
            engine.Ledger.Break();
            return Task.CompletedTask;
        };
        var task = await engine.OpenAsync();

        await Assert.ThrowsAsync<LedgerException>(() => TakeAsync(engine, task));
        engine.Ledger.Repair();
        await AdvanceUntilAsync(engine, () => broker.Alive.IsEmpty && engine.Get<LeaseDirectory>().List().Count == 0);

        Assert.Equal(["requested", "revoked"], Changes(engine).Select(change => change.State));
    }

    [Fact]
    public async Task A_task_that_ends_while_its_credential_is_made_gets_none()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var making = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        broker.BeforeIssue = (_, _) =>
        {
            making.SetResult();
            return ended.Task;
        };
        var task = await engine.OpenAsync();

        var taking = TakeAsync(engine, task);
        await making.Task;
        await engine.Tasks.EndAsync(task.Id, "revoked", Token);
        ended.SetResult();

        await Assert.ThrowsAsync<LeaseException>(() => taking);
        await RevokedAsync(engine, 1);
        Assert.Empty(broker.Alive);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_not_waited_for_without_end()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var asked = new TaskCompletionSource();
        broker.BeforeIssue = (_, cancellationToken) =>
        {
            asked.SetResult();
            var never = new TaskCompletionSource();
            cancellationToken.Register(() => never.SetCanceled(cancellationToken));
            return never.Task;
        };
        var task = await engine.OpenAsync();

        var taking = TakeAsync(engine, task);
        await asked.Task;
        engine.Time.Advance(LeaseLimits.BrokerMax);

        var failed = await Assert.ThrowsAsync<LeaseException>(() => taking);
        Assert.Contains("VP4200", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_revoked_is_tried_on_recorded_as_stuck_once_and_listed_until_it_is()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var isDown = true;
        var tries = 0;
        broker.BeforeRevoke = _ =>
        {
            tries++;
            return isDown ? throw new LeaseException("VP4210: The target is down.") : Task.CompletedTask;
        };
        var task = await engine.OpenAsync();
        await TakeAsync(engine, task);

        await engine.Tasks.EndAsync(task.Id, "done", Token);
        await AdvanceUntilAsync(engine, () => tries > LeaseLimits.StuckAfter + 2);
        var stuck = Assert.Single(engine.Get<LeaseDirectory>().List());
        isDown = false;
        await AdvanceUntilAsync(engine, () => engine.Get<LeaseDirectory>().List().Count == 0);

        Assert.Equal(LeaseState.Stuck, stuck.State);
        Assert.Contains("The target is down", stuck.Problem, StringComparison.Ordinal);
        Assert.Empty(broker.Alive);
        Assert.Equal(["requested", "issued", "stuck", "revoked"], Changes(engine).Select(change => change.State));
    }

    [Fact]
    public async Task A_restart_revokes_what_an_engine_before_it_left()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var task = await engine.OpenAsync();
        await TakeAsync(engine, task);
        broker.AfterIssue = static _ => throw new IOException(); // as good as killed between making and knowing
        broker.BeforeRevoke = static _ => throw new LeaseException("VP4210: The target is away.");
        await Assert.ThrowsAsync<LeaseException>(() => engine.Get<LeaseDesk>().TakeAsync(task, "second", Token));
        Assert.Equal(2, broker.Alive.Count);

        await engine.RestartAsync();
        broker.BeforeRevoke = static _ => Task.CompletedTask;
        await AdvanceUntilAsync(engine, () => Changes(engine).Count(change => change.State == "revoked") == 2);

        Assert.Empty(broker.Alive);
        Assert.Empty(engine.Get<LeaseDirectory>().List());
    }

    [Fact]
    public async Task No_credential_and_no_receipt_is_anywhere_on_disk_or_in_the_record()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var task = await engine.OpenAsync();
        var credential = await TakeAsync(engine, task);

        var files = Directory.EnumerateFiles(engine.ContentsFolder, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToList();

        Assert.Contains(files, bytes => bytes.Length > 0);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(engine.ContentsFolder, "leases")));
        foreach (var bytes in files.Concat(engine.Ledger.Entries.Select(entry => entry.Canonical.ToArray())))
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(credential.Main)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf("receipt-"u8));
        }

        Assert.DoesNotContain("secret", credential.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_the_config_does_not_have_gives_nothing_and_a_lease_whose_name_went_is_kept_until_it_is_back()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var task = await engine.OpenAsync();
        await TakeAsync(engine, task);

        engine.Broker = null;
        var refused = await Assert.ThrowsAsync<LeaseException>(() => engine.Get<LeaseDesk>().TakeAsync(task, "other", Token));
        await engine.Tasks.EndAsync(task.Id, "done", Token);
        await AdvanceUntilAsync(engine, () => engine.Get<LeaseDirectory>().List() is [{ Problem: not null }]);
        var waiting = Assert.Single(engine.Get<LeaseDirectory>().List());
        engine.Broker = broker;
        await AdvanceUntilAsync(engine, () => broker.Alive.IsEmpty);

        Assert.Contains("VP4204", refused.Message, StringComparison.Ordinal);
        Assert.Contains("VP4201", waiting.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receipt_that_was_changed_or_that_others_can_read_is_not_used_and_the_lease_shows_why()
    {
        await using var engine = await TestEngine.StartAsync();
        var broker = Started(engine);
        var task = await engine.OpenAsync();
        await TakeAsync(engine, task);
        var receipt = Path.Combine(engine.ContentsFolder, "leases", Assert.Single(engine.Get<LeaseDirectory>().List()).Id.ToString());
        var kept = await File.ReadAllBytesAsync(receipt, Token);
        kept[^1] ^= 1;
        await File.WriteAllBytesAsync(receipt, kept, Token);

        await engine.Tasks.EndAsync(task.Id, "done", Token);
        await AdvanceUntilAsync(engine, () => engine.Get<LeaseDirectory>().List() is [{ Problem: not null }]);
        var problem = engine.Get<LeaseDirectory>().List()[0].Problem;

        Assert.Contains("VP4203", problem, StringComparison.Ordinal);
        Assert.NotEmpty(broker.Alive);
    }

    private static MemoryBroker Started(TestEngine engine)
    {
        var broker = new MemoryBroker();
        engine.Broker = broker;
        return broker;
    }

    private static Task<LeasedCredential> TakeAsync(TestEngine engine, Control.Tasks.TaskHandle task) =>
        engine.Get<LeaseDesk>().TakeAsync(task, "db", Token);

    private static IReadOnlyList<LeaseChanged> Changes(TestEngine engine) =>
        [.. engine.Ledger.Entries.Select(entry => entry.Body).OfType<LeaseChanged>()];

    /// <summary>Waits until so many leases are recorded as revoked.</summary>
    private static Task RevokedAsync(TestEngine engine, int count) =>
        UntilAsync(() => Changes(engine).Count(change => change.State == "revoked") >= count, static () => { });

    /// <summary>Lets the engine's time pass until something is so: what waits in it waits on that time alone.</summary>
    private static Task AdvanceUntilAsync(TestEngine engine, Func<bool> isSo) =>
        UntilAsync(isSo, () => engine.Time.Advance(TimeSpan.FromSeconds(1)));

    /// <summary>What is waited for happens on other threads, and nothing tells of it: so it is looked for, for as long as a slow machine may take.</summary>
    private static async Task UntilAsync(Func<bool> isSo, Action each)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Token);
        late.CancelAfter(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            each();
            late.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
