using Microsoft.Data.Sqlite;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Index;

/// <summary>An open index that belongs to its record. Not for more than one thread at a time.</summary>
internal sealed class IndexFile : IDisposable
{
    /// <summary>More than any record has: beyond it positions have no number.</summary>
    private const long BlocksMax = long.MaxValue / IndexBlock.Entries / 2;

    private readonly SqliteConnection _connection;

    private IndexFile(SqliteConnection connection) => _connection = connection;

    /// <summary>Blocks that it holds: all from 0 on.</summary>
    public long Blocks { get; private set; }

    /// <summary>Opens an index to be read; null when there is none.</summary>
    /// <exception cref="InvalidDataException">It is no index of the version known here, or not one of this record.</exception>
    /// <exception cref="SqliteException">It is damaged, or cannot be read.</exception>
    public static IndexFile? OpenToRead(string file, RecordFile record)
    {
        if (!File.Exists(file))
            return null;
        var opened = new IndexFile(Connect(file, SqliteOpenMode.ReadOnly));
        try
        {
            Execute(opened._connection, "pragma query_only = on");
            opened.Check(record);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Opens an index to be added to, and makes it when there is none.</summary>
    /// <exception cref="InvalidDataException">It is no index of the version known here, or not one of this record.</exception>
    /// <exception cref="SqliteException">It is damaged, or cannot be written.</exception>
    public static IndexFile OpenToWrite(string file, RecordFile record)
    {
        if (!File.Exists(file))
            StateDirectory.CreatePrivate(file);
        var opened = new IndexFile(Connect(file, SqliteOpenMode.ReadWrite));
        try
        {
            // It can be made anew, so a commit need not be on disk; that the file is whole after a crash is enough.
            Execute(opened._connection, "pragma journal_mode = wal");
            Execute(opened._connection, "pragma synchronous = normal");
            opened.MakeIfEmpty();
            opened.Check(record);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Removes an index with what SQLite keeps beside it.</summary>
    public static void Remove(string file)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
            File.Delete(file + suffix);
    }

    /// <summary>Adds the next block, whole or not at all.</summary>
    /// <returns>False when another process has added it meanwhile.</returns>
    public bool Add(IndexBlock block)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        Blocks = CountBlocks();
        if (block.Number != Blocks)
            return false;
        using (var insert = Command(IndexSchema.InsertBlock, ("$block", block.Number), ("$first", block.FirstTime), ("$last", block.LastTime), ("$running", block.Running)))
            insert.ExecuteNonQuery();
        using (var insert = Command(IndexSchema.InsertTimes, ("$block", block.Number), ("$ticks", block.Times)))
            insert.ExecuteNonQuery();
        using (var insert = Command(IndexSchema.InsertFact, ("$block", block.Number), ("$fact", block.Running), ("$positions", block.Running)))
        {
            foreach (var (fact, positions) in block.Facts)
            {
                insert.Parameters[1].Value = fact;
                insert.Parameters[2].Value = positions;
                insert.ExecuteNonQuery();
            }
        }

        transaction.Commit();
        Blocks = block.Number + 1;
        return true;
    }

    /// <summary>How what is stored of a block differs from what should be; null when it does not.</summary>
    public string? Differs(IndexBlock block)
    {
        using (var command = Command(IndexSchema.ReadBlock, ("$block", block.Number)))
        using (var row = command.ExecuteReader())
        {
            if (!row.Read())
                return "it is missing";
            if (row.GetInt64(0) != block.FirstTime || row.GetInt64(1) != block.LastTime)
                return "its times are others";
            if (!row.GetFieldValue<byte[]>(2).AsSpan().SequenceEqual(block.Running))
                return "it was made of other entries";
        }

        if (!Times(block.Number).AsSpan().SequenceEqual(block.Times))
            return "its times are others";
        using var facts = Command(IndexSchema.ReadFacts, ("$block", block.Number));
        using var reader = facts.ExecuteReader();
        foreach (var (fact, positions) in block.Facts)
        {
            if (!reader.Read() || !reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(fact))
                return "facts are missing or were added";
            if (!reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(positions))
                return "a fact names other entries";
        }

        return reader.Read() ? "facts are missing or were added" : null;
    }

    /// <summary>The times of a block's entries.</summary>
    public byte[] Times(long block)
    {
        using var command = Command(IndexSchema.ReadTimes, ("$block", block));
        return command.ExecuteScalar() is byte[] { Length: IndexBlock.Entries * sizeof(long) } ticks ? ticks : throw new InvalidDataException("the times of a block are missing");
    }

    public SqliteCommand Command(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // the text is one of the constants of IndexSchema
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }

    public void Dispose() => _connection.Dispose();

    private void MakeIfEmpty()
    {
        if (Number("select count(*) from sqlite_schema") > 0)
            return;
        using var transaction = _connection.BeginTransaction(deferred: false);
        using var objects = Command("select count(*) from sqlite_schema");
        if ((long)objects.ExecuteScalar()! == 0)
        {
            using var create = Command(IndexSchema.Create);
            create.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private void Check(RecordFile record)
    {
        if (Number("pragma application_id") != IndexSchema.ApplicationId || Number("pragma user_version") != IndexSchema.Version || !Expected.AsSpan().SequenceEqual(Objects(_connection)))
            throw new InvalidDataException("it is not an index of a version known here, or its tables were changed");
        Blocks = CountBlocks();
        if (Blocks == 0)
            return;
        if (Blocks > BlocksMax || Number("select count(*) from blocks") != Blocks || Number("select min(block) from blocks") != 0)
            throw new InvalidDataException("blocks of it are missing");

        // The hash runs over every entry before, so when it is the record's here, the index was made of this record as it is.
        using var command = Command(IndexSchema.Newest);
        using var reader = command.ExecuteReader();
        if (!reader.Read() || record.RunningAt(IndexBlock.LastPosition(Blocks - 1)) is not { } running || !reader.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(running))
            throw new InvalidDataException("it was made of another record, or of more than this one has");
    }

    private long CountBlocks()
    {
        using var command = Command(IndexSchema.Newest);
        return command.ExecuteScalar() is long newest ? (newest == long.MaxValue ? newest : newest + 1) : 0;
    }

    private long Number(string text)
    {
        using var command = Command(text);
        return (long)command.ExecuteScalar()!;
    }

    private static readonly string[] Expected = ReadExpected();

    private static string[] ReadExpected()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        Execute(connection, IndexSchema.Create);
        return Objects(connection);
    }

    private static string[] Objects(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = IndexSchema.Objects;
        using var reader = command.ExecuteReader();
        var objects = new List<string>();
        while (reader.Read())
            objects.Add(reader.GetString(0));
        return [.. objects];
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)StorageLimits.BusyTimeout.TotalSeconds,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "pragma trusted_schema = off");
            Execute(connection, "pragma cell_size_check = on");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is a constant of this file or of IndexSchema
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
