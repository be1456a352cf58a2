using System.Collections.Frozen;
using Microsoft.Data.Sqlite;

namespace Vetopoint.Samples.Session.Accounting;

/// <summary>What the sample company has at one moment, counted in its databases and folders.</summary>
internal sealed record CompanySnapshot(
    FrozenDictionary<string, long> Rows, long ArchivedRows, long ProductionCustomersInStaging, long CustomersInFiles,
    long AdminRolesOfAgents, long Backups, long SettingsChanged, long MailsSent)
{
    private static readonly string[] Tables = ["customers", "orders", "invoices", "test_runs"];

    /// <summary>Rows of a table of an environment.</summary>
    public long Of(string environment, string table) => Rows[environment + "." + table];

    /// <param name="data">The folder the operations server works in.</param>
    public static CompanySnapshot Take(string data)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        long archived = 0, roles = 0, copied = 0;
        foreach (var environment in new[] { "prod", "staging" })
        {
            var source = new SqliteConnectionStringBuilder
            {
                DataSource = Path.Combine(data, environment + ".db"),
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
            };
            using var connection = new SqliteConnection(source.ConnectionString);
            connection.Open();
            foreach (var table in Tables)
            {
                rows[environment + "." + table] = Count(connection, "SELECT count(*) FROM " + table);
                archived += Count(connection, "SELECT count(*) FROM " + table + " WHERE archived_at IS NOT NULL");
            }

            roles += Count(connection, "SELECT count(*) FROM roles WHERE role = 'admin' AND user NOT IN ('alice', 'bob')");
            if (environment == "staging")
                copied = Count(connection, "SELECT count(*) FROM customers WHERE is_test = 0 AND id > 180");
        }

        var files = Path.Combine(data, "files");
        var outbox = Path.Combine(data, "outbox");
        return new CompanySnapshot(
            rows.ToFrozenDictionary(StringComparer.Ordinal),
            archived,
            copied,
            Directory.EnumerateFiles(files, "*.csv", SearchOption.AllDirectories).Sum(CustomerLines),
            roles,
            Directory.EnumerateFiles(Path.Combine(files, "backups")).LongCount(),
            File.ReadAllText(Path.Combine(files, "config", "checkout.json")).Contains("\"retries\": 3", StringComparison.Ordinal) ? 0 : 1,
            Directory.Exists(outbox) ? Directory.EnumerateFiles(outbox).LongCount() : 0);
    }

    private static long CustomerLines(string file)
    {
        using var lines = File.ReadLines(file).GetEnumerator();
        if (!lines.MoveNext() || !lines.Current.Contains("email", StringComparison.Ordinal))
            return 0;
        long count = 0;
        while (lines.MoveNext())
            count++;
        return count;
    }

#pragma warning disable CA2100 // the statements are written above, with no value from elsewhere
    private static long Count(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
#pragma warning restore CA2100
}
