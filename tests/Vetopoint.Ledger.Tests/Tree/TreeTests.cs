using System.Globalization;
using System.Text;
using CsCheck;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Proofs;
using Vetopoint.Ledger.Tree;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Tree;

public sealed class TreeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The inputs and roots that Certificate Transparency's implementations have tested with from the start.</summary>
    [Fact]
    public void Roots_are_those_of_Certificate_Transparency()
    {
        string[] leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        string[] roots =
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        var builder = new RootBuilder();
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(builder.Root()));
        for (var n = 0; n < leaves.Length; n++)
        {
            builder.Append(TreeHash.Leaf(Convert.FromHexString(leaves[n])));
            Assert.Equal(roots[n], Convert.ToHexStringLower(builder.Root()));
        }
    }

    /// <summary>Sizes around those where tiles fill, so that each level has full and partial tiles.</summary>
    [Fact]
    public Task Roots_and_proofs_are_those_of_the_naive_tree() =>
        Gen.Select(Gen.OneOf(Gen.Int[1, 40], Gen.Int[250, 262], Gen.Int[500, 900]), Gen.Int[0, 1_000_000], Gen.Int[0, 1_000_000])
            .SampleAsync(async drawn =>
            {
                var (size, one, other) = drawn;
                var leaves = Leaves(size);
                var index = one % size;
                var older = other % (size + 1);
                var tree = new TileTree(MemoryLog.Of(leaves), size);
                var root = await tree.RootAsync(Cancellation);
                Assert.Equal(NaiveTree.Root(leaves), root);
                Assert.Equal(root, Built(leaves));

                var inclusion = await tree.InclusionAsync(index, Cancellation);
                Assert.Equal(NaiveTree.Path(index, leaves), inclusion);
                Assert.True(TreeProofs.Includes(index, size, TreeHash.Leaf(leaves[index]), inclusion, root));

                var consistency = await tree.ConsistencyAsync(older, Cancellation);
                if (older > 0)
                    Assert.Equal(NaiveTree.Proof(older, leaves), consistency);
                Assert.True(TreeProofs.IsConsistent(older, NaiveTree.Root(leaves[..older]), size, root, consistency));
            }, iter: 60, threads: 1);

    [Fact]
    public void Every_proof_of_every_small_tree_holds_and_no_other_does()
    {
        const int SizeMax = 20;
        var checkedProofs = 0;
        for (var size = 1; size <= SizeMax; size++)
        {
            var leaves = Leaves(size);
            var root = NaiveTree.Root(leaves);
            for (var index = 0; index < size; index++)
            {
                var proof = NaiveTree.Path(index, leaves);
                for (var claimed = 0; claimed < size; claimed++)
                    Assert.Equal(claimed == index, TreeProofs.Includes(claimed, size, TreeHash.Leaf(leaves[index]), proof, root));
                Assert.False(TreeProofs.Includes(index, size, TreeHash.Leaf("other"u8), proof, root));
                Assert.False(TreeProofs.Includes(index, size, TreeHash.Leaf(leaves[index]), [.. proof, new byte[32]], root));
                Assert.All(Changed(proof), changed => Assert.False(TreeProofs.Includes(index, size, TreeHash.Leaf(leaves[index]), changed, root)));
            }

            for (var older = 1; older <= size; older++)
            {
                var olderRoot = NaiveTree.Root(leaves[..older]);
                var proof = NaiveTree.Proof(older, leaves);
                Assert.True(TreeProofs.IsConsistent(older, olderRoot, size, root, proof));
                Assert.False(TreeProofs.IsConsistent(older, TreeHash.Leaf("fork"u8), size, root, proof));
                Assert.False(TreeProofs.IsConsistent(older, olderRoot, size, TreeHash.Leaf("fork"u8), proof));
                Assert.False(TreeProofs.IsConsistent(older, olderRoot, size, root, [.. proof, new byte[32]]));
                Assert.All(Changed(proof), changed => Assert.False(TreeProofs.IsConsistent(older, olderRoot, size, root, changed)));
                checkedProofs++;
            }
        }

        Assert.Equal(SizeMax * (SizeMax + 1) / 2, checkedProofs);
    }

    /// <summary>A proof for a size that cannot be, or of nothing, is no proof.</summary>
    [Fact]
    public void Impossible_sizes_prove_nothing()
    {
        var root = TreeHash.Leaf("a"u8);
        Assert.False(TreeProofs.Includes(0, 0, root, [], root));
        Assert.False(TreeProofs.Includes(-1, 1, root, [], root));
        Assert.False(TreeProofs.Includes(0, 1, [], [], root));
        Assert.False(TreeProofs.Includes(0, 2, root, [[]], root));
        Assert.False(TreeProofs.IsConsistent(2, root, 1, root, []));
        Assert.False(TreeProofs.IsConsistent(0, root, 1, root, []));
        Assert.False(TreeProofs.IsConsistent(3, root, 4, root, []));
        Assert.True(TreeProofs.IsConsistent(0, TreeHash.Empty.Span, 1, root, []));
    }

    /// <summary>The examples of C2SP tlog-tiles.</summary>
    [Fact]
    public void Tiles_lie_where_the_specification_says()
    {
        Assert.Equal("tile/0/x001/x234/067", new Tile(0, 1234067, 256).Path);
        Assert.Equal("tile/entries/000.p/5", new Tile(Tile.EntriesLevel, 0, 5).Path);
        Assert.Equal(new Tile(0, 272, 256), Tile.In(0, 272, 70_000));
        Assert.Equal(new Tile(0, 273, 112), Tile.In(0, 273, 70_000));
        Assert.Null(Tile.In(0, 274, 70_000));
        Assert.Equal(new Tile(1, 0, 256), Tile.In(1, 0, 70_000));
        Assert.Equal(new Tile(1, 1, 17), Tile.In(1, 1, 70_000));
        Assert.Equal(new Tile(2, 0, 1), Tile.In(2, 0, 70_000));
        Assert.Null(Tile.In(3, 0, 70_000));
        Assert.Equal(new Tile(0, 0, 256), Tile.In(0, 0, 256));
        Assert.Equal(new Tile(1, 0, 1), Tile.In(1, 0, 256));
    }

    [Fact]
    public void A_path_of_a_tile_is_read_in_its_one_spelling() =>
        Gen.Select(Gen.Int[-1, 7], Gen.Long[0, 1_000_000_000], Gen.Int[1, 256]).Sample((level, index, width) =>
        {
            var tile = new Tile(level, index, width);
            Assert.True(Tile.TryParse(tile.Path, out var read));
            Assert.Equal(tile, read);
        });

    [Theory]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/1000")]
    [InlineData("tile/0/x000/001")]
    [InlineData("tile/00/001")]
    [InlineData("tile/8/001")]
    [InlineData("tile/-1/001")]
    [InlineData("tile/0/001.p/0")]
    [InlineData("tile/0/001.p/256")]
    [InlineData("tile/0/001.p/07")]
    [InlineData("tile/0/001.p/")]
    [InlineData("tile/0/001/002")]
    [InlineData("tile/0/../checkpoint")]
    [InlineData("tile/0//001")]
    [InlineData("tile/0")]
    [InlineData("/tile/0/001")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("")]
    public void Another_spelling_is_no_tile(string path) => Assert.False(Tile.TryParse(path, out _));

    [Fact]
    public void A_bundle_is_taken_apart_as_it_was_made_and_refuses_anything_else()
    {
        var leaves = Leaves(5);
        var log = MemoryLog.Of(leaves);
        var tile = new Tile(Tile.EntriesLevel, 0, 5);
        var bundle = log.Files[tile.Path];

        Assert.Equal(leaves, EntryBundle.Read(tile, bundle).Select(leaf => leaf.ToArray()));
        for (var length = 0; length < bundle.Length; length++)
            Assert.Throws<LedgerException>(() => EntryBundle.Read(tile, bundle.AsMemory(0, length)));
        Assert.Throws<LedgerException>(() => EntryBundle.Read(tile, (byte[])[.. bundle, 0]));
        Assert.Throws<LedgerException>(() => EntryBundle.Read(tile with { Width = 6 }, bundle));
    }

    [Theory]
    [InlineData(EntryBundle.LeafBytesMax, false)]
    [InlineData(EntryBundle.LeafBytesMax + 1, true)]
    public void An_entry_too_long_for_a_bundle_is_named_by_its_hash(int length, bool isLarge)
    {
        var canonical = new byte[length];
        canonical[0] = (byte)'{';
        var leaf = EntryBundle.LeafOf(canonical);

        Assert.Equal(isLarge, EntryBundle.LargePathOf(leaf.Span) is { } path && EntryBundle.IsLargePath(path));
        Assert.True(leaf.Length <= EntryBundle.LeafBytesMax);
    }

    [Fact]
    public async Task A_missing_or_short_tile_is_told()
    {
        var log = MemoryLog.Of(Leaves(300));
        log.Files.Remove("tile/0/001.p/44");
        var missing = await Assert.ThrowsAsync<LedgerException>(async () => await new TileTree(log, 300).RootAsync(Cancellation));
        Assert.StartsWith("VP6014: `tile/0/001.p/44` is missing", missing.Message, StringComparison.Ordinal);

        log.Files["tile/0/001.p/44"] = new byte[43 * 32];
        var cut = await Assert.ThrowsAsync<LedgerException>(async () => await new TileTree(log, 300).RootAsync(Cancellation));
        Assert.StartsWith("VP6011: `tile/0/001.p/44` is not what it should be: it has 1376 bytes", cut.Message, StringComparison.Ordinal);
    }

    private static byte[][] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(n => Encoding.ASCII.GetBytes(n.ToString(CultureInfo.InvariantCulture)))];

    private static byte[] Built(byte[][] leaves)
    {
        var builder = new RootBuilder();
        foreach (var leaf in leaves)
            builder.Append(TreeHash.Leaf(leaf));
        return builder.Root();
    }

    /// <summary>The proof with one bit changed, one hash less, and two swapped.</summary>
    private static IEnumerable<IReadOnlyList<byte[]>> Changed(IReadOnlyList<byte[]> proof)
    {
        for (var n = 0; n < proof.Count; n++)
        {
            var flipped = proof.Select(hash => hash.ToArray()).ToArray();
            flipped[n][31] ^= 1;
            yield return flipped;
            yield return [.. proof.Where((_, at) => at != n)];
        }

        if (proof.Count > 1)
            yield return [proof[1], proof[0], .. proof.Skip(2)];
    }
}
