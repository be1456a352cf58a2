using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>The writer's connection: one transaction at a time, with prepared statements. Owned by the writer's thread.</summary>
internal sealed class LedgerDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _insertPayload;
    private readonly SqliteCommand _erasePayloads;
    private readonly SqliteCommand _replaceHead;
    private readonly SqliteCommand _readHead;
    private readonly SqliteCommand _dataVersion;
    private readonly SqliteCommand _newest;
    private readonly SqliteCommand _newestOfTask;

    private LedgerDatabase(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Command("begin immediate");
        _commit = Command("commit");
        _rollback = Command("rollback");
        _insert = Command(Schema.Insert, "$position", "$task", "$sequence", "$kind", "$attempt", "$entry", "$running");
        _insertPayload = Command(Schema.InsertPayload, "$position", "$sealed");
        _erasePayloads = Command(Schema.ErasePayloads, "$task");
        _replaceHead = Command(Schema.ReplaceHead, "$signed");
        _readHead = Command(Schema.ReadHead);
        _dataVersion = Command("pragma data_version");
        _newest = Command(Schema.Newest);
        _newestOfTask = Command(Schema.NewestOfTask, "$task");
    }

    /// <summary>Opens an existing file for writing, with every commit on disk before it returns.</summary>
    public static LedgerDatabase Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = (int)StorageLimits.BusyTimeout.TotalSeconds,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "pragma journal_mode = wal");
            Execute(connection, "pragma synchronous = full");
            Execute(connection, "pragma fullfsync = on");
            Execute(connection, "pragma wal_autocheckpoint = 0");
            Execute(connection, $"pragma journal_size_limit = {StorageLimits.WalBytesKept}");
            Execute(connection, "pragma trusted_schema = off");
            Execute(connection, "pragma cell_size_check = on");
            Execute(connection, "pragma secure_delete = on"); // what is erased is overwritten
            return new LedgerDatabase(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public bool IsEmpty() => Scalar("select count(*) from sqlite_schema") == 0;

    /// <summary>True when the file is a record of the version known here, with nothing added.</summary>
    public bool IsRecord() => SchemaCheck.IsUntouched(_connection);

    /// <summary>Makes the tables and the head of an empty record, in one transaction.</summary>
    public void Create(SignedHead head)
    {
        Begin();
        Execute(_connection, Schema.Create);
        ReplaceHead(head);
        Commit();
    }

    /// <summary>Brings a record of the version before up to this one, in one transaction.</summary>
    public void AddPayloadsWhenAbsent()
    {
        if (SchemaCheck.HasPayloads(_connection))
            return;
        Begin();
        Execute(_connection, Schema.AddPayloads);
        Commit();
    }

    public void Begin() => _begin.ExecuteNonQuery();

    public void Commit() => _commit.ExecuteNonQuery();

    public void Rollback() => _rollback.ExecuteNonQuery();

    public void Insert(long position, Entry entry, byte[] running)
    {
        var parameters = _insert.Parameters;
        parameters[0].Value = position;
        parameters[1].Value = entry.Task;
        parameters[2].Value = entry.Sequence;
        parameters[3].Value = entry.Kind;
        parameters[4].Value = (object?)entry.Attempt ?? DBNull.Value;
        parameters[5].Value = Array(entry.Canonical);
        parameters[6].Value = running;
        _insert.ExecuteNonQuery();
        if (entry.Sealed.IsEmpty)
            return;
        _insertPayload.Parameters[0].Value = position;
        _insertPayload.Parameters[1].Value = Array(entry.Sealed);
        _insertPayload.ExecuteNonQuery();
    }

    /// <summary>Removes what lies beside the entries of a task.</summary>
    public void ErasePayloads(string task)
    {
        _erasePayloads.Parameters[0].Value = task;
        _erasePayloads.ExecuteNonQuery();
    }

    public void ReplaceHead(SignedHead head)
    {
        _replaceHead.Parameters[0].Value = head.Encode();
        _replaceHead.ExecuteNonQuery();
    }

    public SignedHead? ReadHead() => _readHead.ExecuteScalar() is byte[] signed ? SignedHead.Decode(signed) : null;

    /// <summary>A number that changes when another connection has committed, and not when this one has.</summary>
    public long VersionByOthers() => (long)_dataVersion.ExecuteScalar()!;

    /// <summary>Position and running hash of the newest entry; null when there is none.</summary>
    public (long Position, byte[] Running)? Newest()
    {
        using var reader = _newest.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Sequence and hash of a task's newest entry; sequence 0 when it has none.</summary>
    public TaskHead NewestOfTask(string task)
    {
        _newestOfTask.Parameters[0].Value = task;
        using var reader = _newestOfTask.ExecuteReader();
        return reader.Read()
            ? new TaskHead(reader.GetInt64(0), Entry.Decode(reader.GetFieldValue<byte[]>(1)).Hash)
            : TaskHead.None;
    }

    /// <summary>Moves what the WAL holds into the database, as far as readers allow.</summary>
    public void Checkpoint() => Execute(_connection, "pragma wal_checkpoint(passive)");

    /// <summary>Moves everything and empties the WAL. False when a reader kept it from doing so.</summary>
    public bool CheckpointWhole() => Scalar("pragma wal_checkpoint(truncate)") == 0;

    /// <summary>For tests: changes a setting of this connection, such as how large the file may grow.</summary>
    internal void Set(string pragma) => Execute(_connection, pragma);

    /// <summary>For tests: reads a setting of this connection.</summary>
    internal long Read(string pragma) => Scalar(pragma);

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_begin, _commit, _rollback, _insert, _insertPayload, _erasePayloads, _replaceHead, _readHead, _dataVersion, _newest, _newestOfTask])
            command.Dispose();
        _connection.Dispose();
    }

    /// <summary>The array behind the memory, which is all of it for an entry; SQLite's binding takes nothing else.</summary>
    private static byte[] Array(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Count == segment.Array!.Length ? segment.Array : memory.ToArray();

    private SqliteCommand Command(string text, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // the text is one of the constants of Schema
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private long Scalar(string text)
    {
        using var command = Command(text);
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is a constant of this file or of Schema
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
