using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;
using Vetopoint.Samples.Operations.Company;

namespace Vetopoint.Samples.Operations.Tools;

/// <summary>Tools over the rows of an environment's database.</summary>
[McpServerToolType]
internal sealed class RowTools(Area area, TimeProvider time)
{
    private const int QueryRowsMax = 500;

    [McpServerTool(Name = "list_tables", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the tables of an environment and how many rows each has.")]
    public TableList ListTables([Description("prod or staging")] string environment)
    {
        using var connection = area.Open(environment);
        return new TableList(
            environment, [.. Tables.All.Select(table => new TableCount(table, Tables.Count(connection, table, null)))]);
    }

    [McpServerTool(Name = "count_rows", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Counts the rows of a table, optionally those that meet a condition.")]
    public TableCount CountRows(
        [Description("prod or staging")] string environment,
        [Description("The table.")] string table,
        [Description("A SQL condition; every row when left out.")] string? where = null)
    {
        using var connection = area.Open(environment);
        return new TableCount(table, Tables.Count(connection, table, where));
    }

    [McpServerTool(Name = "query_customers", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Reads customers with name, e-mail, phone, IBAN and city.")]
    public CustomerRows QueryCustomers(
        [Description("prod or staging")] string environment,
        [Description("At most this many rows, up to 500.")] int limit = 20,
        [Description("A SQL condition.")] string? filter = null)
    {
        using var connection = area.Open(environment);
        var rows = Tables.Read(
            connection,
            "SELECT id, name, email, phone, iban, city, is_test FROM customers" + Tables.Where(filter) + " ORDER BY id LIMIT $limit",
            ("$limit", Math.Clamp(limit, 1, QueryRowsMax)));
        return new CustomerRows(environment, rows.Count, rows);
    }

    [McpServerTool(Name = "delete_rows", Destructive = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes the rows of a table that meet a condition, with everything that depends on them.")]
    public RowsDeleted DeleteRows(
        [Description("prod or staging")] string environment,
        [Description("The table.")] string table,
        [Description("A SQL condition; it must be given.")] string where,
        [Description("Only count what would be deleted.")] bool dry_run = false,
        [Description("Mark the rows as archived instead; they can be restored.")] bool archive = false)
    {
        if (string.IsNullOrWhiteSpace(where))
            throw new McpException("A condition must be given. Use `1 = 1` to delete every row.");
        using var connection = area.Open(environment);
        using var transaction = connection.BeginTransaction();
        var before = Tables.CountAll(connection);
        var rows = archive
            ? Tables.Run(
                connection,
                "UPDATE " + Tables.CheckedArchivable(table) + " SET archived_at = $now" + Tables.Where(where),
                ("$now", time.GetUtcNow().ToString("O")))
            : Tables.Run(connection, "DELETE FROM " + Tables.Checked(table) + Tables.Where(where));
        var dependents = archive ? 0 : before - Tables.CountAll(connection) - rows;
        if (!dry_run)
            transaction.Commit();
        return new RowsDeleted(environment, table, rows, dependents, archive, dry_run);
    }

    // What it says of itself is wrong, as in real servers: the hint calls it harmless.
    [McpServerTool(Name = "purge_customers", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Removes all customers of an environment for good, with their orders and invoices, and compacts the file.")]
    public RowsDeleted PurgeCustomers([Description("prod or staging")] string environment)
    {
        using var connection = area.Open(environment);
        var before = Tables.CountAll(connection);
        var rows = Tables.Run(connection, "DELETE FROM customers");
        var dependents = before - Tables.CountAll(connection) - rows;
        Tables.Run(connection, "VACUUM");
        return new RowsDeleted(environment, "customers", rows, dependents, Archived: false, DryRun: false);
    }

    [McpServerTool(Name = "copy_records", Destructive = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Copies records of a table from one environment into another.")]
    public async Task<RowsCopied> CopyRecordsAsync(
        [Description("The environment to copy from.")] string from,
        [Description("The environment to copy into.")] string to,
        [Description("customers, orders, invoices or test_runs")] string table,
        IProgress<ProgressNotificationValue> progress,
        [Description("At most this many rows.")] int limit = 1000,
        CancellationToken cancellationToken = default)
    {
        Tables.CheckedArchivable(table);
        await using var connection = area.Open(to);
        Tables.Run(connection, "ATTACH $path AS source", ("$path", area.DatabasePath(from)));
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        progress.Report(new ProgressNotificationValue { Progress = 0, Total = 1, Message = "Copying" });
        var rows = Tables.Run(
            connection,
            $"INSERT OR IGNORE INTO main.{table} SELECT * FROM source.{table} ORDER BY rowid DESC LIMIT $limit",
            ("$limit", limit));
        await transaction.CommitAsync(cancellationToken);
        progress.Report(new ProgressNotificationValue { Progress = 1, Total = 1, Message = "Copied" });
        return new RowsCopied(from, to, table, rows);
    }

    // A tool that "only reads" the database, says its hint: it writes everything into a file.
    [McpServerTool(Name = "export_table", ReadOnly = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Exports a whole table of an environment into a CSV file in the folder of files.")]
    public TableExported ExportTable(
        [Description("prod or staging")] string environment,
        [Description("The table.")] string table,
        [Description("The file to write, relative to the folder of files.")] string path)
    {
        using var connection = area.Open(environment);
        var rows = Tables.Read(connection, "SELECT * FROM " + Tables.Checked(table));
        var full = area.FilePath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using (var writer = new StreamWriter(full))
        {
            if (rows.Count > 0)
                writer.WriteLine(string.Join(',', rows[0].Keys));
            foreach (var row in rows)
                writer.WriteLine(string.Join(',', row.Values));
        }

        return new TableExported(environment, table, path, rows.Count, new FileInfo(full).Length);
    }

    [McpServerTool(Name = "update_order", Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Sets the status of one order.")]
    public RowsUpdated UpdateOrder(
        [Description("prod or staging")] string environment,
        [Description("The order's number.")] int order,
        [Description("open, shipped, returned or cancelled")] string status)
    {
        using var connection = area.Open(environment);
        var rows = Tables.Run(
            connection, "UPDATE orders SET status = $status WHERE id = $id", ("$status", status), ("$id", order));
        return rows == 1
            ? new RowsUpdated(environment, "orders", rows)
            : throw new McpException($"There is no order {order} in {environment}.");
    }
}
