using Microsoft.Extensions.Time.Testing;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>The clock is set back under the record and its log, and while neither runs: order comes from numbers and hashes.</summary>
public sealed class ClockTests
{
    [Fact]
    public async Task A_clock_that_is_set_back_changes_neither_the_order_nor_what_is_verified()
    {
        var token = TestContext.Current.CancellationToken;
        using var state = new TemporaryState();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        var sealedEntries = new List<Entry>();
        for (var start = 0; start < 2; start++)
        {
            await using (var ledger = state.Open(new SqliteLedgerOptions { Time = time }))
            {
                using var log = LedgerLog.Open(state.Held, ledger, time, TimeSpan.FromHours(1));
                for (var n = 0; n < 3; n++)
                {
                    var entry = Entry.Seal(
                        "t", sealedEntries.Count + 1, sealedEntries.Count == 0 ? Entry.NoPrevious : sealedEntries[^1].Hash, time.GetUtcNow(), new EngineStarted("1", "p"));
                    await ledger.AppendAsync(entry);
                    sealedEntries.Add(entry);
                    log.PublishNow();
                    time.AdjustTime(time.GetUtcNow().AddDays(-1));
                }

                Assert.True(ledger.Acknowledged.Head.Time < sealedEntries[0].Time);
                var verified = await LogVerifier.VerifyAsync(log.Source, new LogVerificationOptions { Key = log.Key }, token);
                Assert.Empty(verified.Findings);
                var read = new List<long>();
                await foreach (var entry in ledger.ReadTaskAsync("t", 1, token))
                    read.Add(entry.Sequence);
                Assert.Equal(sealedEntries.Select(entry => entry.Sequence), read);
            }

            state.Release();
            Assert.Empty(state.Verify([]).Findings);
        }

        Assert.True(sealedEntries[^1].Time < sealedEntries[0].Time);
    }
}
