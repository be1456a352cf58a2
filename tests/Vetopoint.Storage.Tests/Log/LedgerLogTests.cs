using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Vetopoint.Ledger;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Proofs;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Log;

public sealed class LedgerLogTests : IDisposable
{
    /// <summary>The thread does nothing in these tests, so that each says itself when to publish.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly TemporaryState _state = new();
    private readonly List<Entry> _appended = [];
    private readonly TaskChain _chain = new("t");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task The_files_are_those_of_the_plainest_tree_at_every_size()
    {
        await using var ledger = _state.Open();
        using var log = Open(ledger);
        foreach (var count in new[] { 1, 1, 3, 250, 1, 1, 300, 511 })
        {
            await AppendAsync(ledger, count);
            RequireLike(log, log.PublishNow());
        }

        Assert.Equal(1068, Checkpoint.Of(log.Published!).Size);
    }

    [Fact]
    public async Task A_log_goes_on_after_the_engine_was_closed_at_any_size()
    {
        foreach (var count in new[] { 0, 1, 254, 1, 1, 255, 256, 1 })
        {
            await using var ledger = _state.Open();
            using var log = Open(ledger);
            await AppendAsync(ledger, count);
            RequireLike(log, log.PublishNow());
        }
    }

    [Fact]
    public async Task Checkpoints_lead_on_from_each_other_and_entries_prove_to_be_in_them()
    {
        await using var ledger = _state.Open();
        using var log = Open(ledger);
        await AppendAsync(ledger, 300);
        var older = Checkpoint.Of(log.PublishNow());
        await AppendAsync(ledger, 400);
        var note = log.PublishNow();
        var newer = Checkpoint.Of(note);
        var tree = new TileTree(log.Source, newer.Size);

        var consistency = await tree.ConsistencyAsync(older.Size, Cancellation);
        Assert.True(TreeProofs.IsConsistent(older.Size, older.Root.Span, newer.Size, newer.Root.Span, consistency));
        var bundle = new ProofBundle(420, _appended[420].Canonical, [.. await tree.InclusionAsync(420, Cancellation)], note);
        Assert.Null(bundle.Verify(log.Key));
    }

    [Fact]
    public async Task An_entry_too_long_for_a_bundle_lies_beside_it()
    {
        await using var ledger = _state.Open();
        using var log = Open(ledger);
        var entry = _chain.Next(new TaskEnded(new string('x', 100_000)));
        await ledger.AppendAsync(entry);
        log.PublishNow();

        var bundle = await log.Source.ReadAsync("tile/entries/000.p/1", LedgerLimits.BundleBytesMax, Cancellation);
        var leaf = EntryBundle.Read(new Tile(Tile.EntriesLevel, 0, 1), bundle).Single();
        var path = EntryBundle.LargePathOf(leaf.Span)!;
        var large = await log.Source.ReadAsync(path, LedgerLimits.BundleBytesMax, Cancellation);
        Assert.Equal(entry.Canonical.ToArray(), large);
    }

    /// <summary>Whatever happens to the files, they are made anew from the record and lead to what was published.</summary>
    [Theory]
    [InlineData("tile/0/000", null)]
    [InlineData("tile/0/001.p/44", null)]
    [InlineData("tile/0/000", "short")]
    [InlineData("tile/0/001.p/44", "short")]
    [InlineData("tile/1/000.p/1", null)]
    [InlineData("tile/entries/000", null)]
    [InlineData("tile/entries/000", "")]
    public async Task Spoilt_files_are_made_anew(string path, string? content)
    {
        await using (var ledger = _state.Open())
        {
            using var log = Open(ledger);
            await AppendAsync(ledger, 300);
            log.PublishNow();
        }

        var file = Path.Combine(_state.Path, "log", path);
        if (content is null)
            File.Delete(file);
        else
            await File.WriteAllTextAsync(file, content, Cancellation);

        await using var again = _state.Open();
        using var reopened = Open(again);
        await AppendAsync(again, 1);
        RequireLike(reopened, reopened.PublishNow());
    }

    /// <summary>A power cut can leave a name and a length with nothing in it; what was synced since is not read again.</summary>
    [Theory]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/001")]
    [InlineData("tile/0/002.p/88")]
    [InlineData("tile/1/000.p/2")]
    [InlineData("tile/entries/000")]
    [InlineData("tile/entries/002.p/88")]
    [InlineData("large")]
    public async Task Files_that_kept_their_length_and_not_their_content_are_made_anew(string path)
    {
        await using (var ledger = _state.Open())
        {
            using var log = Open(ledger);
            var large = _chain.Next(new TaskEnded(new string('x', 100_000)));
            _appended.Add(large);
            await ledger.AppendAsync(large);
            await AppendAsync(ledger, 599);
            log.PublishNow();
        }

        var file = Path.Combine(_state.Path, "log", path);
        if (Directory.Exists(file))
            file = Directory.EnumerateFiles(file).Single();
        await File.WriteAllBytesAsync(file, new byte[new FileInfo(file).Length], Cancellation);

        for (var start = 0; start < 2; start++)
        {
            await using var again = _state.Open();
            using var reopened = Open(again);
            Assert.Empty((await LogVerifier.VerifyAsync(reopened.Source, new LogVerificationOptions { Key = reopened.Key }, Cancellation)).Findings);
        }

        Assert.Equal("512\n", await File.ReadAllTextAsync(Path.Combine(_state.Path, "log-settled"), Cancellation));
    }

    [Fact]
    public async Task A_record_that_was_cut_off_behind_a_checkpoint_is_refused()
    {
        await PublishedAsync(5);
        var older = await File.ReadAllBytesAsync(_state.LedgerFile, Cancellation);
        await PublishedAsync(2);
        await File.WriteAllBytesAsync(_state.LedgerFile, older, Cancellation);

        await using var ledger = _state.Open();
        var refused = Assert.Throws<LedgerException>(() => Open(ledger));
        Assert.StartsWith("VP6220: A checkpoint was published over 7 entries, but the record ends at 5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rewritten_record_is_refused_even_when_its_head_is_signed_anew()
    {
        await PublishedAsync(5);
        File.Delete(_state.LedgerFile);
        File.Delete(Path.Combine(_state.Path, "ledger-key.pub"));
        string id;
        await using (var other = _state.Open())
        {
            id = other.Acknowledged.Head.Ledger;
            await AppendAsync(other, 0);
            var chain = new TaskChain("u");
            for (var n = 0; n < 5; n++)
                await other.AppendAsync(chain.Next(new TaskEnded("forged")));
        }

        // The log's key names the record it belongs to, so the forger takes the old record's name: its head is signed with the stolen key.
        var key = NoteSigner.Parse((await File.ReadAllTextAsync(Path.Combine(_state.Path, "log-key"), Cancellation)).Trim());
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            using var read = database.CreateCommand();
            read.CommandText = "select signed from head";
            var head = SignedHead.Decode((byte[])(await read.ExecuteScalarAsync(Cancellation))!);
            using var stolen = HeadKey.FromPem(await File.ReadAllTextAsync(Path.Combine(_state.Path, "ledger-key.pem"), Cancellation));
            using var write = database.CreateCommand();
            write.CommandText = "update head set signed = $signed";
            write.Parameters.AddWithValue("$signed", stolen.Sign(head.Head with { Ledger = key.Public.Name["vetopoint/".Length..] }).Encode());
            await write.ExecuteNonQueryAsync(Cancellation);
        }

        key.Dispose();
        await using var ledger = _state.Open();
        var refused = Assert.Throws<LedgerException>(() => Open(ledger));
        Assert.StartsWith("VP6220: The first 5 entries of the record do not lead to the checkpoint", refused.Message, StringComparison.Ordinal);
        Assert.NotEqual(id, ledger.Acknowledged.Head.Ledger);
    }

    [Theory]
    [InlineData("the private key", "VP6221: The log's key")]
    [InlineData("another key", "VP6460: The public key")]
    [InlineData("a changed checkpoint", "VP6220: The checkpoint in")]
    [InlineData("nonsense for a checkpoint", "VP6010: ")]
    [InlineData("nonsense for a key", "VP6010: ")]
    public async Task What_does_not_belong_together_is_refused(string what, string told)
    {
        await PublishedAsync(3);
        var checkpoint = Path.Combine(_state.Path, "log", "checkpoint");
        var key = Path.Combine(_state.Path, "log-key");
        switch (what)
        {
            case "the private key":
                File.Delete(key);
                break;
            case "another key":
                using (var other = NoteSigner.Create(NoteSigner.Parse((await File.ReadAllTextAsync(key, Cancellation)).Trim()).Public.Name, NoteKeyKind.Log))
                    await File.WriteAllTextAsync(key, other.ToText(), Cancellation);
                break;
            case "a changed checkpoint":
                await File.WriteAllTextAsync(
                    checkpoint, (await File.ReadAllTextAsync(checkpoint, Cancellation)).Replace("\n3\n", "\n2\n", StringComparison.Ordinal), Cancellation);
                break;
            case "nonsense for a checkpoint":
                await File.WriteAllTextAsync(checkpoint, "nonsense", Cancellation);
                break;
            default:
                await File.WriteAllTextAsync(key, "nonsense", Cancellation);
                break;
        }

        await using var ledger = _state.Open();
        Assert.StartsWith(told, Assert.Throws<LedgerException>(() => Open(ledger)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_and_files_are_private()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no mode bits.");
        await PublishedAsync(3);
        foreach (var file in new[] { "log-key", "log/checkpoint", "log/tile/0/000.p/3" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(Path.Combine(_state.Path, file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Mode(Path.Combine(_state.Path, "log")));
    }

    [Fact]
    public async Task A_disk_that_fails_stops_the_log_and_not_the_record_and_is_told()
    {
        await using var ledger = _state.Open();
        using var log = Open(ledger);
        await AppendAsync(ledger, 1);
        log.PublishNow();
        var folder = Path.Combine(_state.Path, "log", "tile", "0", "000.p");
        Directory.Delete(folder, recursive: true);
        await File.WriteAllTextAsync(folder, "a file where a folder should be", Cancellation);

        await AppendAsync(ledger, 1);
        Assert.StartsWith("VP6221: ", Assert.Throws<LedgerException>(log.PublishNow).Message, StringComparison.Ordinal);
        await AppendAsync(ledger, 1);

        File.Delete(folder);
        RequireLike(log, log.PublishNow());
    }

    [Fact]
    public async Task The_thread_publishes_by_itself_and_once_more_when_it_ends()
    {
        await using var ledger = _state.Open();
        var log = LedgerLog.Open(_state.Held, ledger, TimeProvider.System, TimeSpan.FromMilliseconds(1));
        await AppendAsync(ledger, 10);
        while (log.Published is not { } note || Checkpoint.Of(note).Size < 10)
            await Task.Yield();
        await AppendAsync(ledger, 5);
        log.Dispose();

        Assert.Equal(15, Checkpoint.Of(log.Published!).Size);
        Assert.Null(log.Problem);
    }

    [Fact]
    public async Task Each_turn_of_the_clock_brings_a_checkpoint_over_everything_acknowledged_before_it()
    {
        var clock = new FakeTimeProvider(SampleBodies.Time);
        await using var ledger = _state.Open();
        using var log = LedgerLog.Open(_state.Held, ledger, clock, Never);
        for (var turn = 1; turn <= 5; turn++)
        {
            // Callers go on while the log works: what they add later may be in, what was there before must be.
            var load = AppendAsync(ledger, 200);
            await AppendAsync(ledger, 100);
            var acknowledged = ledger.Acknowledged.Head.Position;
            clock.Advance(Never);

            Assert.True(SpinWait.SpinUntil(() => log.Published is { } note && Checkpoint.Of(note).Size >= acknowledged, TimeSpan.FromMinutes(1)));
            await load;
        }

        Assert.Null(log.Problem);
    }

    [Fact]
    public void A_checkpoint_that_misses_one_turn_is_not_a_second_old() => Assert.True(2 * StorageLimits.LogInterval < TimeSpan.FromSeconds(1));

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private LedgerLog Open(SqliteLedger ledger) => LedgerLog.Open(_state.Held, ledger, TimeProvider.System, Never);

    private async Task PublishedAsync(int count)
    {
        await using var ledger = _state.Open();
        using var log = Open(ledger);
        await AppendAsync(ledger, count);
        log.PublishNow();
    }

    private Task AppendAsync(SqliteLedger ledger, int count)
    {
        var waiting = new List<Task>();
        for (var n = 0; n < count; n++)
        {
            var entry = _chain.Next(new TaskEnded($"reason {_chain.Sequence}"));
            _appended.Add(entry);
            waiting.Add(ledger.AppendAsync(entry));
        }

        return Task.WhenAll(waiting);
    }

    /// <summary>The published root is that of the naive tree, and every file that a tree of this size needs is there and like the plainest one's.</summary>
    private void RequireLike(LedgerLog log, SignedNote note)
    {
        byte[][] leaves = [.. _appended.Select(entry => entry.Canonical.ToArray())];
        var checkpoint = Checkpoint.Of(note);
        Assert.Equal(NoteCheck.Valid, note.Check(log.Key));
        Assert.Equal(leaves.Length, checkpoint.Size);
        Assert.Equal(NaiveTree.Root(leaves), checkpoint.Root.ToArray());
        Assert.Equal(note.ToString(), File.ReadAllText(Path.Combine(log.Source.Folder, "checkpoint"), Encoding.UTF8));
        foreach (var (path, bytes) in MemoryLog.Of(leaves).Files)
            Assert.Equal(bytes, File.ReadAllBytes(log.Source.FileOf(path)));
    }
}
