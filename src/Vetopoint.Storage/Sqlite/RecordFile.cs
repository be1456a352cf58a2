using System.Globalization;
using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>
/// A record's file as its readers see it: read-only connections, a page of entries at a time, and no snapshot held between pages, so that its writer never
/// waits for them.
/// </summary>
/// <remarks>SQLite has no asynchronous calls; a page takes well under a millisecond, so it is read on the calling thread.</remarks>
internal sealed class RecordFile(string file) : IDisposable
{
    private readonly string _connectionString = ReadOnlyConnection.Text(file, pooling: true);

    /// <summary>A page of entries, by one of the texts of <see cref="Schema"/> that select a place and an entry.</summary>
    public List<(long Place, Entry Entry)> Page(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var page = new List<(long, Entry)>();
        foreach (var (place, canonical) in CanonicalPage(text, parameters))
            page.Add((place, Entry.Decode(canonical)));
        return page;
    }

    /// <summary>The same, without reading what the entries say.</summary>
    public List<(long Place, byte[] Canonical)> CanonicalPage(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        try
        {
            using var connection = Connect();
            using var command = Command(connection, text, parameters);
            using var reader = command.ExecuteReader();
            var page = new List<(long, byte[])>();
            while (reader.Read())
                page.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
            return page;
        }
        catch (SqliteException fault)
        {
            throw NotRead(fault);
        }
    }

    /// <summary>Canonical bytes of the entries after a position, in order, up to a limit.</summary>
    /// <exception cref="LedgerException">A position is missing, or the record cannot be read.</exception>
    public IReadOnlyList<byte[]> Canonical(long after, int limit)
    {
        var entries = new List<byte[]>();
        foreach (var (position, canonical) in CanonicalPage(Schema.CanonicalFrom, ("$after", after), ("$limit", limit)))
        {
            entries.Add(canonical);
            if (position != after + entries.Count)
            {
                throw new LedgerException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{StorageCodes.LogContradicted}: Position {after + entries.Count} of the record is missing. Run `vetopoint ledger verify`."));
            }
        }

        return entries;
    }

    /// <summary>A number that a text selects; null when there is none.</summary>
    public long? Number(string text, params ReadOnlySpan<(string Name, object Value)> parameters) => Scalar(text, parameters) as long?;

    /// <summary>The running hash behind a position; null when there is no such position.</summary>
    public byte[]? RunningAt(long position) => Scalar(Schema.RunningAt, ("$position", position)) as byte[];

    /// <summary>The ciphertext that lies beside one entry; null when none does.</summary>
    public byte[]? Payload(string task, long sequence)
    {
        try
        {
            using var connection = Connect();
            if (!SchemaCheck.HasPayloads(connection))
                return null;
            using var command = Command(connection, Schema.PayloadOf, ("$task", task), ("$sequence", sequence));
            return command.ExecuteScalar() as byte[];
        }
        catch (SqliteException fault)
        {
            throw NotRead(fault);
        }
    }

    /// <summary>How a task began; null when its first entry does not say.</summary>
    public TaskOpened? OpenedOf(string task) =>
        Page(Schema.OfTask, ("$task", task), ("$from", 1L), ("$limit", 1)) is [var (_, first)] ? first.Body as TaskOpened : null;

    public void Dispose()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private object? Scalar(string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        try
        {
            using var connection = Connect();
            using var command = Command(connection, text, parameters);
            return command.ExecuteScalar();
        }
        catch (SqliteException fault)
        {
            throw NotRead(fault);
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static LedgerException NotRead(SqliteException fault) =>
        new($"{StorageCodes.StateUnusable}: The record cannot be read ({fault.Message}).", fault);

    private static SqliteCommand Command(SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is one of the constants of Schema
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
