using Microsoft.Data.Sqlite;
using ModelContextProtocol;

namespace Vetopoint.Samples.Operations.Company;

/// <summary>The tables every environment has, and the few statements the tools need.</summary>
internal static class Tables
{
    /// <summary>Every table; those named after another in a cascade are listed after it.</summary>
    public static readonly IReadOnlyList<string> All =
        ["customers", "orders", "invoices", "test_runs", "roles", "services"];

    /// <summary>Tables whose rows can be archived instead of deleted.</summary>
    private static readonly IReadOnlyList<string> Archivable = ["customers", "orders", "invoices", "test_runs"];

    /// <exception cref="McpException">There is no such table.</exception>
    public static string Checked(string table) => All.Contains(table, StringComparer.Ordinal)
        ? table
        : throw new McpException($"There is no table `{table}`. Use one of: {string.Join(", ", All)}.");

    /// <exception cref="McpException">Rows of this table cannot be archived.</exception>
    public static string CheckedArchivable(string table) => Archivable.Contains(Checked(table), StringComparer.Ordinal)
        ? table
        : throw new McpException($"Rows of `{table}` cannot be archived, only deleted.");

    /// <summary>A condition as SQL text; empty means every row.</summary>
    public static string Where(string? condition)
    {
        if (string.IsNullOrWhiteSpace(condition))
            return "";
        return condition.Contains(';', StringComparison.Ordinal)
            ? throw new McpException("A condition is one expression; it cannot contain `;`.")
            : " WHERE " + condition;
    }

    public static long Count(SqliteConnection connection, string table, string? condition) =>
        Scalar(connection, "SELECT count(*) FROM " + Checked(table) + Where(condition));

    /// <summary>All rows of all tables, to measure what a statement really removed.</summary>
    public static long CountAll(SqliteConnection connection) => All.Sum(table => Count(connection, table, null));

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        return (long)(Guarded(command.ExecuteScalar) ?? 0L);
    }

    public static int Run(SqliteConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        using var command = Command(connection, sql, values);
        return Guarded(command.ExecuteNonQuery);
    }

    /// <summary>Reads rows as name and value, in the order of the columns.</summary>
    public static List<Dictionary<string, object?>> Read(
        SqliteConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        using var command = Command(connection, sql, values);
        using var reader = Guarded(command.ExecuteReader);
        var rows = new List<Dictionary<string, object?>>();
        while (reader.Read())
        {
            var row = new Dictionary<string, object?>(StringComparer.Ordinal);
            for (var column = 0; column < reader.FieldCount; column++)
                row[reader.GetName(column)] = reader.IsDBNull(column) ? null : reader.GetValue(column);
            rows.Add(row);
        }

        return rows;
    }

    // An operations server takes conditions as SQL text from the model: that is what a gate in front of it is for.
    // Table names are checked against the list above.
#pragma warning disable CA2100
    public static SqliteCommand Command(
        SqliteConnection connection, string sql, params (string Name, object? Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
#pragma warning restore CA2100

    private static T Guarded<T>(Func<T> statement)
    {
        try
        {
            return statement();
        }
        catch (SqliteException exception)
        {
            throw new McpException("The database refused the statement: " + exception.Message);
        }
    }
}
