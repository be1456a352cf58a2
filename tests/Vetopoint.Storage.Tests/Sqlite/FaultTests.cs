using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>A fault at each step of writing: who hears what, and what is on disk afterwards.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FaultTests : IDisposable
{
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;

    private static readonly EngineStarted Started = new("1", "p");

    private readonly TemporaryState _state = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task A_database_that_may_not_grow_loses_nothing_and_goes_on_when_it_may()
    {
        var pages = 12;
        var options = new SqliteLedgerOptions { Opened = database => database.Set($"pragma max_page_count = {pages}") };
        var chain = new TaskChain("t");
        await using (var ledger = _state.Open(options))
        {
            var refused = await AppendUntilRefusedAsync(ledger, chain);
            Assert.StartsWith("VP6103: ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Free some space", refused.Message, StringComparison.Ordinal);
            Assert.Equal(chain.Sequence, ledger.Acknowledged.Head.Position);
            await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(Large(chain)));

            pages = 1_000;
            await ledger.AppendAsync(Large(chain));
        }

        Assert.Empty(_state.Verify([]).Findings);
    }

    [Fact]
    public async Task A_full_disk_loses_nothing_and_the_engine_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.TryMake(_state.Path, "2m") ?? SkipDisk();
        var filler = Path.Combine(_state.Path, "filler");
        var chain = new TaskChain("t");
        await using (var ledger = _state.Open())
        {
            await ledger.AppendAsync(chain.Next(Started));
            await File.WriteAllBytesAsync(filler, new byte[512 * 1024], Cancellation);
            var refused = await AppendUntilRefusedAsync(ledger, chain);
            Assert.StartsWith("VP6103: ", refused.Message, StringComparison.Ordinal);
            Assert.Equal(chain.Sequence, ledger.Acknowledged.Head.Position);

            File.Delete(filler);
            await ledger.AppendAsync(Large(chain));
        }

        _state.Release();
        Assert.Empty(_state.Verify([]).Findings);
    }

    [Fact]
    public async Task A_disk_that_is_full_at_the_start_is_told()
    {
        using var disk = SmallDisk.TryMake(_state.Path, "64k") ?? SkipDisk();
        await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(Path.Combine(_state.Path, "filler"), new byte[128 * 1024], Cancellation));

        var refused = Assert.Throws<LedgerException>(() => _state.Open());

        Assert.True(refused.Message.StartsWith("VP6204: ", StringComparison.Ordinal) || refused.Message.StartsWith("VP6103: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_read_only_file_system_is_told_at_the_start()
    {
        using var disk = SmallDisk.TryMake(_state.Path, "4m") ?? SkipDisk();
        await using (var ledger = _state.Open())
            await ledger.AppendAsync(new TaskChain("t").Next(Started));
        _state.Release();
        Assert.True(disk.MakeReadOnly());

        var refused = Assert.Throws<LedgerException>(() => _state.Open());

        Assert.StartsWith("VP6204: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("writable", refused.Message, StringComparison.Ordinal);

        // An auditor's copy on such a medium can still be verified.
        Assert.Empty(_state.Verify([]).Findings);
    }

    [Fact]
    public async Task A_commit_that_certainly_failed_is_told_to_all_of_its_batch_and_the_next_one_works()
    {
        using var gate = new CommitGate();
        await using var ledger = _state.Open(gate.Options);
        var first = gate.HoldNext();
        var holding = ledger.AppendAsync(new TaskChain("hold").Next(Started));
        await first.Reached;
        var a = new TaskChain("a");
        var b = new TaskChain("b");
        Task[] batch = [ledger.AppendAsync(a.Peek(Started)), ledger.AppendAsync(b.Peek(Started))];
        gate.FailNext(SqliteFull, butCommit: false);
        first.Release();
        await holding;

        foreach (var append in batch)
            await Assert.ThrowsAsync<LedgerException>(() => append);
        Assert.Equal(1, ledger.Acknowledged.Head.Position);
        await ledger.AppendAsync(a.Next(Started));
        await ledger.AppendAsync(b.Next(Started));
        Assert.Equal(3, ledger.Acknowledged.Head.Position);
    }

    [Fact]
    public async Task A_commit_that_was_called_failed_but_happened_ends_all_appending()
    {
        using var gate = new CommitGate();
        var chain = new TaskChain("t");
        await using (var ledger = _state.Open(gate.Options))
        {
            await ledger.AppendAsync(chain.Next(Started));
            gate.FailNext(SqliteFull, butCommit: true);
            var entry = chain.Next(Started);
            await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(entry));

            var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(new TaskChain("other").Next(Started)));
            Assert.StartsWith("VP6105: ", refused.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_state.Verify([]).Findings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_it_is_not_known_whether_a_commit_happened_the_process_stops(bool happened)
    {
        using var gate = new CommitGate();
        var stopped = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var chain = new TaskChain("t");
        var ledger = _state.Open(gate.Options with { StopProcess = stopped.SetResult });
        await ledger.AppendAsync(chain.Next(Started));
        gate.FailNext(SqliteIoError, happened);

        var append = ledger.AppendAsync(chain.Next(Started));
        var reason = await stopped.Task;

        Assert.StartsWith("VP6107: ", reason, StringComparison.Ordinal);
        Assert.False(append.IsCompleted, "no one is told anything that is not certain");

        // The next start finds out, with the files as they are.
        using var next = new TemporaryState();
        next.CopyFrom(_state);
        await using var again = next.Open();
        Assert.Equal(happened ? 2 : 1, again.Acknowledged.Head.Position);
        Assert.Empty(next.Verify([]).Findings);
    }

    [Fact]
    public async Task A_write_by_something_else_ends_all_appending()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        Run("delete from head");

        var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
        Assert.StartsWith("VP6105: ", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "VP6105: ", (await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("delete from entries where position = 2; ")]
    public async Task A_record_set_back_to_an_older_state_ends_all_appending(string cut)
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        var older = Convert.ToHexString(ledger.Acknowledged.Encode());
        await ledger.AppendAsync(chain.Next(Started));
        Run($"{cut}update head set signed = x'{older}'");

        var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
        Assert.StartsWith("VP6105: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete from entries where position = 2")]
    [InlineData("update entries set running = zeroblob(32) where position = 2")]
    [InlineData("insert into entries select 3, 'x', 1, kind, attempt, entry, running from entries where position = 2")]
    public async Task A_newest_entry_that_something_else_changed_ends_all_appending(string sql)
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        await ledger.AppendAsync(chain.Next(Started));
        Run(sql);

        var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
        Assert.StartsWith("VP6105: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_inserted_by_something_else_ends_all_appending()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        Run("insert into entries select 2, task, 2, kind, attempt, entry, running from entries");

        await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
        Assert.StartsWith(
            "VP6105: ", (await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_newest_entry_was_changed_ends_all_appending()
    {
        var chain = new TaskChain("t");
        await using (var ledger = _state.Open())
        {
            await ledger.AppendAsync(chain.Next(Started));
            await ledger.AppendAsync(new TaskChain("last").Next(Started));
        }

        Run("update entries set entry = x'00' where position = 1");
        await using var again = _state.Open();
        var refused = await Assert.ThrowsAsync<LedgerException>(() => again.AppendAsync(chain.Next(Started)));
        Assert.StartsWith("VP6105: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_holds_the_database_is_told_and_outlived()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain("t");
        await ledger.AppendAsync(chain.Next(Started));
        using (var other = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await other.OpenAsync(Cancellation);
            await using var transaction = await other.BeginTransactionAsync(Cancellation);
            var refused = await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Peek(Started)));
            Assert.Contains("another program holds", refused.Message, StringComparison.Ordinal);
        }

        await ledger.AppendAsync(chain.Next(Started));
    }

    [Fact]
    public async Task A_missing_key_is_told_with_what_to_do()
    {
        await _state.Open().DisposeAsync();
        File.Delete(Path.Combine(_state.Path, "ledger-key.pem"));
        Opening_is_refused("VP6211: ", "Restore it from a backup");
    }

    [Fact]
    public async Task Another_key_is_refused()
    {
        await _state.Open().DisposeAsync();
        using var other = Ledger.Checkpoints.HeadKey.Create();
        await File.WriteAllTextAsync(Path.Combine(_state.Path, "ledger-key.pem"), other.ToPem(), Cancellation);
        Opening_is_refused("VP6460: ", "vetopoint ledger verify");
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        await _state.Open().DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_state.Path, "ledger-key.pem"), "nonsense", Cancellation);
        Opening_is_refused("VP7901: ", "not an ECDSA key");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_is_gone_is_not_silently_begun_anew(bool empty)
    {
        await _state.Open().DisposeAsync();
        if (empty)
            await File.WriteAllBytesAsync(_state.LedgerFile, [], Cancellation);
        else
            File.Delete(_state.LedgerFile);
        Opening_is_refused("VP6210: ", "Restore it from a backup");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await _state.Open().DisposeAsync();
        await File.WriteAllTextAsync(_state.LedgerFile, new string('x', 10_000), Cancellation);
        Opening_is_refused("VP6213: ", "restore the newest backup");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_first_start_that_was_cut_short_is_gone_through_again(bool withEmptyFile)
    {
        await _state.Open().DisposeAsync();
        File.Delete(Path.Combine(_state.Path, "ledger-key.pub"));
        File.Delete(_state.LedgerFile);
        if (withEmptyFile)
            await File.WriteAllBytesAsync(_state.LedgerFile, [], Cancellation);
        if (withEmptyFile)
            File.SetUnixFileMode(_state.LedgerFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using (var ledger = _state.Open())
            await ledger.AppendAsync(new TaskChain("t").Next(Started));
        Assert.Empty(_state.Verify([]).Findings);
    }

    private void Opening_is_refused(string code, string advice)
    {
        var refused = Assert.Throws<LedgerException>(() => _state.Open());
        Assert.StartsWith(code, refused.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    private static Entry Large(TaskChain chain) => chain.Peek(new EngineStarted(new string('v', 3_000), "p"));

    private static async Task<LedgerException> AppendUntilRefusedAsync(SqliteLedger ledger, TaskChain chain)
    {
        for (var n = 0; n < 5_000; n++)
        {
            try
            {
                await ledger.AppendAsync(Large(chain));
                chain.Next(new EngineStarted(new string('v', 3_000), "p"));
            }
            catch (LedgerException refused)
            {
                return refused;
            }
        }

        throw new InvalidOperationException("the disk never became full");
    }

    private static SmallDisk SkipDisk()
    {
        Assert.Skip("Mounting a small file system needs root.");
        throw new UnreachableException();
    }

    private void Run(string sql)
    {
        using var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false");
        database.Open();
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // every statement is written in this file
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
