using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

public sealed class AppendQueueTests
{
    private const int Many = StorageLimits.GatherEntriesMin + 4;

    private static readonly TimeSpan ForEver = TimeSpan.FromMinutes(5);

    private readonly Entry _entry = new TaskChain("t").Next(SampleBodies.Opened());

    [Fact]
    public void Few_callers_are_never_waited_for()
    {
        var queue = Queue(ForEver);
        for (var round = 0; round < 10; round++)
        {
            queue.Expect(StorageLimits.GatherEntriesMin - 1);
            Add(queue, 1);
            Assert.Equal(1, Take(queue));
        }

        Assert.Equal(0, queue.Gatherings);
    }

    [Fact]
    public async Task Many_callers_that_were_answered_together_are_taken_together()
    {
        var queue = Queue(ForEver);
        queue.Expect(Many);
        Add(queue, 1);
        var taken = Task.Run(() => Take(queue), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => queue.Gatherings == 1, ForEver);

        Add(queue, Many - 2);
        Assert.False(taken.IsCompleted);
        Add(queue, 1);

        Assert.Equal(Many, await taken);
    }

    [Fact]
    public async Task Those_who_waited_already_count_among_the_expected()
    {
        var queue = Queue(ForEver);
        Add(queue, 5);
        queue.Expect(Many - 5);
        var taken = Task.Run(() => Take(queue), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => queue.Gatherings == 1, ForEver);

        Add(queue, Many - 5);

        Assert.Equal(Many, await taken);
    }

    [Fact]
    public void Callers_that_do_not_come_back_are_waited_for_ever_less_often()
    {
        const int Rounds = 1_000;
        var queue = Queue(TimeSpan.Zero);
        for (var round = 0; round < Rounds; round++)
        {
            queue.Expect(Many);
            Add(queue, 1);
            Assert.Equal(1, Take(queue));
        }

        // 1 + 2 + 4 … rounds between, up to 2^7.
        Assert.InRange(queue.Gatherings, StorageLimits.GatherMissesMax, 2 * StorageLimits.GatherMissesMax);
    }

    [Fact]
    public async Task A_queue_that_is_closed_waits_for_no_one()
    {
        var queue = Queue(ForEver);
        queue.Expect(Many);
        Add(queue, 1);
        var taken = Task.Run(() => Take(queue), TestContext.Current.CancellationToken);
        SpinWait.SpinUntil(() => queue.Gatherings == 1, ForEver);

        queue.Close();

        Assert.Equal(1, await taken);
        Assert.Equal(0, Take(queue));
    }

    private static AppendQueue Queue(TimeSpan gatherMax) => new(StorageLimits.QueueEntriesMax, StorageLimits.QueueBytesMax, gatherMax);

    private static int Take(AppendQueue queue)
    {
        var batch = new List<PendingAppend>();
        Assert.Equal(queue.Take(batch, StorageLimits.BatchEntriesMax), batch.Count > 0);
        return batch.Count;
    }

    private void Add(AppendQueue queue, int count)
    {
        for (var n = 0; n < count; n++)
            Assert.Equal(AppendQueue.Addition.Added, queue.TryAdd(PendingAppend.Of(_entry)));
    }
}
