using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;

namespace Vetopoint.Storage.Sqlite;

/// <summary>A record's file, opened to be verified: read-only, as one snapshot, believing nothing of what is in it.</summary>
public sealed class SqliteStoredRecord : IStoredRecord, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _connectionString;
    private readonly SqliteCommand? _payloadAt;

    private SqliteStoredRecord(SqliteConnection connection, string connectionString)
    {
        _connection = connection;
        _connectionString = connectionString;
        if (!SchemaCheck.HasPayloads(connection))
            return;
        _payloadAt = connection.CreateCommand();
        _payloadAt.CommandText = Schema.PayloadAt;
        _payloadAt.Parameters.Add(new SqliteParameter { ParameterName = "$position" });
    }

    /// <summary>Opens a record, whether or not an engine works on it.</summary>
    /// <exception cref="LedgerException">There is no such file, or it is no database.</exception>
    public static SqliteStoredRecord Open(string file)
    {
        if (!File.Exists(file))
            throw new LedgerException($"{StorageCodes.RecordMissing}: There is no record `{file}`. Name the file or its state directory.");
        try
        {
            return Open(file, ReadOnlyConnection.Text(file, pooling: false));
        }
        catch (SqliteException fault) when (ReadOnlyConnection.MayBeImmutable(file, fault))
        {
            return OpenImmutable(file);
        }
        catch (SqliteException fault)
        {
            throw NotRead(file, fault);
        }
    }

    private static SqliteStoredRecord OpenImmutable(string file)
    {
        try
        {
            return Open(file, ReadOnlyConnection.ImmutableText(file));
        }
        catch (SqliteException fault)
        {
            throw NotRead(file, fault);
        }
    }

    private static LedgerException NotRead(string file, SqliteException fault) => new(
        $"{StorageCodes.NotARecord}: The record `{file}` cannot be read ({fault.Message})." +
        (ReadOnlyConnection.HasLog(file) ? $" Copy it, together with `{Path.GetFileName(file)}-wal`, to a place that can be written." : ""), fault);

    private static SqliteStoredRecord Open(string file, string connectionString)
    {
        var connection = Connect(connectionString);
        try
        {
            Execute(connection, "begin");
            if (!SchemaCheck.IsUntouched(connection))
            {
                throw new LedgerException(
                    $"{StorageCodes.NotARecord}: `{file}` is not a record of a version known here, or its tables were changed: a view, a trigger or " +
                    "another table stands where the record's own should.");
            }

            return new SqliteStoredRecord(connection, connectionString);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public byte[]? ReadHead()
    {
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = Schema.ReadHead;
            return command.ExecuteScalar() as byte[];
        }
        catch (SqliteException fault)
        {
            throw Damaged(fault);
        }
    }

    public IEnumerable<StoredEntry> ReadEntries()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = Schema.All;
        using var reader = Guarded(command.ExecuteReader);
        while (Next(reader) is { } row)
            yield return row;
    }

    public byte[]? ReadPayload(long position)
    {
        if (_payloadAt is null)
            return null;
        _payloadAt.Parameters[0].Value = position;
        return Guarded(_payloadAt.ExecuteScalar) as byte[];
    }

    /// <summary>Damage inside the file that reading the entries in order does not meet, such as an index that hides some.</summary>
    /// <remarks>On a connection of its own, so that the entries can be read at the same time. What an engine adds meanwhile is looked at too.</remarks>
    public IEnumerable<string> ReadDamage()
    {
        using var connection = Guarded(() => Connect(_connectionString));

        // Each entry is looked up in each index: the ends of as many tasks as worked at once should stay in memory.
        Execute(connection, $"pragma cache_size = -{StorageLimits.DamageCacheKilobytes}");
        using var command = connection.CreateCommand();
        command.CommandText = "pragma integrity_check(20)";
        using var reader = Guarded(command.ExecuteReader);
        while (Guarded(reader.Read))
        {
            var line = reader.GetString(0);
            if (line != "ok")
                yield return line;
        }
    }

    public void Dispose()
    {
        _payloadAt?.Dispose();
        _connection.Dispose();
    }

    /// <summary>The next row; null at the end. As <see cref="Guarded"/>, without a delegate for each of a million rows.</summary>
    private static StoredEntry? Next(SqliteDataReader reader)
    {
        try
        {
            return reader.Read() ? Row(reader) : null;
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw Damaged(fault);
        }
    }

    private static StoredEntry Row(SqliteDataReader reader) => new(
        reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
        reader.GetFieldValue<byte[]>(5), reader.GetFieldValue<byte[]>(6));

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (IsDamage(fault))
        {
            throw Damaged(fault);
        }
    }

    /// <summary>Other than SQLite's own faults: a column of another type than the tables have, which were made anew.</summary>
    private static bool IsDamage(Exception fault) =>
        fault is SqliteException or InvalidCastException or InvalidOperationException or FormatException;

    private static LedgerException Damaged(Exception fault) =>
        new($"{StorageCodes.NotARecord}: The database is damaged ({fault.Message}).", fault);

    private static SqliteConnection Connect(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Execute(connection, "pragma query_only = on");
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
#pragma warning disable CA2100 // the text is a constant of this file
        command.CommandText = text;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
