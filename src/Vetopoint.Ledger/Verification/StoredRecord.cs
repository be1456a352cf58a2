using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Verification;

/// <summary>A record as it lies in its store, before anything in it is believed.</summary>
public interface IStoredRecord
{
    /// <summary>The bytes of the signed head; null when there is none.</summary>
    byte[]? ReadHead();

    /// <summary>Damage to the store itself that reading does not meet, each as a few words; empty when there is none. It is read while another
    /// thread reads the entries.</summary>
    /// <exception cref="LedgerException">It cannot be looked for.</exception>
    IEnumerable<string> ReadDamage();

    /// <summary>Everything that is stored, in the order of positions, as of the moment the head was read.</summary>
    /// <exception cref="LedgerException">It cannot be read further.</exception>
    IEnumerable<StoredEntry> ReadEntries();

    /// <summary>The ciphertext that lies beside the entry at a position; null when none does.</summary>
    /// <exception cref="LedgerException">It cannot be read.</exception>
    byte[]? ReadPayload(long position) => null;
}

/// <summary>One stored entry, with what the store keeps beside it.</summary>
/// <param name="Running">The running hash after this entry.</param>
public sealed record StoredEntry(
    long Position, string Task, long Sequence, string Kind, string? Attempt, ReadOnlyMemory<byte> Canonical, ReadOnlyMemory<byte> Running);
