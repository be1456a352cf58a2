using Microsoft.Data.Sqlite;

namespace Vetopoint.Storage.Sqlite;

/// <summary>How a record is opened to be read.</summary>
internal static class ReadOnlyConnection
{
    private const int ReadOnlyFault = 8;
    private const int CannotOpenFault = 14;

    /// <summary>
    /// For a copy on a medium that cannot be written, where SQLite cannot make the file in which readers and a writer meet: no writer
    /// can be there.
    /// </summary>
    public static string ImmutableText(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = new Uri(Path.GetFullPath(file)).AbsoluteUri + "?immutable=1",
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = false,
    }.ToString();

    /// <summary>True when a fault may come from such a medium.</summary>
    public static bool MayBeImmutable(string file, SqliteException fault) =>
        fault.SqliteErrorCode is ReadOnlyFault or CannotOpenFault && !HasLog(file);

    /// <summary>True when newest entries lie beside the file and not in it.</summary>
    public static bool HasLog(string file) => new FileInfo(file + "-wal") is { Exists: true, Length: > 0 };

    public static string Text(string file, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadOnly,
        Pooling = pooling,
        DefaultTimeout = (int)StorageLimits.BusyTimeout.TotalSeconds,
    }.ToString();
}
