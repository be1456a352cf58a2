using System.Numerics;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Proofs;

/// <summary>Checks inclusion and consistency proofs, by the procedures of RFC 9162, sections 2.1.3.2 and 2.1.4.2.</summary>
public static class TreeProofs
{
    /// <summary>True when the proof shows that the leaf stands at an index of the tree with this size and root.</summary>
    public static bool Includes(long index, long size, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (index < 0 || index >= size || leafHash.Length != TreeHash.Bytes)
            return false;
        var (at, last) = (index, size - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in proof)
        {
            if (last == 0 || sibling.Length != TreeHash.Bytes)
                return false;
            if ((at & 1) == 1 || at == last)
            {
                TreeHash.Node(sibling, hash, hash);
                (at, last) = SkipToRightChild(at, last);
            }
            else
            {
                TreeHash.Node(hash, sibling, hash);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>True when the proof shows that the older tree is the beginning of the newer one.</summary>
    public static bool IsConsistent(
        long olderSize, ReadOnlySpan<byte> olderRoot, long newerSize, ReadOnlySpan<byte> newerRoot, IReadOnlyList<byte[]> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (olderSize < 0 || olderSize > newerSize)
            return false;
        if (olderSize == newerSize)
            return proof.Count == 0 && olderRoot.SequenceEqual(newerRoot) && (olderSize > 0 || olderRoot.SequenceEqual(TreeHash.Empty.Span));
        if (olderSize == 0)
            return proof.Count == 0 && olderRoot.SequenceEqual(TreeHash.Empty.Span);
        return LeadsToBoth(olderSize, olderRoot, newerSize, newerRoot, proof);
    }

    private static bool LeadsToBoth(
        long olderSize, ReadOnlySpan<byte> olderRoot, long newerSize, ReadOnlySpan<byte> newerRoot, IReadOnlyList<byte[]> proof)
    {
        // A perfect older tree is its own first hash.
        var first = BitOperations.IsPow2(olderSize) ? olderRoot.ToArray() : proof.Count > 0 ? proof[0] : [];
        var (at, last) = (olderSize - 1, newerSize - 1);
        while ((at & 1) == 1)
            (at, last) = (at >> 1, last >> 1);
        if (first.Length != TreeHash.Bytes)
            return false;
        var older = first.ToArray();
        var newer = first.ToArray();
        for (var n = BitOperations.IsPow2(olderSize) ? 0 : 1; n < proof.Count; n++)
        {
            var hash = proof[n];
            if (last == 0 || hash.Length != TreeHash.Bytes)
                return false;
            if ((at & 1) == 1 || at == last)
            {
                TreeHash.Node(hash, older, older);
                TreeHash.Node(hash, newer, newer);
                (at, last) = SkipToRightChild(at, last);
            }
            else
            {
                TreeHash.Node(newer, hash, newer);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && olderRoot.SequenceEqual(older) && newerRoot.SequenceEqual(newer);
    }

    /// <summary>A node at the right edge without a sibling is its parent, so such levels have no hash in the proof.</summary>
    private static (long At, long Last) SkipToRightChild(long at, long last)
    {
        while ((at & 1) == 0 && at != 0)
            (at, last) = (at >> 1, last >> 1);
        return (at, last);
    }
}
