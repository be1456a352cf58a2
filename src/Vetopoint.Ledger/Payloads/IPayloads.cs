using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Payloads;

/// <summary>What is kept, encrypted, beside entries. It gets there with its entry, in one transaction: see <see cref="Entry.Sealed"/>.</summary>
public interface IPayloads
{
    /// <summary>What is kept beside one entry; null when nothing is.</summary>
    /// <exception cref="LedgerException">It cannot be read.</exception>
    byte[]? Read(string task, long sequence);

    /// <summary>Removes everything that is kept beside the entries of a task, also where the store keeps what it has replaced.</summary>
    /// <exception cref="LedgerException">It could not be removed.</exception>
    Task EraseAsync(string task);
}
