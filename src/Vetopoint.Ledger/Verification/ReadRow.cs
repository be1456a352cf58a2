using System.Security.Cryptography;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Tree;

namespace Vetopoint.Ledger.Verification;

/// <summary>What a stored row tells by itself, before those around it are looked at.</summary>
/// <param name="Row">The row.</param>
/// <param name="Entry">The entry that its bytes are; null when they are none.</param>
/// <param name="Refusal">Why they are none.</param>
/// <param name="Hash">SHA-256 over its bytes.</param>
/// <param name="Leaf">Its leaf's hash in the tree; empty when that was not asked for.</param>
internal readonly record struct ReadRow(StoredEntry Row, Entry? Entry, string? Refusal, ReadOnlyMemory<byte> Hash, ReadOnlyMemory<byte> Leaf)
{
    public static ReadRow Of(StoredEntry row, bool withLeaf)
    {
        var leaf = withLeaf ? TreeHash.Leaf(EntryBundle.LeafOf(row.Canonical).Span) : default(ReadOnlyMemory<byte>);
        try
        {
            var entry = Entry.DecodeInPlace(row.Canonical);
            return new ReadRow(row, entry, null, entry.Hash, leaf);
        }
        catch (LedgerException refused)
        {
            return new ReadRow(row, null, refused.Message, SHA256.HashData(row.Canonical.Span), leaf);
        }
    }
}
