using Microsoft.Data.Sqlite;

namespace Vetopoint.Storage.Sqlite;

/// <summary>
/// Whether a file has the record's tables and nothing beside them. A trigger could change what is stored, and a view could show
/// something else than what is.
/// </summary>
internal static class SchemaCheck
{
    private const string Objects =
        "select type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') from sqlite_schema where name not like 'sqlite_stat_' order by name";

    private static readonly string[] Expected = ReadExpected(Schema.Create);
    private static readonly string[] ExpectedWithoutPayloads = ReadExpected(Schema.CreateEntries);

    public static bool IsUntouched(SqliteConnection connection) =>
        Number(connection, "pragma application_id") == Schema.ApplicationId && Number(connection, "pragma user_version") switch
        {
            Schema.Version => Expected.AsSpan().SequenceEqual(Read(connection)),
            Schema.VersionWithoutPayloads => ExpectedWithoutPayloads.AsSpan().SequenceEqual(Read(connection)),
            _ => false,
        };

    /// <summary>Whether a record that is untouched has payloads.</summary>
    public static bool HasPayloads(SqliteConnection connection) => Number(connection, "pragma user_version") == Schema.Version;

    private static string[] ReadExpected(string text)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var create = connection.CreateCommand();
#pragma warning disable CA2100 // the text is one of the constants of Schema
        create.CommandText = text;
#pragma warning restore CA2100
        create.ExecuteNonQuery();
        return Read(connection);
    }

    private static string[] Read(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Objects;
        using var reader = command.ExecuteReader();
        var objects = new List<string>();
        while (reader.Read())
            objects.Add(reader.GetString(0));
        return [.. objects];
    }

    private static long Number(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the text is a constant of this file
        command.CommandText = text;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
