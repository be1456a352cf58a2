using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Keys;

/// <summary>The keys of a record that is being written, for who may change them.</summary>
/// <remarks>Beside the record's storage, as <see cref="ILedger"/> is: SQLite's directory now, another store's later.</remarks>
public interface IRecordKeys
{
    /// <summary>The public half of a key, as it stands in the record.</summary>
    string Current(RecordKey key);

    /// <summary>Where the next key is going to be made, in words: a file, or a token.</summary>
    string PlaceOfNext(RecordKey key);

    /// <summary>
    /// Replaces a key. 1. Makes the new one, durably, beside the old one. 2. Has the entry recorded that both sign. 3. Puts the new one in its place.
    /// Whatever is cut short: the record says which of the two counts, and the next start goes by that.
    /// </summary>
    /// <param name="key">Which key.</param>
    /// <param name="recordAsync">Records the entry, with the proof of who wanted it. When it throws nothing was changed.</param>
    /// <exception cref="LedgerException">The new key cannot be made, or the change cannot be recorded. The old key stays.</exception>
    Task RotateAsync(RecordKey key, Func<KeyRotated, Task> recordAsync);
}
