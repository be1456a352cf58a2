using Vetopoint.Ledger;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Storage.Backups;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Keys;

/// <summary>
/// The two keys of the record that an engine works on. What the record says of them stands in a task of its own, whose chain begins when the keys are made:
/// that they belong together, and each restoration from a backup. Changes stand in the engine's chain, where a person's proof is checked.
/// </summary>
public sealed class RecordKeys : IRecordKeys
{
    /// <summary>The task in whose chain the record speaks of itself.</summary>
    public const string Task = "record";

    private readonly StateDirectory _directory;
    private readonly SqliteLedger _ledger;
    private readonly LedgerLog _log;

    private RecordKeys(StateDirectory directory, SqliteLedger ledger, LedgerLog log)
    {
        _directory = directory;
        _ledger = ledger;
        _log = log;
    }

    /// <summary>
    /// Where the next key of the log lies, when that is a token and no file: a URI of RFC 7512. It is read once, at the start, so that what an approver
    /// was shown is what is taken.
    /// </summary>
    public string? PlaceOfNextLogKey { get; init; }

    private string Ledger => _ledger.Acknowledged.Head.Ledger;

    /// <summary>Takes up the keys of an open record and log, and records what is not yet: which keys these are.</summary>
    /// <exception cref="LedgerException">They cannot be recorded, so the engine must not run.</exception>
    public static async Task<RecordKeys> OpenAsync(
        StateDirectoryLock held, SqliteLedger ledger, LedgerLog log, TimeProvider time, string? placeOfNextLogKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(held);
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(time);
        var keys = new RecordKeys(held.Directory, ledger, log) { PlaceOfNextLogKey = placeOfNextLogKey ?? LogKeyFile.ReadPlace(held.Directory) };
        await keys.RecordRestorationAsync(time, cancellationToken);
        if (!ledger.Keys.IsBound)
            await keys.BindAsync(time, cancellationToken);
        return keys;
    }

    public string Current(RecordKey key) => key switch
    {
        RecordKey.Head => _ledger.HeadKey.Text,
        RecordKey.Log => _log.Key.ToString(),
        RecordKey.None => throw new ArgumentOutOfRangeException(nameof(key), key, "a record has two keys"),
    };

    public string PlaceOfNext(RecordKey key) => key switch
    {
        RecordKey.Head => _directory.HeadKeyFile,
        RecordKey.Log => PlaceOfNextLogKey ?? _directory.LogKeyFile,
        RecordKey.None => throw new ArgumentOutOfRangeException(nameof(key), key, "a record has two keys"),
    };

    public Task RotateAsync(RecordKey key, Func<KeyRotated, Task> recordAsync)
    {
        ArgumentNullException.ThrowIfNull(recordAsync);
        return key switch
        {
            RecordKey.Head => GuardedAsync(() => RotateHeadAsync(recordAsync)),
            RecordKey.Log => GuardedAsync(() => RotateLogAsync(recordAsync)),
            RecordKey.None => throw new ArgumentOutOfRangeException(nameof(key), key, "a record has two keys"),
        };
    }

    private async Task RotateHeadAsync(Func<KeyRotated, Task> recordAsync)
    {
        // The writer's thread signs with the key meanwhile, so this is another copy of it.
        using var old = HeadKeyFile.Open(_directory);
#pragma warning disable CA2000 // the ledger takes it over with PrepareKey
        var next = HeadKey.Create();
#pragma warning restore CA2000
        var name = next.Public;
        var rotated = KeyStatement.Rotate(Ledger, old, next);
        _directory.Write(_directory.NextHeadKeyFile, next.ToPem() + "\n"); // 1.
        _ledger.PrepareKey(next);
        try
        {
            await recordAsync(rotated); // 2.
        }
        finally
        {
            // Whether it was recorded is what the writer says, whatever became of the entries behind it.
            if (_ledger.SettleKey(name))
                HeadKeyFile.PutInPlace(_directory, name); // 3.
            else
                File.Delete(_directory.NextHeadKeyFile);
        }
    }

    private async Task RotateLogAsync(Func<KeyRotated, Task> recordAsync)
    {
        var (next, text) = LogKeyFile.Make(Checkpoint.OriginOf(Ledger), PlaceOfNextLogKey);
        var name = next.Public;
        try
        {
            if (string.Equals(name.ToString(), _log.Key.ToString(), StringComparison.Ordinal))
                throw SameKey();
            _directory.Write(_directory.NextLogKeyFile, text); // 1.
        }
        catch
        {
            next.Dispose();
            throw;
        }

        try
        {
            // From here on checkpoints are signed by both, so that whichever the record names at any moment has signed them. A token may refuse.
            var rotated = _log.Prepare(next, Ledger);
            await recordAsync(rotated); // 2.
        }
        finally
        {
            if (_ledger.ReadKeysAnew().Log is { } named && string.Equals(named.ToString(), name.ToString(), StringComparison.Ordinal))
            {
                _log.TakeOver();
                LogKeyFile.PutInPlace(_directory, name); // 3.
            }
            else
            {
                _log.Withdraw();
                File.Delete(_directory.NextLogKeyFile);
            }
        }
    }

    private LedgerException SameKey() => new(
        $"{LedgerCodes.TokenRefused}: The key that `{_directory.LogKeyTokenFile}` names is the log's key already. Make another key in the token, name it there and restart the " +
        "engine; or delete that file and restart, for a key in a file.");

    /// <summary>The first entry behind a backup says that the record goes on from there, once.</summary>
    private async Task RecordRestorationAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (RecordRestoration.Read(_directory) is not { } restored)
            return;
        var head = _ledger.Acknowledged.Head;
        if (head.Position == restored.Position)
        {
            if (!string.Equals(Convert.ToHexStringLower(head.Running.Span), restored.Running, StringComparison.Ordinal) || !string.Equals(head.Ledger, restored.Ledger, StringComparison.Ordinal))
                throw new LedgerException($"{StorageCodes.BackupInvalid}: The record is not the one that was restored. Restore the backup again.");
            await AppendAsync(restored, time, cancellationToken);
        }
        else if (_ledger.Reader.At(restored.Position + 1)?.Body is not RecordRestored)
        {
            throw new LedgerException($"{StorageCodes.BackupInvalid}: The record does not end where the backup did that was restored. Restore the backup again.");
        }

        RecordRestoration.Forget(_directory);
    }

    private async Task BindAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var head = HeadKeyFile.Open(_directory);
        await AppendAsync(_log.Bind(Ledger, head), time, cancellationToken);
        _ledger.ReadKeysAnew();
    }

    private async Task AppendAsync(EntryBody body, TimeProvider time, CancellationToken cancellationToken)
    {
        var (sequence, previous) = (0L, Entry.NoPrevious);
        await foreach (var entry in _ledger.ReadTaskAsync(Task, 1, cancellationToken))
            (sequence, previous) = (entry.Sequence, entry.Hash);
        await _ledger.AppendAsync(Entry.Seal(Task, sequence + 1, previous, time.GetUtcNow(), body));
    }

    private async Task GuardedAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{StorageCodes.StateUnusable}: The keys in `{_directory.Path}` cannot be written: {fault.Message} Free some space or make it writable. If the change was " +
                "recorded, the next start puts the new key in its place.", fault);
        }
    }
}
