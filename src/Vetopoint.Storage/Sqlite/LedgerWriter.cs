using System.Globalization;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;

namespace Vetopoint.Storage.Sqlite;

/// <summary>
/// The one writer of a record, on a thread of its own, because SQLite's calls block. Per turn:
/// 1. takes everything that waits, up to a limit;
/// 2. refuses each entry that does not follow its task's newest one, without touching the others;
/// 3. stores the rest and the new signed head in one transaction;
/// 4. tells each caller, once the transaction is on disk;
/// 5. now and then moves the WAL into the database.
/// </summary>
/// <remarks>
/// INVARIANT: a caller hears success only after the commit returned, and failure only when nothing of its entry is or ever will be stored.
/// When neither is certain the process stops.
/// </remarks>
internal sealed class LedgerWriter
{
    private readonly string _file;
    private readonly SqliteLedgerOptions _options;
    private readonly AppendQueue _queue;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Owned by the writer's thread.
    private readonly List<PendingAppend> _batch = [];
    private readonly TaskHeads _heads = new(StorageLimits.RememberedTasks);
    private LedgerDatabase? _database;
    private long? _seenVersion;
    private int _entriesSinceCheckpoint;
    private int _transactionsSinceCheckpoint;
    private long _bytesSinceCheckpoint;
    private bool _erases;
    private bool _logHoldsErased;
    private string? _refusesAll;
    private HeadKey _key;

    // The key that may take over. Owned by who prepared it, until the writer's thread takes it.
    private HeadKey? _next;
    private volatile EcdsaPublicKey _public;

    private volatile SignedHead _acknowledged;
    private long _transactions;

    public LedgerWriter(string file, LedgerDatabase database, HeadKey key, SignedHead head, SqliteLedgerOptions options)
    {
        _file = file;
        _database = database;
        _key = key;
        _public = key.Public;
        _acknowledged = head;
        _options = options;
        _queue = new AppendQueue(options.QueueEntriesMax, StorageLimits.QueueBytesMax, StorageLimits.GatherMax);
        _thread = new Thread(Run) { Name = "Ledger writer", IsBackground = true };
    }

    /// <summary>The newest head that is on disk.</summary>
    public SignedHead Acknowledged => _acknowledged;

    /// <summary>Transactions that were committed.</summary>
    public long Transactions => Interlocked.Read(ref _transactions);

    /// <summary>Entries that wait to be written.</summary>
    public int Waiting => _queue.Count;

    /// <summary>The public half of the key that signs.</summary>
    public EcdsaPublicKey Key => _public;

    /// <summary>Lets an entry that says so have this key take over.</summary>
    public void Prepare(HeadKey next)
    {
        if (Interlocked.CompareExchange(ref _next, next, null) is not null)
            throw new InvalidOperationException("one change of a key at a time");
    }

    /// <summary>Forgets a key that did not take over. Only when no entry that says so waits.</summary>
    public void Withdraw() => Interlocked.Exchange(ref _next, null)?.Dispose();

    public void Start() => _thread.Start();

    /// <summary>Takes nothing new, writes what waits, and ends the thread.</summary>
    public Task StopAsync()
    {
        _queue.Close();
#pragma warning disable VSTHRD003 // the thread that completes it never waits for its callers
        return _ended.Task;
#pragma warning restore VSTHRD003
    }

    public Task AppendAsync(Entry entry) => AddAsync(PendingAppend.Of(entry));

    /// <summary>Removes the payloads of a task. Done, and not to be found in the store's files, when it ends.</summary>
    public Task EraseAsync(string task) => AddAsync(PendingAppend.Erasing(task));

    private Task AddAsync(PendingAppend append)
    {
        return _queue.TryAdd(append) switch
        {
            AppendQueue.Addition.Added => append.Task,
            AppendQueue.Addition.Full => Task.FromException(new LedgerException(
                $"{StorageCodes.QueueFull}: The entry was not recorded: too many entries wait to be written. Try again later; if it stays so, " +
                "the disk is too slow for this load.")),
            AppendQueue.Addition.Closed => Task.FromException(new LedgerException(
                $"{StorageCodes.Stopped}: The entry was not recorded: the engine is stopping.")),
        };
    }

    private void Run()
    {
        // A bug here ends the process as an unhandled exception: no caller may hear anything that is not certain.
        while (_queue.Take(_batch, _options.BatchEntriesMax))
        {
            if (!Write())
                return;
            _batch.Clear();
        }

        Close();
        _key.Dispose();
        _ended.SetResult();
    }

    /// <summary>Writes one batch. False when the process had to stop.</summary>
    private bool Write()
    {
        if (_refusesAll is { } reason)
        {
            RefuseAll(new LedgerException(reason));
            return true;
        }

        var began = CommitTimes.IsWanted ? _options.Time.GetTimestamp() : 0;
        SignedHead? head;
        HeadKey? takesOver;
        try
        {
            ReopenAfterFault();
            if (!TryStore(out head, out takesOver))
                return true;
        }
        catch (SqliteException fault)
        {
            // The transaction was never asked to commit.
            GiveUp(fault);
            return true;
        }
        catch (LedgerException)
        {
            // The stored head, or the newest entry of a task, is not what was written.
            RefuseForGood();
            return true;
        }

        if (head is null)
        {
            Answer();
            return true;
        }

        try
        {
            if (_options.Commit is { } commit)
                commit(_database!);
            else
                _database!.Commit();
        }
        catch (SqliteException fault) when (SqliteFaults.CertainlyNotCommitted(fault))
        {
            GiveUp(fault);
            return true;
        }
        catch (SqliteException fault)
        {
            _options.StopProcess(
                $"{StorageCodes.CommitUnknown}: It is not known whether the record's newest entries are on disk ({fault.Message}), so the engine " +
                "stops. Check the disk, then start it again: it finds out by itself.");
            return false;
        }

        _acknowledged = head;
        if (takesOver is not null)
            TakeOver(takesOver);
        Interlocked.Increment(ref _transactions);
        if (_erases)
            EmptyLog();
        Answer();
        if (began != 0)
            CommitTimes.Record(_options.Time.GetElapsedTime(began), _batch.Count);
        CheckpointWhenDue();
        return true;
    }

    /// <summary>Stores what may be stored, without committing. <paramref name="head"/> is null when nothing may.</summary>
    /// <returns>False when everything was refused because something else wrote to the record.</returns>
    private bool TryStore(out SignedHead? head, out HeadKey? takesOver)
    {
        head = null;
        takesOver = null;
        var database = _database!;
        database.Begin();

        // INVARIANT: also after a fault, nothing is written unless the record is exactly what was acknowledged.
        if (!IsAsAcknowledged(database))
        {
            RefuseForGood();
            return false;
        }

        _erases = false;
        var position = _acknowledged.Head.Position;
        var running = _acknowledged.Head.Running.ToArray();
        foreach (var append in _batch)
        {
            if (append.Erases is { } erased)
            {
                database.ErasePayloads(erased);
                _erases = true;
            }

            if (append.Entry is not { } entry)
                continue;
            var newest = Newest(entry.Task);
            append.Refusal = Refusal(entry, newest) ?? KeyRefusal(entry, takesOver);
            if (append.Refusal is not null)
                continue;
            if (entry.Body is KeyRotated { Key: RecordKeyNames.Head })
                takesOver = _next;
            RunningHash.Extend(running, entry.Hash.Span);
            database.Insert(++position, entry, running);
            _heads.Set(entry.Task, new TaskHead(entry.Sequence, entry.Hash));
        }

        if (position == _acknowledged.Head.Position && !_erases)
        {
            database.Rollback();
            return true;
        }

        head = (takesOver ?? _key).Sign(new LedgerHead(_acknowledged.Head.Ledger, position, running, _options.Time.GetUtcNow()));
        database.ReplaceHead(head);
        return true;
    }

    /// <summary>An entry that has another key take over is stored only together with a head that this key signs.</summary>
    private LedgerException? KeyRefusal(Entry entry, HeadKey? takesOver)
    {
        if (entry.Body is not KeyRotated { Key: RecordKeyNames.Head } rotated)
            return null;
        return takesOver is null && Volatile.Read(ref _next) is { } next
            && string.Equals(rotated.New, next.Public.Text, StringComparison.Ordinal) && string.Equals(rotated.Old, _key.Public.Text, StringComparison.Ordinal)
            ? null
            : new LedgerException($"{StorageCodes.KeyForeign}: The entry was not recorded: the key that would take over is not at hand. Rotate again.");
    }

    private void TakeOver(HeadKey next)
    {
        Interlocked.Exchange(ref _next, null);
        _key.Dispose();
        _key = next;
        _public = next.Public;
    }

    private TaskHead Newest(string task)
    {
        if (_heads.TryGet(task, out var head))
            return head;
        head = _database!.NewestOfTask(task);
        _heads.Set(task, head);
        return head;
    }

    private static LedgerException? Refusal(Entry entry, TaskHead newest)
    {
        var next = newest.Sequence + 1;
        if (entry.Sequence != next)
        {
            return new LedgerException(
                $"{StorageCodes.NotNext}: The entry was not recorded: it is number {Number(entry.Sequence)} of task `{entry.Task}`, whose next number " +
                $"is {Number(next)}. Read the task again and judge again.");
        }

        return entry.Previous.Span.SequenceEqual(newest.Hash.Span)
            ? null
            : new LedgerException(
                $"{StorageCodes.NotNext}: The entry was not recorded: it does not follow the newest entry of task `{entry.Task}`. Read the task again " +
                "and judge again.");
    }

    /// <summary>After a fault nothing of the connection is trusted, nor what was remembered while it failed.</summary>
    private void ReopenAfterFault()
    {
        if (_database is not null)
            return;
        _heads.Clear();
        _seenVersion = null;
        _database = LedgerDatabase.Open(_file);
        _options.Opened?.Invoke(_database);
    }

    /// <summary>
    /// True when the record ends exactly where it did when the last caller was answered. It is read again only when some other connection
    /// committed since, or this one is new.
    /// </summary>
    private bool IsAsAcknowledged(LedgerDatabase database)
    {
        var version = database.VersionByOthers();
        if (version == _seenVersion)
            return true;
        if (!EndsAsAcknowledged(database))
            return false;
        _seenVersion = version;
        return true;
    }

    private bool EndsAsAcknowledged(LedgerDatabase database)
    {
        var head = _acknowledged.Head;
        if (database.ReadHead() is not { } stored || !stored.Head.Agrees(head))
            return false;
        return database.Newest() is { } newest
            ? newest.Position == head.Position && newest.Running.AsSpan().SequenceEqual(head.Running.Span)
            : head.Position == 0;
    }

    private void CheckpointWhenDue()
    {
        _entriesSinceCheckpoint += _batch.Count;
        _transactionsSinceCheckpoint++;
        foreach (var append in _batch)
            _bytesSinceCheckpoint += append.Bytes;
        if (_entriesSinceCheckpoint < StorageLimits.CheckpointEntries
            && _transactionsSinceCheckpoint < StorageLimits.CheckpointTransactions
            && _bytesSinceCheckpoint < StorageLimits.CheckpointBytes)
            return;
        _entriesSinceCheckpoint = 0;
        _transactionsSinceCheckpoint = 0;
        _bytesSinceCheckpoint = 0;
        if (_logHoldsErased)
        {
            EmptyLog();
            return;
        }

        try
        {
            _database?.Checkpoint();
        }
        catch (SqliteException)
        {
            // What was acknowledged is in the WAL, so nothing is lost. Whatever is wrong meets the next append on a fresh connection.
            Abandon();
        }
    }

    /// <summary>
    /// The write-ahead log still holds the pages as they were. A reader can keep it from being emptied; then that is tried again with each
    /// checkpoint. What is left there cannot be opened: its key is destroyed before.
    /// </summary>
    private void EmptyLog()
    {
        try
        {
            _logHoldsErased = _database is { } database && !database.CheckpointWhole();
        }
        catch (SqliteException)
        {
            // As with any checkpoint: nothing is lost, and whatever is wrong meets the next append.
            _logHoldsErased = true;
            Abandon();
        }
    }

    /// <summary>Everyone in the batch hears how their entry fared.</summary>
    private void Answer()
    {
        _queue.Expect(_batch.Count);
        foreach (var append in _batch)
        {
            if (append.Refusal is { } refusal)
                append.SetException(refusal);
            else
                append.SetResult();
        }
    }

    /// <summary>Nothing of the batch was stored. The connection is not trusted any more.</summary>
    private void GiveUp(SqliteException fault)
    {
        Abandon();
        RefuseAll(SqliteFaults.NotStored(fault));
    }

    private void RefuseForGood()
    {
        Abandon();
        _refusesAll =
            $"{StorageCodes.ChangedByOther}: The entry was not recorded: something other than this engine wrote to the record. Stop the engine, " +
            "and run `vetopoint ledger verify` before starting it again.";
        RefuseAll(new LedgerException(_refusesAll));
    }

    private void RefuseAll(LedgerException refusal)
    {
        foreach (var append in _batch)
            append.SetException(append.Refusal ?? refusal);
    }

    /// <summary>Closing a connection takes back its open transaction.</summary>
    private void Abandon()
    {
        _database?.Dispose();
        _database = null;
    }

    private void Close()
    {
        try
        {
            _database?.CheckpointWhole();
        }
        catch (SqliteException)
        {
            // Everything is in the WAL, which start-up reads.
        }

        Abandon();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
