using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

#pragma warning disable CA2100 // every statement is written in this file

namespace Vetopoint.Storage.Tests.Verification;

/// <summary>Each way of changing a record behind the engine's back, done to a real file, and what verification says about it.</summary>
public sealed class TamperingTests : IDisposable
{
    /// <summary>Positions in <see cref="SampleRecord"/>: 12 is a.1's intent, 14 its outcome, 18 the approval of a.2, 27 the last.</summary>
    private static readonly Dictionary<string, Tampering> Ways = new(StringComparer.Ordinal)
    {
        ["one byte of an entry"] = Sql("update entries set entry = cast(replace(cast(entry as text), '\"allow\"', '\"allOw\"') as blob) where position = 12",
            "VP6307: At position 12", "VP6306: At position 14"),
        ["a verdict, in canonical form"] = Sql(
            "update entries set entry = cast(replace(cast(entry as text), '\"verdict\":\"deny\"', '\"verdict\":\"allow\"') as blob) where position = 17",
            "VP6307: At position 17 (task `b`, number 4)"),
        ["a time"] = Sql("update entries set entry = cast(replace(cast(entry as text), '2026-11-22', '2026-11-21') as blob) where position = 14",
            "VP6307: At position 14"),
        ["a space, which changes nothing that is said"] = Sql(
            "update entries set entry = cast(replace(cast(entry as text), ',\"kind\"', ', \"kind\"') as blob) where position = 12",
            "VP6302: At position 12 (task `a`, number 2): VP6004"),
        ["an unknown member"] = Sql("update entries set entry = cast(replace(cast(entry as text), ',\"v\":1', ',\"v\":1,\"w\":1') as blob) where position = 12",
            "VP6302: At position 12 (task `a`, number 2): VP6003", "`w`"),
        ["an entry emptied"] = Sql("update entries set entry = x'' where position = 12", "VP6302: At position 12"),
        ["an entry replaced by another one"] = Sql("update entries set entry = (select entry from entries where position = 14) where position = 12",
            "VP6303: At position 12", "VP6307: At position 12"),
        ["an entry removed"] = Sql("delete from entries where position = 13", "VP6304: At position 14", "Position 13 is missing", "VP6305: At position 15"),
        ["an entry removed and the positions closed up"] = new(database =>
        {
            Run(database, "delete from entries where position = 13");
            for (var position = 14; position <= 27; position++)
                Run(database, string.Create(CultureInfo.InvariantCulture, $"update entries set position = {position - 1} where position = {position}"));
        }, "VP6307: At position 13", "VP6305: At position 14", "VP6310"),
        ["the first entry removed"] = Sql("delete from entries where position = 1", "Position 1 is missing", "VP6305: At position 2"),
        ["several entries removed"] = Sql("delete from entries where position between 5 and 9", "Positions 5 to 9 are missing"),
        ["a whole task removed"] = Sql("delete from entries where task = 'b'", "VP6304", "VP6307"),
        ["every entry removed"] = Sql("delete from entries", "VP6310: The head covers 27 entries, but the record ends at position 0"),
        ["the newest entry removed"] = Sql("delete from entries where position = 27", "VP6310: The head covers 27 entries, but the record ends at position 26"),
        ["the newest ten removed"] = Sql("delete from entries where position > 17", "ends at position 17: the newest entries were removed"),
        ["two entries swapped"] = Sql(
            "update entries set position = -1 where position = 14; update entries set position = 14 where position = 15; update entries set position = 15 where position = -1",
            "VP6307: At position 14", "VP6307: At position 15"),
        ["an entry moved to the end"] = Sql("update entries set position = 28 where position = 13", "Position 13 is missing", "VP6305: At position 28"),
        ["an entry inserted at the end, well chained"] = new(database => InsertAtEnd(database, position: 28),
            "VP6310: The record goes on to position 28, but the head covers 27"),
        ["an entry inserted in the middle"] = new(database =>
        {
            Run(database, "update entries set position = position + 100 where position > 20");
            Run(database, "update entries set position = position - 99 where position > 100");
            Insert(database, 21, new TaskChain("c").Next(new EngineStarted("9", "p")), new byte[32]);
        }, "VP6307: At position 21"),
        ["an entry repeated"] = Sql(
            "insert into entries select 28, task, 99, kind, attempt, entry, running from entries where position = 14", "VP6303: At position 28", "VP6305: At position 28"),
        ["an edit with its running hashes recomputed"] = new(database =>
        {
            Run(database, "update entries set entry = cast(replace(cast(entry as text), 'the session closed', 'the session cl0sed') as blob) where position = 26");
            Rehash(database);
        }, "VP6310: The entries are not the ones that the head was signed over"),
        ["history rewritten with every hash recomputed"] = new(Rewrite, "VP6310: The entries are not the ones that the head was signed over"),
        ["a running hash"] = Sql("update entries set running = zeroblob(32) where position = 10", "VP6307: At position 10"),
        ["a running hash cut short"] = Sql("update entries set running = x'00' where position = 10", "VP6307: At position 10", "impossible length"),
        ["the column of the task, which hides an entry"] = Sql("update entries set task = 'hidden' where position = 14",
            "VP6303: At position 14 (task `hidden`, number 3)", "The column `task` says `hidden`, but the entry says `a`"),
        ["the column of the kind"] = Sql("update entries set kind = 'outcome' where position = 12", "The column `kind` says `outcome`"),
        ["the column of the attempt"] = Sql("update entries set attempt = null where position = 12", "The column `attempt` says `nothing`"),
        ["the column of the sequence"] = Sql("update entries set sequence = 77 where position = 12", "The column `sequence` says `77`"),
        ["a negative position"] = Sql("update entries set position = -5 where position = 3", "VP6304: At position -5"),
        ["the head removed"] = Sql("delete from head", "VP6308: The signed head is missing"),
        ["the head's position"] = Sql("update head set signed = cast(replace(cast(signed as text), '\"position\":27', '\"position\":26') as blob)", "VP6309"),
        ["the head's signature"] = Sql("update head set signed = cast(replace(cast(signed as text), '\"signature\":\"', '\"signature\":\"0') as blob)", "VP6308"),
        ["the head replaced by nonsense"] = Sql("update head set signed = x'00'", "VP6308: The signed head cannot be read"),
        ["an older head put back over newer entries"] = new((database, older) => PutHead(database, older), "VP6310: The record goes on to position 27, but the head covers 10"),
        ["the newest entries removed and an older head put back, with a newer one kept elsewhere"] = new((database, older) =>
        {
            Run(database, "delete from entries where position > 10");
            PutHead(database, older);
        }, "VP6311: A head given from elsewhere covers 27 entries, but the record ends at position 10: acknowledged entries were cut off")
        {
            GiveNewestHead = true,
        },
        ["a head signed by another key"] = new(database =>
        {
            using var other = HeadKey.Create();
            PutHead(database, other.Sign(Head(database).Head));
        }, "VP6309: The head is signed by the key"),
        ["everything begun anew under another key"] = new(database =>
        {
            using var other = HeadKey.Create();
            PutHead(database, other.Sign(new LedgerHead(LedgerHead.NewLedger(), 0, RunningHash.First("other"), SampleBodies.Time)));
            Run(database, "delete from entries");
        }, "VP6309"),
        ["an index that hides an entry"] = new(database =>
        {
            // Done as an editor of the file would: the schema says the index leaves an entry out, and then what it did again.
            Run(database, "drop index entries_by_attempt");
            Run(database, "create index entries_by_attempt on entries (attempt) where attempt is not null and position <> 14");
            Run(database, "pragma writable_schema = on");
            Run(database, "update sqlite_schema set sql = 'CREATE INDEX entries_by_attempt on entries (attempt) where attempt is not null' where name = 'entries_by_attempt'");
            Run(database, "pragma writable_schema = reset");
        }, "VP6300: The database is damaged"),
    };

    /// <summary>Changes to the tables themselves: the file is not read as a record at all.</summary>
    private static readonly Dictionary<string, string> Structures = new(StringComparer.Ordinal)
    {
        ["a trigger"] = "create trigger t after insert on entries begin delete from entries where position = new.position - 1; end",
        ["a view in place of the entries"] = "alter table entries rename to e; create view entries as select * from e where position < 5",
        ["another table"] = "create table notes (text text)",
        ["another application"] = "pragma application_id = 1",
        ["another version"] = "pragma user_version = 3",
    };

    private readonly TemporaryState _state = new();

    public static TheoryData<string> EveryWay => [.. Ways.Keys];

    public static TheoryData<string> EveryStructure => [.. Structures.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Theory, MemberData(nameof(EveryWay))]
    public async Task Is_found_and_told_where(string way)
    {
        var (older, newest) = await RecordAsync();
        var tampering = Ways[way];
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            tampering.Do(database, older);
        }

        var result = _state.Verify(tampering.GiveNewestHead ? [newest] : []);

        var told = string.Join('\n', result.Findings);
        Assert.False(result.IsSound);
        Assert.All(tampering.Told, expected => Assert.Contains(expected, told, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(EveryWay))]
    public async Task Keeps_the_engine_from_going_on_where_the_end_was_changed(string way)
    {
        var (older, _) = await RecordAsync();
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            Ways[way].Do(database, older);
        }

        // Start-up looks at the head and the newest entry only; what it cannot see then, verification finds.
        var result = _state.Verify([]);
        if (!result.Findings.Any(finding => finding.Code is "VP6308" or "VP6309" or "VP6310"))
            return;
        var refused = Assert.Throws<LedgerException>(() => _state.Open());
        Assert.Contains("vetopoint ledger verify", refused.Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryStructure))]
    public async Task Changed_tables_are_not_read_as_a_record(string structure)
    {
        await RecordAsync();
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            Run(database, Structures[structure]);
        }

        var refused = Assert.Throws<LedgerException>(() => _state.Verify([]));
        Assert.StartsWith("VP6213: ", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("VP6213: ", Assert.Throws<LedgerException>(() => _state.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_tampering_nothing_is_found()
    {
        var (older, newest) = await RecordAsync();

        var result = _state.Verify([]);

        Assert.Empty(result.Findings);
        Assert.True(result.IsSound);
        Assert.Equal((27, 3), (result.Entries, result.Tasks));
        Assert.Equal(new VerdictCounts(4, 0, 2, 2), result.Verdicts);
        Assert.Equal([SampleRecord.Unresolved], result.Unresolved);
        Assert.Equal(1, result.UnresolvedCount);
        Assert.Null(result.TailCheckedTo);
        Assert.True(result.Head!.Head.Agrees(newest.Head));
        Assert.Equal(10, _state.Verify([older]).TailCheckedTo);
        Assert.True(_state.Verify([older, newest]).IsSound);
        Assert.Equal(27, _state.Verify([older, newest]).TailCheckedTo);
    }

    [Fact]
    public async Task Cutting_the_tail_and_putting_an_older_head_back_is_only_seen_with_a_head_kept_elsewhere()
    {
        var (older, newest) = await RecordAsync();
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            Run(database, "delete from entries where position > 10");
            PutHead(database, older);
        }

        var alone = _state.Verify([]);
        Assert.True(alone.IsSound);
        Assert.Null(alone.TailCheckedTo);
        Assert.False(_state.Verify([newest]).IsSound);
    }

    [Fact]
    public async Task A_rewritten_history_with_the_stolen_key_is_seen_with_a_head_kept_elsewhere()
    {
        var (older, newest) = await RecordAsync();
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            Rewrite(database);
            using var stolen = HeadKey.FromPem(await File.ReadAllTextAsync(Path.Combine(_state.Path, "ledger-key.pem"), Cancellation));
            PutHead(database, stolen.Sign(Head(database).Head with { Running = NewestRunning(database) }));
        }

        Assert.DoesNotContain(_state.Verify([]).Findings, finding => finding.Code is "VP6307" or "VP6309" or "VP6310");
        var told = string.Join('\n', _state.Verify([older, newest]).Findings);
        Assert.Contains("VP6311: At position 10: The record up to here is not what the head given", told, StringComparison.Ordinal);
        Assert.Contains("VP6311: At position 27", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_head_of_another_record_is_told_apart()
    {
        await RecordAsync();
        using var other = new TemporaryState();
        await using var ledger = other.Open();

        var told = string.Join('\n', _state.Verify([ledger.Acknowledged]).Findings);

        Assert.Contains("VP6311: The head given for position 0 is not signed by the key", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Findings_have_a_limit_and_the_rest_is_counted()
    {
        await RecordAsync();
        using (var database = new SqliteConnection($"Data Source={_state.LedgerFile};Pooling=false"))
        {
            await database.OpenAsync(Cancellation);
            Run(database, "update entries set attempt = 'x', kind = 'y'");
        }

        var result = _state.Verify([], findingsMax: 5);

        Assert.Equal(5, result.Findings.Length);
        Assert.Equal(54, result.FindingsCount);
    }

    [Fact]
    public async Task A_damaged_file_is_told_and_not_believed()
    {
        await RecordAsync();
        await using (var file = File.OpenWrite(_state.LedgerFile))
        {
            file.Position = 4096 * 2;
            await file.WriteAsync(RandomNumberGenerator.GetBytes(4096), Cancellation);
        }

        try
        {
            Assert.False(_state.Verify([]).IsSound);
        }
        catch (LedgerException refused)
        {
            Assert.StartsWith("VP6213: ", refused.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Writes the sample record; returns the heads at position 10 and at its end.</summary>
    private async Task<(SignedHead Older, SignedHead Newest)> RecordAsync()
    {
        using var sample = new SampleRecord();
        SignedHead? older = null;
        await using var ledger = _state.Open();
        foreach (var entry in sample.Entries)
        {
            await ledger.AppendAsync(entry);
            if (ledger.Acknowledged.Head.Position == 10)
                older = ledger.Acknowledged;
        }

        return (older!, ledger.Acknowledged);
    }

    private static Tampering Sql(string sql, params string[] told) => new(database => Run(database, sql), told);

    private static void Run(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SignedHead Head(SqliteConnection database)
    {
        using var command = database.CreateCommand();
        command.CommandText = "select signed from head";
        return SignedHead.Decode((byte[])command.ExecuteScalar()!);
    }

    private static byte[] NewestRunning(SqliteConnection database)
    {
        using var command = database.CreateCommand();
        command.CommandText = "select running from entries order by position desc limit 1";
        return (byte[])command.ExecuteScalar()!;
    }

    private static void PutHead(SqliteConnection database, SignedHead head)
    {
        using var command = database.CreateCommand();
        command.CommandText = "update head set signed = $signed";
        command.Parameters.AddWithValue("$signed", head.Encode());
        command.ExecuteNonQuery();
    }

    private static void InsertAtEnd(SqliteConnection database, long position)
    {
        using var command = database.CreateCommand();
        command.CommandText = "select entry from entries where task = 'a' order by sequence desc limit 1";
        var chain = new TaskChain("a");
        chain.Resume(Entry.Decode((byte[])command.ExecuteScalar()!));
        var entry = chain.Next(SampleRecord.Done("a.4"));
        var running = NewestRunning(database);
        RunningHash.Extend(running, entry.Hash.Span);
        Insert(database, position, entry, running);
    }

    private static void Insert(SqliteConnection database, long position, Entry entry, byte[] running)
    {
        using var command = database.CreateCommand();
        command.CommandText =
            "insert into entries (position, task, sequence, kind, attempt, entry, running) values ($1, $2, $3, $4, $5, $6, $7)";
        object?[] values = [position, entry.Task, entry.Sequence, entry.Kind, entry.Attempt, entry.Canonical.ToArray(), running];
        for (var index = 0; index < values.Length; index++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${index + 1}"), values[index] ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    /// <summary>Says that nobody was denied, and recomputes every hash of every chain.</summary>
    private static void Rewrite(SqliteConnection database)
    {
        var previous = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (position, bytes) in Rows(database))
        {
            var text = Encoding.UTF8.GetString(bytes).Replace("\"purpose\":\"clean up", "\"purpose\":\"tidy up", StringComparison.Ordinal);
            var entry = Entry.Decode(Encoding.UTF8.GetBytes(text));
            var rewritten = Entry.Seal(
                entry.Task, entry.Sequence, previous.GetValueOrDefault(entry.Task) ?? Entry.NoPrevious.ToArray(), entry.Time, entry.Body);
            previous[entry.Task] = rewritten.Hash.ToArray();
            Update(database, position, "entry", rewritten.Canonical.ToArray());
        }

        // From the first task on, everything is other than it was.
        Run(database, "update entries set entry = cast(replace(cast(entry as text), '\"version\":\"0.1.0\"', '\"version\":\"0.1.1\"') as blob) where position = 1");
        Rechain(database);
        Rehash(database);
    }

    private static void Rechain(SqliteConnection database)
    {
        var previous = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (position, bytes) in Rows(database))
        {
            var entry = Entry.Decode(bytes);
            var rewritten = Entry.Seal(
                entry.Task, entry.Sequence, previous.GetValueOrDefault(entry.Task) ?? Entry.NoPrevious.ToArray(), entry.Time, entry.Body);
            previous[entry.Task] = rewritten.Hash.ToArray();
            Update(database, position, "entry", rewritten.Canonical.ToArray());
        }
    }

    private static void Rehash(SqliteConnection database)
    {
        var running = RunningHash.First(Head(database).Head.Ledger);
        foreach (var (position, bytes) in Rows(database))
        {
            RunningHash.Extend(running, SHA256.HashData(bytes));
            Update(database, position, "running", [.. running]);
        }
    }

    private static List<(long Position, byte[] Entry)> Rows(SqliteConnection database)
    {
        using var command = database.CreateCommand();
        command.CommandText = "select position, entry from entries order by position";
        using var reader = command.ExecuteReader();
        var rows = new List<(long, byte[])>();
        while (reader.Read())
            rows.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
        return rows;
    }

    private static void Update(SqliteConnection database, long position, string column, byte[] value)
    {
        using var command = database.CreateCommand();
        command.CommandText = $"update entries set {column} = $value where position = $position";
        command.Parameters.AddWithValue("$value", value);
        command.Parameters.AddWithValue("$position", position);
        command.ExecuteNonQuery();
    }

    private sealed class Tampering
    {
        public Tampering(Action<SqliteConnection> change, params string[] told)
            : this((database, _) => change(database), told)
        {
        }

        public Tampering(Action<SqliteConnection, SignedHead> change, params string[] told)
        {
            Do = change;
            Told = told;
        }

        public Action<SqliteConnection, SignedHead> Do { get; }

        /// <summary>What verification must say, among other things.</summary>
        public string[] Told { get; }

        public bool GiveNewestHead { get; init; }
    }
}
