using Microsoft.Data.Sqlite;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>What SQLite's errors mean for the record.</summary>
internal static class SqliteFaults
{
    private const int Busy = 5;
    private const int OutOfMemory = 7;
    private const int ReadOnly = 8;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Constraint = 19;

    /// <summary>
    /// True when a failed commit certainly left nothing behind. These fail before the last frame of the transaction is whole in the WAL,
    /// and a transaction without its last frame does not exist for any later reader. Any other error (a failed write or sync) may come after
    /// it: then it is not known.
    /// </summary>
    public static bool CertainlyNotCommitted(SqliteException fault) =>
        fault.SqliteErrorCode is Busy or OutOfMemory or ReadOnly or Full or CannotOpen or Constraint;

    public static LedgerException NotStored(SqliteException fault) => fault.SqliteErrorCode switch
    {
        Full => new LedgerException(
            $"{StorageCodes.DiskFull}: The entry was not recorded: the disk is full. Free some space; everything acknowledged before is safe.",
            fault),
        ReadOnly => new LedgerException(
            $"{StorageCodes.StoreFailed}: The entry was not recorded: the record cannot be written, because its file or file system is read-only. " +
            "Make it writable; everything acknowledged before is safe.", fault),
        CannotOpen => new LedgerException(
            $"{StorageCodes.StoreFailed}: The entry was not recorded: the record's files cannot be opened. Make them and their directory readable and " +
            "writable for this user; everything acknowledged before is safe.", fault),
        Busy => new LedgerException(
            $"{StorageCodes.StoreFailed}: The entry was not recorded: another program holds the record's database. Close it.", fault),
        _ => new LedgerException(
            $"{StorageCodes.StoreFailed}: The entry was not recorded: the store failed ({fault.Message}). Everything acknowledged before is safe.",
            fault),
    };

    public static LedgerException NotOpened(string file, SqliteException fault) => fault.SqliteErrorCode switch
    {
        Full => new LedgerException(
            $"{StorageCodes.DiskFull}: The record `{file}` cannot be opened: the disk is full. Free some space.", fault),
        ReadOnly or CannotOpen => new LedgerException(
            $"{StorageCodes.StateUnusable}: The record `{file}` cannot be opened for writing. Make its directory writable for this user.", fault),
        Busy => new LedgerException(
            $"{StorageCodes.StateUnusable}: The record `{file}` cannot be opened: another program holds it. Close that program.", fault),
        _ => new LedgerException(
            $"{StorageCodes.NotARecord}: The record `{file}` cannot be read ({fault.Message}). Keep the file, restore the newest backup, and run " +
            "`vetopoint ledger verify` on both.", fault),
    };
}
