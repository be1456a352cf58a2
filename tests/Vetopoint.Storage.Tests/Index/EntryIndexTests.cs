using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Index;

/// <summary>The index may be behind, gone, damaged, exchanged or lied in: no answer may be wrong without it being said.</summary>
public sealed class EntryIndexTests : IAsyncLifetime
{
    private static readonly LedgerQuery Denied = new() { Verdict = "deny", Limit = 10_000 };

    private RandomRecord _record = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _record = await RandomRecord.CreateAsync();

    public ValueTask DisposeAsync() => _record.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_index_that_is_behind_leaves_nothing_out(int blocks)
    {
        using var index = Index();
        for (var block = 0; block < blocks; block++)
            Assert.Equal(((block + 1) * IndexBlock.Entries, 3 * IndexBlock.Entries), index.AddNext(Cancellation));

        RequireRight(Find(Denied));
        RequireRight(Find(Denied with { OldestFirst = true }), oldestFirst: true);
    }

    [Fact]
    public async Task An_index_takes_up_what_was_appended_since_and_every_block_once()
    {
        using var index = Index();
        index.CatchUp(null, Cancellation);
        var told = new List<(long, long)>();
        var chain = new TaskChain("more");
        await Task.WhenAll(Enumerable.Range(0, 2 * IndexBlock.Entries).Select(_ => _record.Ledger.AppendAsync(chain.Next(SampleBodies.Denied("more.1")))));

        index.CatchUp((entries, of) => told.Add((entries, of)), Cancellation);

        Assert.Equal([(4 * IndexBlock.Entries, 5 * IndexBlock.Entries)], told);
        Assert.Equal((5 * IndexBlock.Entries, 0), Check());
        Assert.Equal(2 * IndexBlock.Entries, Find(new LedgerQuery { Task = "more", Verdict = "deny", Limit = 10_000 }).Page.Entries.Length);
    }

    [Fact]
    public void A_deleted_index_is_made_anew()
    {
        CatchUp();
        IndexFile.Remove(_record.IndexFile);
        RequireRight(Find(Denied));

        CatchUp();

        RequireRight(Find(Denied));
        Assert.Equal((3 * IndexBlock.Entries, 0), Check());
    }

    [Theory]
    [InlineData("no database at all")]
    [InlineData("")]
    public void A_file_that_is_no_index_is_not_believed_and_is_replaced(string content)
    {
        File.WriteAllText(_record.IndexFile, content);
        var before = Find(Denied);
        RequireRight(before);
        Assert.NotNull(before.Problem);

        CatchUp();

        var after = Find(Denied);
        RequireRight(after);
        Assert.Null(after.Problem);
    }

    [Fact]
    public void A_damaged_index_gives_right_answers_or_none_that_it_is_not_said_of()
    {
        CatchUp();
        CloseWal();
        var sound = File.ReadAllBytes(_record.IndexFile);
        var said = 0;
        for (var at = 0; at < sound.Length; at += 4_096)
        {
            var damaged = sound.ToArray();
            damaged.AsSpan(at, Math.Min(200, sound.Length - at)).Fill(0xAA);
            File.WriteAllBytes(_record.IndexFile, damaged);
            var answer = Find(Denied);
            RequireRight(answer);
            if (answer.Problem is not null || Check().Differences > 0)
                said++;
        }

        Assert.True(said > 10, $"only {said} damages were noticed");
    }

    [Theory]
    [InlineData("update blocks set running = zeroblob(32) where block = 2", "another record")]
    [InlineData("insert into blocks values (3, 0, 1, zeroblob(32))", "another record")]
    [InlineData("delete from blocks where block = 0", "missing")]
    [InlineData("delete from blocks where block = 1", "missing")]
    [InlineData("insert into blocks values (-1, 0, 1, zeroblob(32))", "missing")]
    [InlineData("insert into blocks values (9223372036854775807, 0, 1, zeroblob(32))", "missing")]
    [InlineData("update blocks set block = block + 9007199254740992", "missing")]
    public void An_index_of_another_record_or_with_gaps_is_not_believed_and_is_replaced(string change, string what)
    {
        CatchUp();
        Change(change);

        var before = Find(Denied);
        RequireRight(before);
        Assert.Contains(what, before.Problem, StringComparison.Ordinal);
        Assert.Equal(1, Check().Differences);

        CatchUp();
        Assert.Null(Find(Denied).Problem);
    }

    [Theory]
    [InlineData("create table more (x)")]
    [InlineData("create trigger t after insert on blocks begin delete from facts; end")]
    [InlineData("create view v as select * from facts")]
    public void An_index_with_other_tables_is_not_believed(string ddl)
    {
        CatchUp();
        Change(ddl);

        var answer = Find(Denied);

        RequireRight(answer);
        Assert.NotNull(answer.Problem);
    }

    [Theory]
    [InlineData("delete from facts where block = 1 and fact = x'0764656e79'", "missing")]
    [InlineData("update facts set positions = x'0100' where block = 1 and fact = x'0764656e79'", "other entries")]
    [InlineData("insert into facts values (1, x'0700', x'0100')", "added")]
    [InlineData("update times set ticks = zeroblob(8192) where block = 0", "times")]
    [InlineData("update blocks set last_time = 0 where block = 0", "times")]
    [InlineData("update blocks set running = zeroblob(32) where block = 0", "other entries")]
    public void A_check_says_where_an_index_lies(string change, string what)
    {
        CatchUp();
        Change(change);

        using var index = Index();
        var (entries, differences) = index.Check(Cancellation);

        Assert.Equal(3 * IndexBlock.Entries, entries);
        Assert.Contains(what, Assert.Single(differences), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_names_too_much_adds_nothing_to_an_answer()
    {
        CatchUp();
        Change("update facts set positions = x'" + string.Concat(Enumerable.Repeat("ff", 128)) + "' where fact = x'0764656e79'");

        RequireRight(Find(Denied));
    }

    [Fact]
    public async Task Questions_are_answered_rightly_while_entries_are_appended_and_others_index_them()
    {
        using var follower = IndexFollower.Start(_record.State.LedgerFile, _record.IndexFile, TimeProvider.System, TimeSpan.FromMilliseconds(1));
        using var stop = new CancellationTokenSource();
        var chain = new TaskChain("w");
        var appended = 0;
        var writer = Task.Factory.StartNew(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await _record.Ledger.AppendAsync(chain.Next(SampleBodies.Denied("w.1")));
                    Interlocked.Increment(ref appended);
                }
            },
            Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

        for (var round = 0; round < 40; round++)
        {
            var atLeast = Volatile.Read(ref appended);
            if (round % 8 == 0)
                CatchUp();
            var oldest = Find(new LedgerQuery { Task = "w", Verdict = "deny", Limit = 10_000, OldestFirst = true }).Page;
            Assert.Equal(Enumerable.Range(1, oldest.Entries.Length).Select(n => (long)n), oldest.Entries.Select(found => found.Entry.Sequence));
            Assert.True(oldest.Entries.Length >= Math.Min(atLeast, 10_000));
            var newest = Find(new LedgerQuery { Task = "w", Verdict = "deny", Limit = 100 }).Page;
            Assert.True(newest.Entries.Zip(newest.Entries.Skip(1)).All(pair => pair.First.Entry.Sequence == pair.Second.Entry.Sequence + 1));
        }

        await stop.CancelAsync();
        await writer;
        CatchUp();
        Assert.Equal(0, Check().Differences);
        Assert.Null(follower.Problem);
    }

    [Fact]
    public async Task Many_that_index_at_once_make_one_sound_index()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(CatchUp, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal((3 * IndexBlock.Entries, 0), Check());
    }

    [Fact]
    public void An_index_that_cannot_be_written_is_told_and_questions_are_answered_without_it()
    {
        Directory.CreateDirectory(_record.IndexFile);

        var fault = Assert.Throws<LedgerException>(CatchUp);

        Assert.StartsWith(StorageCodes.IndexUnusable, fault.Message, StringComparison.Ordinal);
        RequireRight(Find(Denied));
    }

    [Fact]
    public void Index_files_are_for_their_owner_only()
    {
        CatchUp();

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_record.IndexFile));
    }

    private EntryIndex Index() => EntryIndex.Of(_record.State.LedgerFile, _record.IndexFile);

    private void CatchUp()
    {
        using var index = Index();
        index.CatchUp(null, Cancellation);
    }

    private (long Entries, int Differences) Check()
    {
        using var index = Index();
        var (entries, differences) = index.Check(Cancellation);
        return (entries, differences.Count);
    }

    private (LedgerPage Page, string? Problem) Find(LedgerQuery query)
    {
        using var search = LedgerSearch.Open(_record.State.LedgerFile, _record.IndexFile);
        return (search.Find(query, Cancellation), search.IndexProblem);
    }

    private void RequireRight((LedgerPage Page, string? Problem) answer, bool oldestFirst = false) =>
        Assert.Equal(_record.Naive(Denied with { OldestFirst = oldestFirst }), answer.Page.Entries.Select(found => found.Position));

    private void CloseWal() => Change("pragma wal_checkpoint(truncate)");

    private void Change(string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _record.IndexFile, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the texts are those of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
