using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Verification;

/// <summary>A record made by the first form of the ledger, kept as data, so that no later form forgets how to read it.</summary>
public sealed class OldRecordTests : IDisposable
{
    private readonly TemporaryState _state = new();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "corpus", "record-v1");

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task An_old_record_is_verified_opened_and_goes_on()
    {
        var head = SignedHead.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "head.json"), TestContext.Current.CancellationToken));
        _state.CopyFrom(Folder);

        var before = _state.Verify([head]);
        Assert.Empty(before.Findings);
        Assert.Equal((27, 27), (before.Entries, before.TailCheckedTo));

        await using (var ledger = _state.Open())
            await ledger.AppendAsync(new TaskChain("c").Next(SampleBodies.Opened()));
        _state.Release();

        var after = _state.Verify([head]);
        Assert.Empty(after.Findings);
        Assert.Equal(28, after.Entries);
    }
}
