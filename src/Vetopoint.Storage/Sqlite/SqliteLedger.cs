using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Storage.Keys;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Sqlite;

/// <summary>The record in a SQLite file of the state directory. It writes as long as it lives, and nothing else may.</summary>
public sealed class SqliteLedger : ILedger, IPayloads, IAsyncDisposable
{
    private readonly LedgerWriter _writer;
    private readonly SqliteLedgerReader _reader;

    private volatile KeyChain _keys;

    private SqliteLedger(LedgerWriter writer, SqliteLedgerReader reader, KeyChain keys)
    {
        _writer = writer;
        _reader = reader;
        _keys = keys;
    }

    /// <summary>The newest head whose entries were acknowledged: what to keep elsewhere, and to hand to a verification.</summary>
    public SignedHead Acknowledged => _writer.Acknowledged;

    /// <summary>Reading beyond <see cref="ILedger"/>.</summary>
    public SqliteLedgerReader Reader => _reader;

    /// <summary>Entries that wait to be written.</summary>
    public int Waiting => _writer.Waiting;

    /// <summary>The public half of the key that signs heads now.</summary>
    public EcdsaPublicKey HeadKey => _writer.Key;

    /// <summary>What the record's entries say of its keys, as of when they last changed. Not to be changed.</summary>
    internal KeyChain Keys => _keys;

    internal long Transactions => _writer.Transactions;

    /// <summary>Opens the record, recovers it after a crash, and makes it when there has never been one.</summary>
    /// <exception cref="LedgerException">The record, its key or its head is missing or does not fit; the message says what to do.</exception>
    public static SqliteLedger Open(StateDirectoryLock held, SqliteLedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(options);
        var directory = held.Directory;
        LedgerDatabase? database = null;
        HeadKey? key = null;
        SqliteLedgerReader? reader = null;
        try
        {
            var wasMade = File.Exists(directory.HeadPublicKeyFile);
            if (wasMade && IsBlank(directory.LedgerFile))
                throw Missing(directory);
            if (!wasMade)
                BeginFile(directory.LedgerFile);
            database = LedgerDatabase.Open(directory.LedgerFile);
            options.Opened?.Invoke(database);

            // What a first start that was cut off leaves has no tables, and nothing was ever acknowledged: it is begun again.
            var isNew = !wasMade && database.IsEmpty();
            key = isNew ? HeadKeyFile.OpenOrMake(directory) : HeadKeyFile.Open(directory);
            SignedHead head;
            if (isNew)
                head = Create(database, key, options.Time);
            else
                (head, key) = ReadHead(directory, database, key);
            database.AddPayloadsWhenAbsent();
            reader = SqliteLedgerReader.Open(directory.LedgerFile);
            var keys = reader.ReadKeys();
            HeadKeyFile.Require(directory, key.Public, keys);

            var writer = new LedgerWriter(directory.LedgerFile, database, key, head, options);
            writer.Start();
            var ledger = new SqliteLedger(writer, reader, keys);
            database = null;
            key = null;
            reader = null;
            return ledger;
        }
        catch (SqliteException fault)
        {
            throw SqliteFaults.NotOpened(directory.LedgerFile, fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{StorageCodes.StateUnusable}: The state in `{directory.Path}` cannot be used: {fault.Message} Make it readable and writable for " +
                "this user.", fault);
        }
        finally
        {
            database?.Dispose();
            key?.Dispose();
            reader?.Dispose();
        }
    }

    public Task AppendAsync(Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return _writer.AppendAsync(entry);
    }

    public IAsyncEnumerable<Entry> ReadTaskAsync(string task, long fromSequence, CancellationToken cancellationToken) =>
        _reader.ReadTaskAsync(task, fromSequence, cancellationToken);

    public IAsyncEnumerable<Entry> ReadKindsAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken) =>
        _reader.ReadKindsAsync(kinds, cancellationToken);

    public IAsyncEnumerable<Entry> ReadNewestAsync(int count, CancellationToken cancellationToken) =>
        _reader.ReadNewestAsync(count, cancellationToken);

    public byte[]? Read(string task, long sequence) => _reader.ReadPayload(task, sequence);

    public Task EraseAsync(string task)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        return _writer.EraseAsync(task);
    }

    /// <summary>Writes what waits, then closes the record.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.StopAsync();
        _reader.Dispose();
    }

    /// <summary>True when no byte of the file was ever written: it is absent, empty, or has a length and nothing in it, which a power cut can leave.</summary>
    private static bool IsBlank(string file)
    {
        const int FirstPagesBytes = 64 * 1024;
        return !File.Exists(file)
            || (new FileInfo(file).Length <= FirstPagesBytes && !File.ReadAllBytes(file).AsSpan().ContainsAnyExcept((byte)0));
    }

    private static void BeginFile(string file)
    {
        if (IsBlank(file))
            File.Delete(file);
        StateDirectory.CreatePrivate(file);
    }

    /// <summary>Has the writer sign with another key from the entry on that says so. It takes the key over.</summary>
    internal void PrepareKey(HeadKey next) => _writer.Prepare(next);

    /// <summary>True when the prepared key took over; when it did not, it is forgotten.</summary>
    internal bool SettleKey(EcdsaPublicKey next)
    {
        _writer.Withdraw();
        var tookOver = string.Equals(HeadKey.Text, next.Text, StringComparison.Ordinal);
        if (tookOver)
            ReadKeysAnew();
        return tookOver;
    }

    /// <summary>Reads again what the entries say of the keys, after one was appended.</summary>
    internal KeyChain ReadKeysAnew() => _keys = _reader.ReadKeys();

    private static SignedHead Create(LedgerDatabase database, HeadKey key, TimeProvider time)
    {
        var ledger = LedgerHead.NewLedger();
        var head = key.Sign(new LedgerHead(ledger, 0, RunningHash.First(ledger), time.GetUtcNow()));
        database.Create(head);
        return head;
    }

    /// <summary>The stored head, and the key that signed it.</summary>
    private static (SignedHead Head, HeadKey Key) ReadHead(StateDirectory directory, LedgerDatabase database, HeadKey key)
    {
        if (!database.IsRecord())
        {
            throw new LedgerException(
                $"{StorageCodes.NotARecord}: `{directory.LedgerFile}` is not a record of a version known here, or its tables were changed. Use a newer `vetopoint`, or restore the " +
                "newest backup.");
        }

        SignedHead? head;
        try
        {
            head = database.ReadHead();
        }
        catch (LedgerException unreadable)
        {
            throw Changed(directory, unreadable);
        }

        if (head is null)
            throw Changed(directory, null);
        if (HeadKeyFile.Settle(directory, key, head) is not { } signer)
            throw string.Equals(head.KeyId, key.Public.Id, StringComparison.Ordinal) ? Changed(directory, null) : HeadKeyFile.Foreign(directory.HeadKeyFile);
        var newest = database.Newest() ?? (0, RunningHash.First(head.Head.Ledger));
        return newest.Position == head.Head.Position && newest.Running.AsSpan().SequenceEqual(head.Head.Running.Span)
            ? (head, signer)
            : throw Changed(directory, null);
    }

    private static LedgerException Changed(StateDirectory directory, Exception? cause) => new(
        $"{StorageCodes.HeadMismatch}: The record in `{directory.LedgerFile}` is not what its signed head says: it was changed while no engine ran. " +
        "Keep the file and run `vetopoint ledger verify`, which says where; then restore the newest backup.", cause!);

    private static LedgerException Missing(StateDirectory directory) => new(
        $"{StorageCodes.RecordMissing}: The record `{directory.LedgerFile}` is missing or empty, though there was one. Restore it from a backup. To begin " +
        $"a new record, move everything out of `{directory.Path}`.");
}
