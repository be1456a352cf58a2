namespace Vetopoint.Samples.Operations.Tools;

internal sealed record TableCount(string Table, long Rows);

internal sealed record TableList(string Environment, IReadOnlyList<TableCount> Tables);

internal sealed record CustomerRows(string Environment, int Count, IReadOnlyList<Dictionary<string, object?>> Rows);

internal sealed record RowsDeleted(
    string Environment, string Table, long Rows, long DependentRows, bool Archived, bool DryRun);

internal sealed record RowsCopied(string From, string To, string Table, long Rows);

internal sealed record RowsUpdated(string Environment, string Table, long Rows);

internal sealed record TableExported(string Environment, string Table, string Path, long Rows, long Bytes);

internal sealed record RoleGranted(string Environment, string User, string Role);

internal sealed record ServiceRestarted(string Environment, string Name, string State);

internal sealed record ReportSent(string To, string Subject, string Message);

internal sealed record FileWritten(string Path, long Bytes, bool Replaced);

internal sealed record FileDeleted(string Path, long Bytes);
