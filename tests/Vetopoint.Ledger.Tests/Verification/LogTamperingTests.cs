using System.Buffers;
using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Verification;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Verification;

/// <summary>Each way of changing a log's files, and what an auditor hears who has the log's key, a witness's key and an older checkpoint.</summary>
public sealed class LogTamperingTests : IDisposable
{
    private const int Entries = 628;
    private const int OlderSize = 300;
    private const string LastBundle = "tile/entries/002.p/116";
    private const string LastTile = "tile/0/002.p/116";

    private static readonly Dictionary<string, Tampering> Ways = new(StringComparer.Ordinal)
    {
        ["one byte of an entry"] = new(log => log.ReplaceIn("tile/entries/000", "\"verdict\":\"allow\"", "\"verdict\":\"allOw\""), "VP6343: At position 12"),
        ["a verdict of an entry, in canonical form"] = new(
            log => log.ReplaceIn("tile/entries/000", "\"verdict\":\"deny\"", "\"verdict\":\"hold\""), "VP6343: At position 17"),
        ["a space, which changes nothing that is said"] = new(
            log => log.Leaves(0, leaves => leaves[11] = Changed(leaves[11], ",\"kind\"", ", \"kind\"")), "VP6343: At position 12", "VP6302: At position 12: VP6004"),
        ["an entry that is none"] = new(log => log.Leaves(0, leaves => leaves[11] = "nonsense"u8.ToArray()), "VP6302: At position 12: VP6003"),
        ["an entry and its hash"] = new(log => log.ReplaceLeaf(299, rehash: false), "VP6342: The 628 entries do not lead to the root",
            "VP6344: `tile/1/000.p/2` does not hold"),
        ["an entry with every hash above it"] = new(log => log.ReplaceLeaf(299, rehash: true), "VP6342: The 628 entries do not lead to the root",
            "VP6348: At position 300: The entries up to here are not those of a checkpoint from elsewhere"),
        ["an entry removed from its bundle"] = new(log => log.Leaves(0, leaves => leaves.RemoveAt(20)), "VP6345: VP6011: `tile/entries/000` is not what it should be: it ends"),
        ["an entry added to a bundle"] = new(log => log.Leaves(0, leaves => leaves.Add(leaves[3])), "something follows its last entry"),
        ["two entries swapped"] = new(
            log => log.Leaves(0, leaves => (leaves[30], leaves[31]) = (leaves[31], leaves[30])), "VP6343: At position 31", "VP6343: At position 32", "VP6305: At position 31"),
        ["an entry replaced by another one"] = new(log => log.Leaves(0, leaves => leaves[40] = leaves[41]), "VP6343: At position 41", "VP6305: At position 41"),
        ["two bundles swapped"] = new(
            log => (log.Files["tile/entries/000"], log.Files["tile/entries/001"]) = (log.Files["tile/entries/001"], log.Files["tile/entries/000"]), "VP6343: At position 1:"),
        ["a bundle cut short"] = new(log => log.Files[LastBundle] = log.Files[LastBundle][..^1], "VP6345: VP6011: `tile/entries/002.p/116`"),
        ["a bundle deleted"] = new(log => log.Files.Remove("tile/entries/001"), "VP6345: `tile/entries/001` is missing, so its entries cannot be read"),
        ["a bundle emptied"] = new(log => log.Files["tile/entries/001"] = [], "VP6345: VP6011: `tile/entries/001`"),
        ["a hash of a leaf"] = new(log => log.Files["tile/0/000"][5] ^= 1, "VP6343: At position 1:", "VP6344: `tile/1/000.p/2`", "VP6342"),
        ["a hash of the last leaf"] = new(log => log.Files[LastTile][^1] ^= 1, "VP6343: At position 628", "VP6342"),
        ["a tile cut short"] = new(log => log.Files["tile/0/000"] = log.Files["tile/0/000"][..^32], "VP6345: `tile/0/000` does not have the length of 256 hashes"),
        ["a tile grown"] = new(log => log.Files[LastTile] = [.. log.Files[LastTile], 1], "VP6345: `tile/0/002.p/116` does not have the length of 116 hashes"),
        ["a tile deleted"] = new(log => log.Files.Remove("tile/0/001"), "VP6345: VP6014: `tile/0/001` is missing from the log"),
        ["a partial tile deleted"] = new(log => log.Files.Remove(LastTile), "VP6345: VP6014: `tile/0/002.p/116` is missing"),
        ["a tile of an upper level"] = new(log => log.Files["tile/1/000.p/2"][40] ^= 1, "VP6344: `tile/1/000.p/2` does not hold the hashes"),
        ["a tile of an upper level deleted"] = new(log => log.Files.Remove("tile/1/000.p/2"), "VP6345: VP6014: `tile/1/000.p/2` is missing"),
        ["a bundle and its tile deleted"] = new(log =>
        {
            log.Files.Remove("tile/0/001");
            log.Files.Remove("tile/entries/001");
        }, "`tile/entries/001` is missing", "`tile/0/001` is missing"),
        ["the checkpoint deleted"] = new(log => log.Files.Remove("checkpoint"), "VP6340: The log has no checkpoint"),
        ["the checkpoint replaced by nonsense"] = new(log => log.Files["checkpoint"] = [0], "VP6340: The checkpoint cannot be read: VP6010"),
        ["the checkpoint's size"] = new(log => log.ReplaceIn("checkpoint", "\n628\n", "\n627\n"), "VP6341: The signature of the checkpoint", "VP6345"),
        ["the checkpoint's size, beyond the files"] = new(log => log.ReplaceIn("checkpoint", "\n628\n", "\n999\n"), "VP6341", "VP6345"),
        ["the checkpoint's signature"] = new(log => log.SpoilSignature(0), "VP6341: The signature of the checkpoint is not one by the key"),
        ["the checkpoint's signature removed"] = new(log => log.RemoveSignature(0), "VP6341: The checkpoint is not signed by the key"),
        ["the checkpoint of another log"] = new(log => log.Sign(new Checkpoint("vetopoint/other", Entries, log.Root), log.Log, log.Witness), "VP6340: The checkpoint is of the log `vetopoint/other`"),
        ["another root, signed with the stolen key"] = new(log => log.Sign(new Checkpoint(log.Log.Public.Name, Entries, TreeHash.Leaf("x"u8)), log.Log, log.Witness), "VP6342"),
        ["everything signed with another key"] = new(log =>
        {
            using var other = NoteSigner.Create(log.Log.Public.Name, NoteKeyKind.Log);
            log.Sign(new Checkpoint(other.Public.Name, Entries, log.Root), other, log.Witness);
        }, "VP6341: The checkpoint is not signed by the key"),
        ["the cosignature removed"] = new(log => log.RemoveSignature(1), "VP6346: The witness `example.com/witness` cosigned no checkpoint"),
        ["the cosignature changed"] = new(log => log.SpoilSignature(1), "VP6347: What stands as the cosignature of the witness"),
        ["the tail cut off with the stolen key and an older checkpoint put back"] = new(log => log.PublishFirst(200, change: false),
            "VP6348: There are 200 entries, but a checkpoint from elsewhere covers 300: published entries were cut off"),
        ["history rewritten with the stolen key, and shown to one auditor"] = new(log => log.PublishFirst(Entries, change: true),
            "VP6348: At position 300: The entries up to here are not those of a checkpoint from elsewhere"),
    };

    private readonly LogUnderTest _log = new();

    public static TheoryData<string> EveryWay => [.. Ways.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Without_tampering_nothing_is_found()
    {
        var result = await VerifyAsync();

        Assert.Empty(result.Findings);
        Assert.Equal((Entries, OlderSize), (result.Entries, result.TailCheckedTo));
        Assert.Equal(4, result.Tasks);
        Assert.Equal("example.com/witness", Assert.Single(result.Cosigned).Witness);
        Assert.Equal([SampleRecord.Unresolved], result.Unresolved);
    }

    [Fact]
    public async Task Without_a_checkpoint_kept_elsewhere_the_tail_is_not_checked()
    {
        _log.PublishFirst(200, change: false);

        var result = await LogVerifier.VerifyAsync(_log.Content, new LogVerificationOptions { Key = _log.Log.Public }, Cancellation);

        Assert.True(result.IsSound);
        Assert.Null(result.TailCheckedTo);
    }

    [Fact]
    public async Task A_checkpoint_of_another_log_is_not_taken_as_known()
    {
        using var other = NoteSigner.Create("vetopoint/other", NoteKeyKind.Log);
        var result = await LogVerifier.VerifyAsync(_log.Content, new LogVerificationOptions
        {
            Key = _log.Log.Public,
            KnownCheckpoints = [new Checkpoint("vetopoint/other", 3, _log.Root).Sign(other, SampleBodies.Time)],
        }, Cancellation);

        Assert.StartsWith("VP6348: A checkpoint from elsewhere of 3 entries is not signed by the key of this log", Assert.Single(result.Findings).ToString(), StringComparison.Ordinal);
        Assert.Null(result.TailCheckedTo);
    }

    [Theory, MemberData(nameof(EveryWay))]
    public async Task Is_found_and_told_where(string way)
    {
        Ways[way].Do(_log);

        var result = await VerifyAsync();

        var told = string.Join('\n', result.Findings);
        Assert.False(result.IsSound);
        Assert.All(Ways[way].Told, expected => Assert.Contains(expected, told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_entry_is_read_from_beside_its_bundle_and_no_other_is_taken_for_it()
    {
        var chain = new TaskChain("engine");
        var entry = chain.Next(new EngineStarted(new string('x', 100_000), "p"));
        var log = MemoryLog.Of([EntryBundle.LeafOf(entry.Canonical).ToArray()]);
        var path = EntryBundle.LargePathOf(EntryBundle.LeafOf(entry.Canonical).Span)!;
        log.Files[path] = entry.Canonical.ToArray();
        log.Files["checkpoint"] = Encoding.UTF8.GetBytes(new Checkpoint(
            _log.Log.Public.Name, 1, TreeHash.Leaf(EntryBundle.LeafOf(entry.Canonical).Span)).Sign(_log.Log, SampleBodies.Time).ToString());
        var options = new LogVerificationOptions { Key = _log.Log.Public };

        Assert.Empty((await LogVerifier.VerifyAsync(log, options, Cancellation)).Findings);
        log.Files[path][50] ^= 1;
        Assert.Contains("VP6345: At position 1: The long entry", (await LogVerifier.VerifyAsync(log, options, Cancellation)).Findings[0].ToString(), StringComparison.Ordinal);
        log.Files.Remove(path);
        Assert.Contains("VP6345: At position 1: The long entry", (await LogVerifier.VerifyAsync(log, options, Cancellation)).Findings[0].ToString(), StringComparison.Ordinal);
    }

    private Task<VerificationResult> VerifyAsync() => LogVerifier.VerifyAsync(
        _log.Content,
        new LogVerificationOptions { Key = _log.Log.Public, Witnesses = [_log.Witness.Public], KnownCheckpoints = [_log.Older], FindingsMax = 2_000 },
        Cancellation);

    private static byte[] Changed(byte[] leaf, string from, string to) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(leaf).Replace(from, to, StringComparison.Ordinal));

    private sealed record Tampering(Action<LogUnderTest> Do, params string[] Told);

    /// <summary>A log with its keys, and the means to change it as someone could who has its files.</summary>
    private sealed class LogUnderTest : IDisposable
    {
        private readonly List<byte[]> _leaves;

        public LogUnderTest()
        {
            using var record = new SampleRecord();
            var chain = new TaskChain("c");
            record.Add(chain, SampleBodies.Opened());
            _leaves = [.. record.Entries.Select(entry => entry.Canonical.ToArray())];
            while (_leaves.Count < Entries)
            {
                var (intent, outcome) = chain.NextCall();
                _leaves.Add(intent.Canonical.ToArray());
                _leaves.Add(outcome.Canonical.ToArray());
            }

            Log = NoteSigner.Create("vetopoint/0123", NoteKeyKind.Log);
            Witness = NoteSigner.Create("example.com/witness", NoteKeyKind.Witness);
            Content = MemoryLog.Of(_leaves);
            Sign(new Checkpoint(Log.Public.Name, Entries, Root), Log, Witness);
            Older = new Checkpoint(Log.Public.Name, OlderSize, NaiveTree.Root(_leaves[..OlderSize])).Sign(Log, SampleBodies.Time);
        }

        public NoteSigner Log { get; }

        public NoteSigner Witness { get; }

        public SignedNote Older { get; }

        public MemoryLog Content { get; private set; }

        public Dictionary<string, byte[]> Files => Content.Files;

        public byte[] Root => NaiveTree.Root(_leaves);

        public void Sign(Checkpoint checkpoint, NoteSigner log, NoteSigner witness)
        {
            var note = checkpoint.Sign(log, SampleBodies.Time);
            Put(note.With(witness.Sign(note.Text, SampleBodies.Time)));
        }

        public void PublishFirst(int count, bool change)
        {
            var leaves = _leaves[..count];
            if (change)
                leaves[2] = [.. leaves[2][..^1], (byte)' ', (byte)'}'];
            Content = MemoryLog.Of(leaves);
            Sign(new Checkpoint(Log.Public.Name, count, NaiveTree.Root(leaves)), Log, Witness);
        }

        public void ReplaceIn(string path, string from, string to)
        {
            var text = Encoding.Latin1.GetString(Files[path]);
            var at = text.IndexOf(from, StringComparison.Ordinal);
            Assert.True(at >= 0 && from.Length == to.Length);
            Files[path] = Encoding.Latin1.GetBytes(text[..at] + to + text[(at + from.Length)..]);
        }

        public void Leaves(int bundle, Action<List<byte[]>> change)
        {
            var leaves = _leaves.Skip(bundle * Tile.FullWidth).Take(Tile.FullWidth).ToList();
            change(leaves);
            Write(bundle, leaves);
        }

        /// <summary>Changes an entry together with its hash, and when asked, with every hash above.</summary>
        public void ReplaceLeaf(int index, bool rehash)
        {
            var leaf = Changed(_leaves[index], "\"v\":1", "\"v\":2");
            if (rehash)
            {
                var checkpoint = Files["checkpoint"];
                Content = MemoryLog.Of([.. _leaves[..index], leaf, .. _leaves[(index + 1)..]]);
                Files["checkpoint"] = checkpoint;
                return;
            }

            Leaves(index / Tile.FullWidth, leaves => leaves[index % Tile.FullWidth] = leaf);
            TreeHash.Leaf(leaf).CopyTo(Files[$"tile/0/{index / Tile.FullWidth:000}"], index % Tile.FullWidth * TreeHash.Bytes);
        }

        public void SpoilSignature(int n)
        {
            var note = SignedNote.Parse(Files["checkpoint"]);
            var spoilt = note.Signatures[n].Signature.ToArray();
            spoilt[^1] ^= 1;
            Put(note with { Signatures = note.Signatures.SetItem(n, note.Signatures[n] with { Signature = spoilt }) });
        }

        public void RemoveSignature(int n)
        {
            var note = SignedNote.Parse(Files["checkpoint"]);
            Put(note with { Signatures = note.Signatures.RemoveAt(n) });
        }

        public void Dispose()
        {
            Log.Dispose();
            Witness.Dispose();
        }

        private void Put(SignedNote note) => Files["checkpoint"] = Encoding.UTF8.GetBytes(note.ToString());

        private void Write(int bundle, IEnumerable<byte[]> leaves)
        {
            var writer = new ArrayBufferWriter<byte>();
            foreach (var leaf in leaves)
                EntryBundle.Write(writer, leaf);
            Files[$"tile/entries/{bundle:000}"] = writer.WrittenSpan.ToArray();
        }
    }
}
