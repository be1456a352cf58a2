using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Keys;
using Vetopoint.Ledger.Payloads;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Payloads;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Payloads;

/// <summary>Payloads beside the entries of a real record, keys as real files, and what verification says of both.</summary>
public sealed class PayloadStorageTests : IDisposable
{
    private const string Task = "t-0000000001";

    private static readonly byte[] Marker = Encoding.UTF8.GetBytes("born on the first of April in Lübeck");

    private readonly TemporaryState _state = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task A_payload_is_read_back_after_a_restart_and_verified()
    {
        var (key, _) = await RecordAsync(calls: 3);

        await using var ledger = _state.Open();
        var ciphertext = ledger.Read(Task, 3)!;

        Assert.Equal(PayloadOf(3), key.Open(Task, 3, CommittedBytes.Payload, ciphertext));
        Assert.Null(ledger.Read(Task, 1));
        Assert.Null(ledger.Read("another", 3));
        var result = Verify();
        Assert.Empty(result.Findings);
        Assert.Equal(new PayloadCounts(3, 0), result.Payloads);
    }

    [Fact]
    public async Task Everything_but_the_payloads_is_proved_without_a_key()
    {
        await RecordAsync(calls: 3);
        Directory.Delete(_state.Held.Directory.TaskKeysFolder, recursive: true);

        var result = _state.Verify([]);

        Assert.Empty(result.Findings);
        Assert.Null(result.Payloads);
    }

    public static TheoryData<string, string, string> Tamperings => new()
    {
        { "one bit", "update payloads set sealed = cast(substr(sealed, 1, 20) || x'00' || substr(sealed, 22) as blob) where position = 3", "VP6450: At position 3" },
        { "shortened", "update payloads set sealed = substr(sealed, 1, length(sealed) - 1) where position = 3", "VP6450: At position 3" },
        { "emptied", "update payloads set sealed = x'' where position = 3", "VP6450: At position 3" },
        { "lengthened", "update payloads set sealed = cast(sealed || x'00' as blob) where position = 3", "VP6450: At position 3" },
        { "removed", "delete from payloads where position = 3", "VP6451: At position 3" },
        { "all removed", "delete from payloads", "VP6451: At position 2 (task `t-0000000001`, number 2): The payload is missing, and was not erased (3 of this task)" },
        {
            "swapped with another entry's",
            "update payloads set position = -1 where position = 3; update payloads set position = 3 where position = 4; update payloads set position = 4 where position = -1",
            "VP6450: At position 3"
        },
        { "another entry's put in its place", "update payloads set sealed = (select sealed from payloads where position = 4) where position = 3", "VP6450: At position 3" },
    };

    [Theory, MemberData(nameof(Tamperings))]
    public async Task A_payload_that_was_changed_is_found(string way, string statement, string finding)
    {
        await RecordAsync(calls: 3);
        Assert.Empty(Verify().Findings);

        Run(statement);

        var findings = Verify().Findings.Select(found => found.ToString()).ToList();
        Assert.True(findings.Any(found => found.StartsWith(finding, StringComparison.Ordinal)), $"{way}: {string.Join(" ", findings)}");
        Assert.Empty(_state.Verify([]).Findings); // the proofs of the entries do not depend on it
    }

    [Fact]
    public async Task A_payload_that_was_encrypted_anew_with_the_right_key_is_found()
    {
        var (key, _) = await RecordAsync(calls: 3);
        Run($"update payloads set sealed = x'{Convert.ToHexString(key.Seal(Task, 3, CommittedBytes.Payload, new byte[PayloadOf(3).Length]))}' where position = 3");

        Assert.StartsWith("VP6450: At position 3 (task `t-0000000001`, number 3): The payload is not the one", Verify().Findings.Single().ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_missing_or_another_is_found()
    {
        await RecordAsync(calls: 3);
        var file = Path.Combine(_state.Held.Directory.TaskKeysFolder, Task + ".key");
        var kept = await File.ReadAllBytesAsync(file, Cancellation);

        await File.WriteAllBytesAsync(file, new byte[TaskKey.Bytes], Cancellation);
        var exchanged = Assert.Single(Verify().Findings).ToString();
        File.Delete(file);
        var missing = Assert.Single(Verify().Findings).ToString();

        Assert.StartsWith("VP6452: At position 2", exchanged, StringComparison.Ordinal);
        Assert.Contains("VP6457", exchanged, StringComparison.Ordinal);
        Assert.StartsWith("VP6452: At position 2", missing, StringComparison.Ordinal);
        Assert.Contains("(3 of this task)", missing, StringComparison.Ordinal);
        Assert.Equal(TaskKey.Bytes, kept.Length);
    }

    [Fact]
    public async Task Erased_payloads_are_counted_and_every_proof_stays_valid()
    {
        await RecordAsync(calls: 3, erase: true);

        var result = Verify();

        Assert.Empty(result.Findings);
        Assert.Equal(new PayloadCounts(0, 3), result.Payloads);
    }

    [Fact]
    public async Task A_key_that_is_left_of_an_erased_task_is_found()
    {
        await RecordAsync(calls: 3, erase: true, destroyKey: false);

        Assert.StartsWith("VP6453: ", Assert.Single(Verify().Findings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_erasing_neither_key_nor_payload_nor_ciphertext_is_in_any_file_of_the_state_directory()
    {
        var (key, ciphertexts) = await RecordAsync(calls: 40, erase: true);
        _state.Release();

        var files = Directory.EnumerateFiles(_state.Path, "*", SearchOption.AllDirectories).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(file, Cancellation);
            Assert.False(Contains(bytes, key.ToBytes()), $"the key is in {file}");
            Assert.False(Contains(bytes, Marker), $"a payload is in {file}");
            foreach (var ciphertext in ciphertexts)
                Assert.False(Contains(bytes, ciphertext.AsSpan(0, 28)), $"a ciphertext is in {file}");
        }
    }

    [Fact]
    public async Task Before_erasing_the_same_search_finds_key_and_ciphertext()
    {
        var (key, ciphertexts) = await RecordAsync(calls: 1);

        var all = Directory.EnumerateFiles(_state.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal))
            .Select(File.ReadAllBytes).ToList();

        Assert.Contains(all, bytes => Contains(bytes, key.ToBytes()));
        Assert.Contains(all, bytes => Contains(bytes, ciphertexts[0].AsSpan(0, 28)));
        Assert.DoesNotContain(all, bytes => Contains(bytes, Marker));
    }

    [Fact]
    public async Task Erasing_one_task_leaves_the_payloads_of_others()
    {
        var (_, _) = await RecordAsync(calls: 2);
        await using (var ledger = _state.Open())
            await ledger.EraseAsync("t-0000000002");

        Assert.Equal(new PayloadCounts(2, 0), Verify().Payloads);
    }

    [Fact]
    public async Task A_payload_whose_entry_was_refused_is_not_kept()
    {
        await using var ledger = _state.Open();
        var chain = new TaskChain(Task);
        await ledger.AppendAsync(chain.Next(SampleBodies.Opened()));
        chain.Next(SampleBodies.Opened()); // a gap

        await Assert.ThrowsAsync<LedgerException>(() => ledger.AppendAsync(chain.Next(SampleBodies.Allowed($"{Task}.3"), new byte[64])));

        Assert.Equal(0, Count("select count(*) from payloads"));
    }

    [Fact]
    public void A_key_that_others_can_read_is_refused_with_what_to_do()
    {
        if (OperatingSystem.IsWindows())
            return; // no mode bits
        var keys = TaskKeyFolder.Open(_state.Held);
        var key = keys.Make(Task);
        var file = Path.Combine(_state.Held.Directory.TaskKeysFolder, Task + ".key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        var refused = Assert.Throws<LedgerException>(() => keys.Find(Task, key.Id));
        Assert.StartsWith("VP6201: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {file}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_keys_that_others_can_use_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return; // no mode bits
        var folder = _state.Held.Directory.TaskKeysFolder;
        TaskKeyFolder.Open(_state.Held);
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute);

        Assert.StartsWith("VP6201: ", Assert.Throws<LedgerException>(() => TaskKeyFolder.Open(_state.Held)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../engine")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("t\0")]
    public void A_task_whose_name_is_a_path_has_no_key(string task)
    {
        var keys = TaskKeyFolder.Open(_state.Held);

        Assert.Null(keys.Find(task, "x"));
        Assert.False(keys.Has(task));
        keys.Destroy(task);
        Assert.Throws<ArgumentException>(() => keys.Make(task));
    }

    [Fact]
    public void A_task_gets_one_key_and_destroying_it_twice_is_the_same_as_once()
    {
        var keys = TaskKeyFolder.Open(_state.Held);
        var key = keys.Make(Task);

        Assert.StartsWith("VP6458: ", Assert.Throws<LedgerException>(() => keys.Make(Task)).Message, StringComparison.Ordinal);
        Assert.Equal(key.ToBytes(), keys.Find(Task, key.Id)!.ToBytes());
        keys.Destroy(Task);
        keys.Destroy(Task);
        Assert.Null(keys.Find(Task, key.Id));
        Assert.Empty(Directory.EnumerateFiles(_state.Held.Directory.TaskKeysFolder));
    }

    [Fact]
    public async Task A_record_without_payloads_is_read_and_brought_up()
    {
        _state.CopyFrom(Path.Combine(AppContext.BaseDirectory, "corpus", "record-v1"));
        using (var reader = SqliteLedgerReader.Open(_state.LedgerFile))
            Assert.Null(reader.ReadPayload("a", 2));
        Assert.Equal(new PayloadCounts(0, 0), Verify().Payloads);

        await using (var ledger = _state.Open())
            await ledger.AppendAsync(new TaskChain(Task).Next(SampleBodies.Opened(), new byte[40]));

        Assert.Equal(1, Count("select count(*) from payloads"));
    }

    private VerificationResult Verify()
    {
        using var record = SqliteStoredRecord.Open(_state.LedgerFile);
        return LedgerVerifier.Verify(
            record, new VerificationOptions { Key = EcdsaPublicKey.TryParse(_state.HeadPublicKey, out _)!, TaskKeys = TaskKeyFolder.In(_state.Path) }, Cancellation);
    }

    /// <summary>A task with payloads in a record that is closed again, and maybe their erasing as an engine does it.</summary>
    private async Task<(TaskKey Key, List<byte[]> Ciphertexts)> RecordAsync(int calls, bool erase = false, bool destroyKey = true)
    {
        var keys = TaskKeyFolder.Open(_state.Held);
        var key = keys.Make(Task);
        var ciphertexts = new List<byte[]>();
        await using var ledger = _state.Open();
        var chain = new TaskChain(Task);
        await ledger.AppendAsync(chain.Next(SampleBodies.Opened() with { PayloadKey = key.Id }));
        for (var call = 0; call < calls; call++)
        {
            var sequence = chain.Sequence + 1;
            var payload = PayloadOf(sequence);
            ciphertexts.Add(key.Seal(Task, sequence, CommittedBytes.Payload, payload));
            var entry = new PayloadEntry(payload.Length, key.Commit(sequence, CommittedBytes.Payload, SHA256.HashData(payload)), 0);
            await ledger.AppendAsync(chain.Next(SampleBodies.Denied($"{Task}.{sequence}") with { Observed = false, Uses = null, Salted = true, Payload = entry }, ciphertexts[^1]));
        }

        if (!erase)
            return (key, ciphertexts);
        using var approver = ApproverKey.Create();
        var engine = new TaskChain("engine");
        await ledger.AppendAsync(engine.Next(new ApproverEnrolled("ada", approver.Public.Id, approver.Public.Text)));
        var proof = SampleRecord.Prove(approver, "ada", ApprovalAct.Erase, ApprovalSubject.Payloads(Task, "asked for"));
        await ledger.AppendAsync(engine.Next(new PayloadsErased(Task, "asked for", "ada", proof)));
        if (destroyKey)
            keys.Destroy(Task);
        await ledger.EraseAsync(Task);
        return (key, ciphertexts);
    }

    private static byte[] PayloadOf(long sequence) => [.. Marker, (byte)sequence, .. new byte[300]];

    private void Run(string statement)
    {
        using var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // every statement is written in this file
        command.CommandText = statement;
#pragma warning restore CA2100
        Assert.True(command.ExecuteNonQuery() > 0);
    }

    private long Count(string query)
    {
        using var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
#pragma warning disable CA2100 // every statement is written in this file
        command.CommandText = query;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    private static bool Contains(byte[] bytes, ReadOnlySpan<byte> part) => bytes.AsSpan().IndexOf(part) >= 0;
}
