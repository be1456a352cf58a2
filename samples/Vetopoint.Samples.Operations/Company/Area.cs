using Microsoft.Data.Sqlite;
using ModelContextProtocol;

namespace Vetopoint.Samples.Operations.Company;

/// <summary>Everything the server operates on: one SQLite database per environment and a folder of files.</summary>
internal sealed class Area
{
    /// <summary>The environments that exist.</summary>
    public static readonly IReadOnlyList<string> Environments = ["prod", "staging"];

    private readonly string _folder;

    public Area(string folder)
    {
        _folder = Path.GetFullPath(folder);
        Files = Path.Combine(_folder, "files");
        Outbox = Path.Combine(_folder, "outbox");
    }

    /// <summary>The folder that file tools are confined to.</summary>
    public string Files { get; }

    /// <summary>Where mail that was sent ends up, one file each.</summary>
    public string Outbox { get; }

    /// <summary>The database file of an environment.</summary>
    /// <exception cref="McpException">There is no such environment.</exception>
    public string DatabasePath(string environment) => Environments.Contains(environment, StringComparer.Ordinal)
        ? Path.Combine(_folder, environment + ".db")
        : throw new McpException($"There is no environment `{environment}`. Use one of: {string.Join(", ", Environments)}.");

    /// <summary>Opens the database of an environment, with foreign keys enforced.</summary>
    public SqliteConnection Open(string environment)
    {
        var source = new SqliteConnectionStringBuilder
        {
            DataSource = DatabasePath(environment),
            ForeignKeys = true,
        };
        var connection = new SqliteConnection(source.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>The absolute path of a file named relative to <see cref="Files"/>.</summary>
    /// <exception cref="McpException">The path leads out of the folder.</exception>
    public string FilePath(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Files, path));
        return full.StartsWith(Files + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? full
            : throw new McpException($"The path `{path}` leads out of the folder of files.");
    }
}
