using System.Runtime.Versioning;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Backups;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.Keys;
using Vetopoint.Storage.Tests.State;

namespace Vetopoint.Storage.Tests.Backups;

/// <summary>A backup is whole while entries are written, shows any change, overwrites nothing, and never forks a record silently.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BackupTests : IDisposable
{
    private static readonly DateTimeOffset MadeAt = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryState _state = new();
    private readonly TemporaryState _again = new();
    private readonly ApproverKey _ada = ApproverKey.Create();
    private readonly string _place = Directory.CreateTempSubdirectory("vetopoint-backup-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_place, "backup");

    public void Dispose()
    {
        _ada.Dispose();
        _state.Dispose();
        _again.Dispose();
        Directory.Delete(_place, recursive: true);
    }

    [Fact]
    public async Task A_backup_made_while_entries_are_written_is_whole_and_runs_on()
    {
        SignedHead kept;
        SignedNote note;
        await using (var record = await KeyedRecord.OpenAsync(_state, _ada))
        {
            for (var n = 0; n < 300; n++)
                await record.AppendAsync();
            (kept, note) = (record.Ledger.Acknowledged, record.Log.PublishNow());
            using var enough = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    await record.AppendAsync();
                    record.Log.PublishNow();
                }
            }, Cancellation);
            var manifest = await BackUpAsync(withKeys: true);
            await enough.CancelAsync();
            await writing;
            Assert.True(manifest.Position >= kept.Head.Position);
        }

        await RestoreAsync([kept], [note]);
        await using (var again = await KeyedRecord.OpenAsync(_again, _ada))
        {
            await again.AppendAsync();
            again.Log.PublishNow();
        }

        Assert.Empty(await KeyedRecord.VerifyAsync(_again, Key("ledger-key.pub"), Key("log-key.pub"), [kept], [note]));
    }

    [Fact]
    public async Task The_first_entry_behind_a_backup_says_so_once()
    {
        var manifest = await BackedUpAsync();
        await RestoreAsync();
        var mark = Path.Combine(_again.Path, "restored.json");
        var owed = await File.ReadAllBytesAsync(mark, Cancellation);

        await using (var again = await KeyedRecord.OpenAsync(_again, _ada))
            await again.AppendAsync();

        // A crash after the entry and before the mark was taken away.
        await File.WriteAllBytesAsync(mark, owed, Cancellation);
        File.SetUnixFileMode(mark, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var last = await KeyedRecord.OpenAsync(_again, _ada))
            last.Log.PublishNow();

        var result = Verify(_again);
        var restored = Assert.Single(result.Restorations);
        Assert.Equal((manifest.Position + 1, MadeAt), (restored.Position, restored.BackedUpAt));
        Assert.Empty(result.Findings);
        Assert.False(File.Exists(mark));
    }

    [Fact]
    public async Task A_backup_older_than_what_was_seen_elsewhere_is_refused_and_the_loss_shows_when_it_is_accepted()
    {
        var manifest = await BackedUpAsync();
        SignedHead head;
        SignedNote note;
        await using (var record = await KeyedRecord.OpenAsync(_state, _ada))
        {
            await record.AppendAsync();
            (head, note) = (record.Ledger.Acknowledged, record.Log.PublishNow());
        }

        var byHead = await Assert.ThrowsAsync<LedgerException>(() => RestoreAsync([head], []));
        var byCheckpoint = await Assert.ThrowsAsync<LedgerException>(() => RestoreAsync([], [note]));
        await RestoreAsync([head], [note], acceptsLoss: true);
        await using (var again = await KeyedRecord.OpenAsync(_again, _ada))
        {
            await again.AppendAsync();
            await again.AppendAsync();
            again.Log.PublishNow();
        }

        foreach (var refused in new[] { byHead, byCheckpoint })
        {
            Assert.StartsWith($"VP6465: The backup ends at entry {manifest.Position}", refused.Message, StringComparison.Ordinal);
            Assert.Contains("--accept-loss", refused.Message, StringComparison.Ordinal);
        }

        var found = await KeyedRecord.VerifyAsync(_again, Key("ledger-key.pub"), Key("log-key.pub"), [head], [note]);
        Assert.Contains(found, finding => finding.Code == FindingCodes.KnownHeadDiffers);
        Assert.Contains(found, finding => finding.Code == FindingCodes.KnownCheckpointDiffers);
        Assert.Single(Verify(_again).Restorations);
    }

    [Theory]
    [InlineData("changed", "state/ledger.db")]
    [InlineData("changed", "state/ledger-key.pub")]
    [InlineData("changed", "state/log/checkpoint")]
    [InlineData("removed", "state/ledger.db")]
    [InlineData("removed", "backup.json")]
    [InlineData("added", "state/task-keys")]
    public async Task A_backup_that_is_not_as_it_was_made_is_refused_and_nothing_is_put_in_place(string how, string path)
    {
        await BackedUpAsync();
        var file = Path.Combine(Folder, path);
        if (how == "removed")
            File.Delete(file);
        else
            await File.AppendAllTextAsync(file, "x", Cancellation);

        var refused = await Assert.ThrowsAsync<LedgerException>(() => RestoreAsync());

        Assert.StartsWith("VP6463: ", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_again.Path));
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await BackedUpAsync();
        var backup = await Assert.ThrowsAsync<LedgerException>(() => BackUpAsync(withKeys: false));
        await RestoreAsync();

        var restore = await Assert.ThrowsAsync<LedgerException>(() => RestoreAsync());

        Assert.StartsWith("VP6464: ", backup.Message, StringComparison.Ordinal);
        Assert.StartsWith("VP6464: ", restore.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_keys_are_copied_only_when_they_are_wanted()
    {
        await BackedUpAsync(withKeys: false);

        Assert.Empty(Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Intersect(["ledger-key.pem", "log-key", "log-key.old"]));
        Assert.False(Directory.Exists(Path.Combine(Folder, "state", "task-keys")));
        await RestoreAsync();
        var refused = await Assert.ThrowsAsync<LedgerException>(() => KeyedRecord.OpenAsync(_again, _ada));
        Assert.StartsWith("VP6211: ", refused.Message, StringComparison.Ordinal);

        foreach (var name in new[] { "ledger-key.pem", "log-key" })
            File.Copy(Path.Combine(_state.Path, name), Path.Combine(_again.Path, name));
        await (await KeyedRecord.OpenAsync(_again, _ada)).DisposeAsync();
        Assert.Empty(Verify(_again).Findings);
    }

    [Fact]
    public async Task A_record_that_was_changed_makes_no_backup()
    {
        await using (var record = await KeyedRecord.OpenAsync(_state, _ada))
        {
            await record.AppendAsync();
            record.Log.PublishNow();
        }

        await using (var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            await using var change = database.CreateCommand();
            change.CommandText = "update entries set running = zeroblob(32) where position = 2";
            await change.ExecuteNonQueryAsync(Cancellation);
        }

        await Assert.ThrowsAsync<LedgerException>(() => BackUpAsync(withKeys: false));
        Assert.False(File.Exists(Path.Combine(Folder, "backup.json")));
    }

    private async Task<BackupManifest> BackedUpAsync(bool withKeys = true)
    {
        await using (var record = await KeyedRecord.OpenAsync(_state, _ada))
        {
            await record.AppendAsync();
            record.Log.PublishNow();
        }

        return await BackUpAsync(withKeys);
    }

    private Task<BackupManifest> BackUpAsync(bool withKeys) =>
        RecordBackup.MakeAsync(Path.GetDirectoryName(_state.Path)!, Folder, withKeys, MadeAt, Cancellation);

    private Task<BackupManifest> RestoreAsync(SignedHead[]? heads = null, SignedNote[]? checkpoints = null, bool acceptsLoss = false) =>
        RecordRestoration.RestoreAsync(Folder, Path.GetDirectoryName(_again.Path)!, [.. heads ?? []], [.. checkpoints ?? []], acceptsLoss, Cancellation);

    private string Key(string name) => File.ReadAllText(Path.Combine(_state.Path, name)).Trim();

    private static VerificationResult Verify(TemporaryState state)
    {
        using var record = SqliteStoredRecord.Open(state.LedgerFile);
        return LedgerVerifier.Verify(record, new VerificationOptions { Key = EcdsaPublicKey.TryParse(state.HeadPublicKey, out _)! }, Cancellation);
    }
}
