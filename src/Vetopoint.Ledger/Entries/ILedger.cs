namespace Vetopoint.Ledger.Entries;

/// <summary>The append-only record. One engine writes it; anyone may read and verify it.</summary>
/// <remarks>Two implementations: SQLite (embedded) and, later, PostgreSQL. One storage suite runs against both.</remarks>
public interface ILedger
{
    /// <summary>
    /// Enqueues a sealed entry. The order of calls is the order in the record. Returns at once; the task completes when
    /// the entry is on disk, and faults with <see cref="LedgerException"/> when it is not and never will be
    /// (the queue is full, the sequence is taken, the store failed).
    /// </summary>
    Task AppendAsync(Entry entry);

    /// <summary>The entries of one task in order, from a sequence on.</summary>
    IAsyncEnumerable<Entry> ReadTaskAsync(string task, long fromSequence, CancellationToken cancellationToken);

    /// <summary>Entries of some kinds over all tasks, in the order they became durable.</summary>
    IAsyncEnumerable<Entry> ReadKindsAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken);

    /// <summary>The newest entries over all tasks, newest first.</summary>
    IAsyncEnumerable<Entry> ReadNewestAsync(int count, CancellationToken cancellationToken);
}

/// <summary>An entry could not be made durable. Whatever waits for it is denied.</summary>
public sealed class LedgerException : Exception
{
    public LedgerException(string message) : base(message) { }

    public LedgerException(string message, Exception innerException) : base(message, innerException) { }
}
