using System.Text;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Proofs;
using Vetopoint.Ledger.Tree;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Proofs;

public sealed class ProofBundleTests : IDisposable
{
    private readonly NoteSigner _log = NoteSigner.Create("vetopoint/log", NoteKeyKind.Log);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task A_bundle_proves_its_entry_and_no_other_to_whoever_has_the_key()
    {
        var (bundle, leaves) = await BundleAsync(7, 12);
        var read = ProofBundle.Parse(bundle.ToString());
        using var other = NoteSigner.Create("vetopoint/log", NoteKeyKind.Log);

        Assert.Equal(bundle.ToString(), read.ToString());
        Assert.Null(read.Verify(_log.Public));
        Assert.Null((read with { Canonical = null }).Verify(_log.Public, leaves[7]));
        Assert.Contains("not hold the entry", (read with { Canonical = null }).Verify(_log.Public)!, StringComparison.Ordinal);
        Assert.Contains("does not stand at index 7", read.Verify(_log.Public, leaves[8])!, StringComparison.Ordinal);
        Assert.Contains("does not stand at index 6", (read with { Index = 6 }).Verify(_log.Public)!, StringComparison.Ordinal);
        Assert.Contains("not signed by the key", read.Verify(other.Public)!, StringComparison.Ordinal);
        var grown = read.Note with { Text = read.Note.Text.Replace("\n12\n", "\n13\n", StringComparison.Ordinal) };
        Assert.Contains("was changed", (read with { Note = grown }).Verify(_log.Public)!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_has_the_lines_of_the_specification()
    {
        var (bundle, leaves) = await BundleAsync(1, 2);
        var expected =
            $"c2sp.org/tlog-proof@v1\nextra {Convert.ToBase64String(leaves[1])}\nindex 1\n{Convert.ToBase64String(TreeHash.Leaf(leaves[0]))}\n\n"
            + $"vetopoint/log\n2\n{Convert.ToBase64String(NaiveTree.Root(leaves))}\n\n— vetopoint/log ";
        Assert.StartsWith(expected, bundle.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_bundle_is_refused()
    {
        var text = (await BundleAsync(3, 9)).Bundle.ToString();
        string[] spoilt =
        [
            "", "x", text.Replace("@v1", "@v2", StringComparison.Ordinal), text.Replace("index 3", "index 03", StringComparison.Ordinal),
            text.Replace("index 3\n", "", StringComparison.Ordinal), text.Replace("extra ", "extra  ", StringComparison.Ordinal),
            text.Replace("\n\n", "\n", StringComparison.Ordinal), text.Replace("index 3\n", "index 3\nAAAA\n", StringComparison.Ordinal),
            text.Replace("index 3\n", "index 3\n" + string.Concat(Enumerable.Repeat(Convert.ToBase64String(new byte[32]) + "\n", 64)), StringComparison.Ordinal),
            text[..^1], text + "x",
        ];
        Assert.All(spoilt, one => Assert.Matches("^VP601[02]: ", Assert.Throws<LedgerException>(() => ProofBundle.Parse(one)).Message));
    }

    private async Task<(ProofBundle Bundle, byte[][] Leaves)> BundleAsync(int index, int size)
    {
        byte[][] leaves = [.. Enumerable.Range(0, size).Select(n => Encoding.UTF8.GetBytes($"{{\"n\":{n}}}"))];
        var hashes = await new TileTree(MemoryLog.Of(leaves), size).InclusionAsync(index, Cancellation);
        var note = new Checkpoint("vetopoint/log", size, NaiveTree.Root(leaves)).Sign(_log, SampleBodies.Time);
        return (new ProofBundle(index, leaves[index], [.. hashes], note), leaves);
    }
}
