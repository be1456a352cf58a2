using System.Collections.Immutable;
using System.Runtime.Versioning;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Tests.State;

namespace Vetopoint.Storage.Tests.Keys;

/// <summary>The record's two keys: bound to each other, changed with an entry only, and safe wherever a change is cut short.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RecordKeysTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly ApproverKey _ada = ApproverKey.Create();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string HeadKey => Read("ledger-key.pub");

    private string LogKey => Read("log-key.pub");

    public void Dispose()
    {
        _ada.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_record_names_its_keys_once()
    {
        await RunAsync();
        await RunAsync();

        await using var record = await OpenAsync();
        var said = new List<KeysBound>();
        await foreach (var entry in record.Ledger.ReadKindsAsync([EntryKinds.KeysBound], Cancellation))
            said.Add(Assert.IsType<KeysBound>(entry.Body));
        var bound = Assert.Single(said);
        Assert.Equal((HeadKey, LogKey), (bound.HeadKey, bound.LogKey));
        Assert.Empty(await VerifyAsync(HeadKey, LogKey));
    }

    [Theory]
    [InlineData(RecordKey.Head)]
    [InlineData(RecordKey.Log)]
    public async Task A_key_is_rotated_and_who_has_the_old_one_follows(RecordKey key)
    {
        var (oldHead, oldLog, heads, checkpoints) = await RunAsync();
        await using (var record = await OpenAsync())
        {
            await record.RotateAsync(key);
            await record.AppendAsync();
            record.Log.PublishNow();
            Assert.NotEqual(key == RecordKey.Head ? oldHead : oldLog, record.Keys.Current(key));
            Assert.Equal((HeadKey, LogKey), (record.Keys.Current(RecordKey.Head), record.Keys.Current(RecordKey.Log)));
        }

        var (newHead, newLog, newer, newerCheckpoints) = await RunAsync();
        Assert.Equal(key == RecordKey.Head, oldHead != newHead);
        Assert.Equal(key == RecordKey.Log, oldLog != newLog);
        foreach (var (head, log) in new[] { (oldHead, oldLog), (newHead, newLog) })
        {
            Assert.Empty(await VerifyAsync(head, log, heads, checkpoints));
            Assert.Empty(await VerifyAsync(head, log, newer, newerCheckpoints));
        }
    }

    [Fact]
    public async Task Both_keys_change_many_times_and_the_first_still_leads_to_the_last()
    {
        var (head, log, heads, checkpoints) = await RunAsync();
        for (var n = 0; n < 3; n++)
        {
            await using var record = await OpenAsync();
            await record.RotateAsync(RecordKey.Head);
            await record.RotateAsync(RecordKey.Log);
            await record.RotateAsync(RecordKey.Head);
            record.Log.PublishNow();
        }

        // The keys in between do not sign any more; the newest checkpoint is reached through all of them.
        File.Delete(Path.Combine(_state.Path, "log-key.old"));
        await RunAsync();
        Assert.Empty(await VerifyAsync(head, log, heads, checkpoints));
        Assert.Empty(await VerifyAsync(HeadKey, LogKey, heads, checkpoints));
    }

    [Fact]
    public async Task Checkpoints_around_a_change_are_signed_by_both_keys()
    {
        await RunAsync();
        await using var record = await OpenAsync();
        var old = record.Log.Key;
        SignedNote? before = null;
        await record.RotateAsync(RecordKey.Log, before: () =>
        {
            before = record.Log.PublishNow();
            return Task.CompletedTask;
        });
        var after = record.Log.PublishNow();

        Assert.NotEqual(old.ToString(), record.Log.Key.ToString());
        foreach (var note in new[] { before!, after })
        {
            Assert.Equal(NoteCheck.Valid, note.Check(old));
            Assert.Equal(NoteCheck.Valid, note.Check(record.Log.Key));
        }
    }

    [Fact]
    public async Task The_key_before_stops_signing_after_a_while()
    {
        await RunAsync();
        NoteKey old;
        await using (var record = await OpenAsync())
        {
            old = record.Log.Key;
            await record.RotateAsync(RecordKey.Log);
        }

        var later = new LaterTime(StorageLimits.FormerKeySigns + TimeSpan.FromMinutes(1));
        await using var again = await KeyedRecord.OpenAsync(_state, _ada, later);
        await again.AppendAsync();
        var note = again.Log.PublishNow();

        Assert.Equal(NoteCheck.Absent, note.Check(old));
        Assert.Equal(NoteCheck.Valid, note.Check(again.Log.Key));
        Assert.False(File.Exists(Path.Combine(_state.Path, "log-key.old")));
        Assert.Empty(await VerifyAsync(HeadKey, old.ToString()));
    }

    [Theory]
    [InlineData(RecordKey.Head, "before it is recorded")]
    [InlineData(RecordKey.Head, "when it is recorded")]
    [InlineData(RecordKey.Head, "between the files")]
    [InlineData(RecordKey.Log, "before it is recorded")]
    [InlineData(RecordKey.Log, "when it is recorded")]
    [InlineData(RecordKey.Log, "between the files")]
    public async Task A_change_that_is_cut_short_at_any_step_is_taken_up_by_the_next_start(RecordKey key, string when)
    {
        var (oldHead, oldLog, heads, checkpoints) = await RunAsync();
        using var crashed = new TemporaryState();
        await using (var record = await OpenAsync())
        {
            Task Copy()
            {
                crashed.CopyWhole(_state);
                return Task.CompletedTask;
            }

            await record.RotateAsync(key, before: when == "before it is recorded" ? Copy : null, after: when == "before it is recorded" ? null : Copy);
        }

        var names = key == RecordKey.Head ? ("ledger-key.next", "ledger-key.pem") : ("log-key.next", "log-key");
        var (next, place) = (Path.Combine(crashed.Path, names.Item1), Path.Combine(crashed.Path, names.Item2));
        Assert.True(File.Exists(next), "the next key lies beside the old one");
        if (when == "between the files")
            File.Move(next, place, overwrite: true);

        await using (var again = await KeyedRecord.OpenAsync(crashed, _ada))
        {
            Assert.Equal(when == "before it is recorded", again.Keys.Current(key) == (key == RecordKey.Head ? oldHead : oldLog));
            await again.AppendAsync();
            again.Log.PublishNow();
            Assert.False(File.Exists(next));

            // And nothing stands in the way of another one.
            await again.RotateAsync(key);
            again.Log.PublishNow();
        }

        Assert.Empty(await KeyedRecord.VerifyAsync(crashed, oldHead, oldLog, heads, checkpoints));
        await using var last = await KeyedRecord.OpenAsync(crashed, _ada);
    }

    [Theory]
    [InlineData(RecordKey.Head)]
    [InlineData(RecordKey.Log)]
    public async Task A_change_that_cannot_be_recorded_changes_nothing(RecordKey key)
    {
        await RunAsync();
        await using var record = await OpenAsync();
        var current = record.Keys.Current(key);

        await Assert.ThrowsAsync<InvalidOperationException>(() => record.RotateAsync(key, before: () => throw new InvalidOperationException("refused")));

        Assert.Equal(current, record.Keys.Current(key));
        await record.AppendAsync();
        record.Log.PublishNow();
        await record.RotateAsync(key);
        record.Log.PublishNow();
        Assert.Empty(await VerifyAsync(HeadKey, LogKey));
    }

    [Fact]
    public async Task An_entry_whose_key_nobody_prepared_is_refused()
    {
        await RunAsync();
        await using var record = await OpenAsync();
        using var one = Ledger.Checkpoints.HeadKey.FromPem(Read("ledger-key.pem"));
        using var other = Ledger.Checkpoints.HeadKey.Create();

        var refused = await Assert.ThrowsAsync<LedgerException>(() => record.AppendAsync(KeyStatement.Rotate("x", one, other)));

        Assert.StartsWith("VP6460: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ledger-key.pem")]
    [InlineData("ledger-key.pub")]
    [InlineData("log-key")]
    [InlineData("log-key.pub")]
    public async Task A_key_from_another_record_is_refused(string name)
    {
        await RunAsync();
        _state.Release();
        using var other = new TemporaryState();
        await using (var foreign = await KeyedRecord.OpenAsync(other, _ada))
            await foreign.AppendAsync();
        File.Copy(Path.Combine(other.Path, name), Path.Combine(_state.Path, name), overwrite: true);

        var refused = await Assert.ThrowsAsync<LedgerException>(OpenAsync);

        Assert.StartsWith("VP6460: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>All of the log's files exchanged at once fit each other; only the record knows that they are not its own.</summary>
    [Fact]
    public async Task A_log_with_a_key_of_its_own_for_the_same_record_is_found()
    {
        await RunAsync();
        var head = HeadKey;
        using (var own = NoteSigner.Create(NoteKey.TryParse(LogKey, out _)!.Name, NoteKeyKind.Log))
        {
            await File.WriteAllTextAsync(Path.Combine(_state.Path, "log-key"), own.ToText() + "\n", Cancellation);
            await File.WriteAllTextAsync(Path.Combine(_state.Path, "log-key.pub"), own.Public + "\n", Cancellation);
            var note = SignedNote.Parse(await File.ReadAllBytesAsync(Path.Combine(_state.Path, "log", "checkpoint"), Cancellation));
            var signed = new SignedNote(note.Text, [own.Sign(note.Text, TimeProvider.System.GetUtcNow())]);
            await File.WriteAllTextAsync(Path.Combine(_state.Path, "log", "checkpoint"), signed.ToString(), Cancellation);
        }

        var found = await VerifyAsync(head, LogKey);
        var refused = await Assert.ThrowsAsync<LedgerException>(OpenAsync);

        Assert.Equal(2, found.Count(finding => finding.Code == FindingCodes.KeyNotLinked));
        Assert.StartsWith("VP6460: ", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A thief of the key before cannot go on with it: what it signs past its change is found, whichever key the auditor has.</summary>
    [Fact]
    public async Task A_key_that_was_given_up_signs_nothing_any_more()
    {
        await RunAsync();
        var stolen = Read("ledger-key.pem");
        var old = HeadKey;
        await using (var record = await OpenAsync())
        {
            await record.RotateAsync(RecordKey.Head);
            record.Log.PublishNow();
        }

        var log = LogKey;
        var newer = HeadKey;
        await RunAsync();
        _state.Release();
        using (var key = Ledger.Checkpoints.HeadKey.FromPem(stolen))
            Resign(key);
        await File.WriteAllTextAsync(Path.Combine(_state.Path, "ledger-key.pem"), stolen, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(_state.Path, "ledger-key.pub"), old, Cancellation);

        Assert.Contains(await VerifyAsync(old, log), finding => finding.Code == FindingCodes.KeyNotLinked);
        Assert.NotEmpty(await VerifyAsync(newer, log));
        Assert.StartsWith("VP6460: ", (await Assert.ThrowsAsync<LedgerException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_of_a_record_that_names_it_is_told_with_what_to_do()
    {
        await RunAsync();
        File.Delete(Path.Combine(_state.Path, "log-key"));
        File.Delete(Path.Combine(_state.Path, "log-key.pub"));

        var refused = await Assert.ThrowsAsync<LedgerException>(OpenAsync);

        Assert.StartsWith("VP6221: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Restore it from a backup", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("log-key")]
    [InlineData("ledger-key.pem")]
    public async Task A_key_that_others_can_read_is_refused(string name)
    {
        await RunAsync();
        _state.Release();
        File.SetUnixFileMode(Path.Combine(_state.Path, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var refused = await Assert.ThrowsAsync<LedgerException>(OpenAsync);

        Assert.StartsWith("VP6201: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    private Task<KeyedRecord> OpenAsync() => KeyedRecord.OpenAsync(_state, _ada);

    private Task<ImmutableArray<Finding>> VerifyAsync(
        string head, string log, ImmutableArray<SignedHead> heads = default, ImmutableArray<SignedNote> checkpoints = default) =>
        KeyedRecord.VerifyAsync(_state, head, log, heads, checkpoints);

    /// <summary>One run of an engine: a few entries, a checkpoint. What an auditor would have kept of it.</summary>
    private async Task<(string Head, string Log, ImmutableArray<SignedHead> Heads, ImmutableArray<SignedNote> Checkpoints)> RunAsync()
    {
        await using var record = await OpenAsync();
        await record.AppendAsync();
        await record.AppendAsync();
        var note = record.Log.PublishNow();
        return (HeadKey, LogKey, [record.Ledger.Acknowledged], [note]);
    }

    private void Resign(HeadKey key)
    {
        using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false");
        database.Open();
        using var read = database.CreateCommand();
        read.CommandText = "select signed from head";
        var head = SignedHead.Decode((byte[])read.ExecuteScalar()!).Head;
        using var write = database.CreateCommand();
        write.CommandText = "update head set signed = $signed";
        write.Parameters.AddWithValue("$signed", key.Sign(head).Encode());
        write.ExecuteNonQuery();
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_state.Path, name)).Trim();

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
