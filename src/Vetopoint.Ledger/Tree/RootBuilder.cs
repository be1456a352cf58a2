using System.Numerics;

namespace Vetopoint.Ledger.Tree;

/// <summary>Makes the root of a tree from its leaves' hashes in order, remembering one hash for each level only.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class RootBuilder
{
    private const int LevelsMax = 64;

    // The hash at index n is of a perfect subtree of 2^n leaves; it counts when bit n of the size is set.
    private readonly byte[] _subtrees = new byte[LevelsMax * TreeHash.Bytes];

    public long Size { get; private set; }

    public void Append(ReadOnlySpan<byte> leafHash)
    {
        Span<byte> hash = stackalloc byte[TreeHash.Bytes];
        leafHash.CopyTo(hash);
        var level = 0;
        for (; (Size >> level & 1) == 1; level++)
            TreeHash.Node(At(level), hash, hash);
        hash.CopyTo(At(level));
        Size++;
    }

    /// <summary>The root over all leaves so far.</summary>
    public byte[] Root()
    {
        if (Size == 0)
            return TreeHash.Empty.ToArray();
        var level = BitOperations.TrailingZeroCount(Size);
        var root = At(level).ToArray();
        for (level++; Size >> level != 0; level++)
        {
            if ((Size >> level & 1) == 1)
                TreeHash.Node(At(level), root, root);
        }

        return root;
    }

    private Span<byte> At(int level) => _subtrees.AsSpan(level * TreeHash.Bytes, TreeHash.Bytes);
}
