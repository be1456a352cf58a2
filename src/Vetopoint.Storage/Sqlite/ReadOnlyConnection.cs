using Microsoft.Data.Sqlite;

namespace Vetopoint.Storage.Sqlite;

/// <summary>How a record is opened to be read.</summary>
internal static class ReadOnlyConnection
{
    public static string Text(string file, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = pooling,
        DefaultTimeout = (int)StorageLimits.BusyTimeout.TotalSeconds,
    }.ToString();
}
