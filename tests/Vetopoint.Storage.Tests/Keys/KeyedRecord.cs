using System.Collections.Immutable;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Keys;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Keys;

/// <summary>A record with its log, its keys and an approver, as an engine opens them.</summary>
internal sealed class KeyedRecord : IAsyncDisposable
{
    /// <summary>The log's thread does nothing, so that each test says itself when to publish.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly ApproverKey _ada;
    private readonly TaskChain _engine = new("engine");

    private KeyedRecord(SqliteLedger ledger, LedgerLog log, RecordKeys keys, ApproverKey ada)
    {
        Ledger = ledger;
        Log = log;
        Keys = keys;
        _ada = ada;
    }

    public SqliteLedger Ledger { get; }

    public LedgerLog Log { get; }

    public RecordKeys Keys { get; }

    public static async Task<KeyedRecord> OpenAsync(TemporaryState state, ApproverKey ada, TimeProvider? time = null, string? place = null)
    {
        time ??= TimeProvider.System;
        SqliteLedger? ledger = state.Open();
        LedgerLog? log = null;
        try
        {
            log = LedgerLog.Open(state.Held, ledger, time, Never, place);
            var keys = await RecordKeys.OpenAsync(state.Held, ledger, log, time, place, TestContext.Current.CancellationToken);
            var record = new KeyedRecord(ledger, log, keys, ada);
            await foreach (var entry in ledger.ReadTaskAsync("engine", 1, TestContext.Current.CancellationToken))
                record._engine.Resume(entry);
            if (record._engine.Sequence == 0)
                await record.AppendAsync(new ApproverEnrolled("ada", ada.Public.Id, ada.Public.Text));
            (ledger, log) = (null, null);
            return record;
        }
        finally
        {
            log?.Dispose();
            if (ledger is not null)
                await ledger.DisposeAsync();
        }
    }

    public async Task AppendAsync(EntryBody body) => await Ledger.AppendAsync(_engine.Next(body));

    public Task AppendAsync() => AppendAsync(new EngineStarted("1", "p"));

    /// <summary>Rotates with ada's proof.</summary>
    public Task RotateAsync(RecordKey key, Func<Task>? before = null, Func<Task>? after = null) => Keys.RotateAsync(key, async rotated =>
    {
        if (before is not null)
            await before();
        await AppendAsync(Proved(rotated));
        if (after is not null)
            await after();
    });

    public KeyRotated Proved(KeyRotated rotated) => rotated with
    {
        By = "ada",
        Proof = SampleRecord.Prove(_ada, "ada", ApprovalAct.Rotate, ApprovalSubject.RecordKey(rotated.Key, rotated.Old)),
    };

    /// <summary>Verifies the record and the log against public keys that were taken at any time.</summary>
    public static async Task<ImmutableArray<Finding>> VerifyAsync(
        TemporaryState state, string headKey, string logKey, ImmutableArray<SignedHead> heads = default, ImmutableArray<SignedNote> checkpoints = default)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var log = new LogFolder(Path.Combine(state.Path, "log"));
        var note = NoteKey.TryParse(logKey, out _)!;
        var ofLog = await LogVerifier.VerifyAsync(
            log, new LogVerificationOptions { Key = note, KnownCheckpoints = checkpoints.IsDefault ? [] : checkpoints }, cancellation);
        var own = SignedNote.Parse(await File.ReadAllBytesAsync(log.FileOf(LogFolder.CheckpointName), cancellation));
        using var record = SqliteStoredRecord.Open(state.LedgerFile);
        var ofRecord = LedgerVerifier.Verify(
            record,
            new VerificationOptions
            {
                Key = EcdsaPublicKey.TryParse(headKey, out _)!,
                LogKey = note,
                OwnCheckpoint = own,
                KnownHeads = heads.IsDefault ? [] : heads,
                KnownCheckpoints = checkpoints.IsDefault ? [] : checkpoints,
            },
            cancellation);
        return [.. ofRecord.Findings, .. ofLog.Findings];
    }

    public async ValueTask DisposeAsync()
    {
        Log.Dispose();
        await Ledger.DisposeAsync();
    }
}
