using CsCheck;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;

namespace Vetopoint.Storage.Tests.Index;

public sealed class LedgerSearchTests : IAsyncLifetime
{
    private RandomRecord _record = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _record = await RandomRecord.CreateAsync();

    public ValueTask DisposeAsync() => _record.DisposeAsync();

    [Fact]
    public void Any_question_has_the_answer_that_reading_everything_has()
    {
        CatchUp();
        using var search = LedgerSearch.Open(_record.State.LedgerFile, _record.IndexFile);
        var (answers, entries) = (0, 0);

        RandomRecord.Queries.Sample(
            query =>
            {
                var page = search.Find(query, Cancellation);
                var expected = _record.Naive(query).ToList();
                Assert.Equal(expected, page.Entries.Select(found => found.Position));
                Assert.All(page.Entries, found => Assert.Equal(_record.All[(int)found.Position - 1].Entry.Hash.ToArray(), found.Entry.Hash.ToArray()));
                Assert.Equal(expected.Count == query.Limit ? expected[^1] : null, page.Next);
                Assert.Null(search.IndexProblem);
                (answers, entries) = (answers + 1, entries + expected.Count);
            },
            iter: 2_000, threads: 1);

        Assert.True(entries > answers, "the questions had hardly any answers");
    }

    [Fact]
    public void Pages_follow_one_another_without_a_gap_and_without_an_entry_twice()
    {
        CatchUp();
        using var search = LedgerSearch.Open(_record.State.LedgerFile, _record.IndexFile);
        foreach (var oldestFirst in new[] { true, false })
        {
            var query = new LedgerQuery { Target = TextPattern.Parse("/srv/*"), OldestFirst = oldestFirst, Limit = 77 };
            var pages = new List<long>();
            for (LedgerQuery? next = query; next is not null;)
            {
                var page = search.Find(next, Cancellation);
                pages.AddRange(page.Entries.Select(found => found.Position));
                next = page.Next is { } after ? query with { After = after } : null;
            }

            Assert.True(pages.Count > 500);
            Assert.Equal(_record.Naive(query with { Limit = int.MaxValue }), pages);
        }
    }

    [Fact]
    public void Everything_of_an_attempt_is_found_by_its_id()
    {
        var intent = _record.All.First(found => found.Entry.Body is Ledger.Entries.Outcome);
        using var search = LedgerSearch.Open(_record.State.LedgerFile, _record.IndexFile);

        var page = search.Find(new LedgerQuery { Attempt = intent.Entry.Attempt, OldestFirst = true }, Cancellation);

        Assert.Equal(_record.All.Where(found => found.Entry.Attempt == intent.Entry.Attempt).Select(found => found.Position), page.Entries.Select(found => found.Position));
    }

    private void CatchUp()
    {
        using var index = EntryIndex.Of(_record.State.LedgerFile, _record.IndexFile);
        index.CatchUp(null, Cancellation);
    }
}
