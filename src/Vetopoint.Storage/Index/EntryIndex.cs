using System.Globalization;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Storage.Index;

/// <summary>
/// The index beside a record: which entries have which facts. It is made from the record, by whoever asks or by the engine's follower, and only helps to find:
/// what is found is read from the record and looked at again. It may be behind or absent; deleting it makes it anew.
/// </summary>
public sealed class EntryIndex : IDisposable
{
    private readonly RecordFile _record;
    private readonly string _file;
    /// <summary>How many entries the record had in whole blocks when all of them were in the index; -1 before.</summary>
    private long _completeAt = -1;

    private readonly Dictionary<string, TaskOpened?> _opened = new(StringComparer.Ordinal);

    private EntryIndex(string record, string file)
    {
        _record = new RecordFile(record);
        _file = file;
    }

    /// <summary>The index of a record, whether or not either exists yet.</summary>
    public static EntryIndex Of(string recordFile, string indexFile) => new(recordFile, indexFile);

    /// <summary>
    /// Adds every whole block of entries that the record has and the index has not. An index that is damaged or of another record is made anew. Safe
    /// while an engine writes the record and while others add to the index.
    /// </summary>
    /// <param name="progress">Told how many entries are in the index, and how many will be.</param>
    /// <exception cref="LedgerException">The index cannot be written, or the record cannot be read.</exception>
    public void CatchUp(Action<long, long>? progress, CancellationToken cancellationToken)
    {
        while (AddNext(cancellationToken) is var (entries, of) && entries < of)
            progress?.Invoke(entries, of);
    }

    /// <summary>Adds one block.</summary>
    /// <returns>How many entries are in the index, and how many can be.</returns>
    /// <exception cref="LedgerException">The index cannot be written, or the record cannot be read.</exception>
    public (long Entries, long Of) AddNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var of = (_record.Number(Schema.NewestPosition) ?? 0) / IndexBlock.Entries * IndexBlock.Entries;
            if (of == _completeAt && File.Exists(_file))
                return (of, of);
            using var index = OpenOrMakeAnew();
            if (IndexBlock.LastPosition(index.Blocks) <= of)
                index.Add(Make(index.Blocks));
            var entries = index.Blocks * IndexBlock.Entries;
            _completeAt = entries == of ? of : -1;
            return (entries, of);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"{StorageCodes.IndexUnusable}: The index `{_file}` cannot be written: {fault.Message} Queries work without it, slowly.", fault);
        }
    }

    /// <summary>Makes every block anew from the record's entries and says which differ from what is stored: an index can hide entries, this shows it.</summary>
    /// <returns>How many entries the index covers, and what is wrong with it, in sentences.</returns>
    /// <exception cref="LedgerException">The record cannot be read.</exception>
    public (long Entries, IReadOnlyList<string> Differences) Check(CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        try
        {
            using var index = IndexFile.OpenToRead(_file, _record);
            if (index is null)
                return (0, []);
            for (var block = 0L; block < index.Blocks && differences.Count < StorageLimits.IndexDifferencesMax; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (index.Differs(Make(block)) is { } what)
                {
                    differences.Add(string.Create(
                        CultureInfo.InvariantCulture, $"The index of the entries {IndexBlock.FirstPosition(block)} to {IndexBlock.LastPosition(block)} is not what these entries say: {what}."));
                }
            }

            return (index.Blocks * IndexBlock.Entries, differences);
        }
        catch (Exception fault) when (fault is SqliteException or InvalidDataException or InvalidCastException)
        {
            return (0, [.. differences, $"The index cannot be read: {fault.Message}."]);
        }
    }

    public void Dispose() => _record.Dispose();

    private IndexFile OpenOrMakeAnew()
    {
        try
        {
            return IndexFile.OpenToWrite(_file, _record);
        }
        catch (Exception fault) when (fault is InvalidDataException or InvalidCastException || fault is SqliteException { SqliteErrorCode: Damaged or NoDatabase })
        {
            IndexFile.Remove(_file);
            return IndexFile.OpenToWrite(_file, _record);
        }
    }

    private const int Damaged = 11;
    private const int NoDatabase = 26;

    private IndexBlock Make(long block)
    {
        var canonical = _record.Canonical(IndexBlock.FirstPosition(block) - 1, IndexBlock.Entries);
        var running = _record.RunningAt(IndexBlock.LastPosition(block));
        if (canonical.Count != IndexBlock.Entries || running is null)
            throw new LedgerException($"{StorageCodes.IndexUnusable}: The record has become shorter. Run `vetopoint ledger verify`.");
        return IndexBlock.Of(block, [.. canonical.Select(bytes => Entry.Decode(bytes))], running, OpenedOf);
    }

    private TaskOpened? OpenedOf(string task)
    {
        if (_opened.TryGetValue(task, out var opened))
            return opened;
        if (_opened.Count >= StorageLimits.RememberedTasks)
            _opened.Clear();
        return _opened[task] = _record.OpenedOf(task);
    }
}
