using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

public sealed class UnresolvedTests : IDisposable
{
    private readonly TemporaryState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task A_call_cut_off_by_a_crash_is_unknown_and_one_of_the_running_engine_is_not()
    {
        await using var ledger = _state.Open();
        var engine = new TaskChain("engine");
        var task = new TaskChain("t");
        Entry[] entries =
        [
            engine.Next(new EngineStarted("1", "p")),
            task.Next(SampleBodies.Opened()),
            task.Next(SampleBodies.Allowed("t.2")),
            task.Next(SampleBodies.Allowed("t.3")),
            task.Next(SampleRecord.Done("t.3")),
            task.Next(SampleBodies.Denied("t.5") with { Observed = false, Uses = null }),
            task.Next(SampleBodies.Denied("t.6") with { Observed = true, Uses = null }),
            task.Next(SampleBodies.Held("t.7")),
            engine.Next(new EngineStarted("2", "p")),
            task.Next(SampleBodies.Allowed("t.8")),
        ];
        foreach (var entry in entries)
            await ledger.AppendAsync(entry);

        Assert.Equal(
            [("t.2", true, 3L), ("t.6", true, 7), ("t.8", false, 10)],
            ledger.Reader.ReadUnresolved(10).Select(one => (one.Intent.Attempt, one.IsUnknown, one.Position)));
        Assert.Equal("t.2", Assert.Single(ledger.Reader.ReadUnresolved(1)).Intent.Attempt);
    }
}
