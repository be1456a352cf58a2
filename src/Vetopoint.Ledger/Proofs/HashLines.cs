using System.Collections.Immutable;
using System.Text;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Proofs;

/// <summary>The hashes of a proof as lines of base64.</summary>
internal static class HashLines
{
    /// <summary>Null when a line is no hash, or there are too many.</summary>
    public static ImmutableArray<byte[]>? Parse(ReadOnlySpan<string> lines)
    {
        if (lines.Length > LedgerLimits.ProofHashesMax)
            return null;
        var hashes = ImmutableArray.CreateBuilder<byte[]>(lines.Length);
        foreach (var line in lines)
        {
            if (StrictBase64.Decode(line) is not { Length: TreeHash.Bytes } hash)
                return null;
            hashes.Add(hash);
        }

        return hashes.DrainToImmutable();
    }

    public static string Of(IEnumerable<byte[]> hashes)
    {
        var text = new StringBuilder();
        foreach (var hash in hashes)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return text.ToString();
    }
}
