using System.Security.Cryptography;

namespace Vetopoint.Testing.Ledger;

/// <summary>RFC 6962, section 2.1, word for word and as slow as that: what the real tree is compared with.</summary>
public static class NaiveTree
{
    /// <summary>MTH(D[n]).</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves) => leaves.Count == 0
        ? SHA256.HashData(ReadOnlySpan<byte>.Empty)
        : RootOfHashes([.. leaves.Select(leaf => SHA256.HashData([0, .. leaf]))]);

    public static byte[] RootOfHashes(byte[][] hashes)
    {
        if (hashes.Length == 1)
            return hashes[0];
        var k = K(hashes.Length);
        return SHA256.HashData([1, .. RootOfHashes(hashes[..k]), .. RootOfHashes(hashes[k..])]);
    }

    /// <summary>PATH(m, D[n]).</summary>
    public static IReadOnlyList<byte[]> Path(int m, byte[][] leaves)
    {
        if (leaves.Length == 1)
            return [];
        var k = K(leaves.Length);
        return m < k ? [.. Path(m, leaves[..k]), Root(leaves[k..])] : [.. Path(m - k, leaves[k..]), Root(leaves[..k])];
    }

    /// <summary>PROOF(m, D[n]).</summary>
    public static IReadOnlyList<byte[]> Proof(int m, byte[][] leaves) => Subproof(m, leaves, true);

    private static IReadOnlyList<byte[]> Subproof(int m, byte[][] leaves, bool whole)
    {
        if (m == leaves.Length)
            return whole ? [] : [Root(leaves)];
        var k = K(leaves.Length);
        return m <= k
            ? [.. Subproof(m, leaves[..k], whole), Root(leaves[k..])]
            : [.. Subproof(m - k, leaves[k..], false), Root(leaves[..k])];
    }

    /// <summary>The largest power of two smaller than n.</summary>
    private static int K(int n)
    {
        var k = 1;
        while (k * 2 < n)
            k *= 2;
        return k;
    }
}
