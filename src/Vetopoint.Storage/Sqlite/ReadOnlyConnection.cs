using Microsoft.Data.Sqlite;

namespace Vetopoint.Storage.Sqlite;

/// <summary>How a record is opened to be read.</summary>
internal static class ReadOnlyConnection
{
    public static string Text(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = true,
        DefaultTimeout = (int)StorageLimits.BusyTimeout.TotalSeconds,
    }.ToString();
}
