using System.Globalization;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Records;

/// <summary>Entries as people name them: an attempt's id, for its intent; <c>TASK#NUMBER</c>; or a position in the record.</summary>
internal static class EntryNames
{
    /// <summary>The position that is named outright; null when a record is needed to know it.</summary>
    public static long? Position(string named) =>
        long.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0 ? position : null;

    /// <summary>Where the entry stands.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static long Find(SqliteLedgerReader reader, string named)
    {
        if (Position(named) is { } position)
            return position <= reader.NewestPosition() ? position : throw None(named);
        var hash = named.LastIndexOf('#');
        var found = hash > 0 && long.TryParse(named.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? reader.FindPosition(named[..hash], sequence)
            : reader.FindIntent(named);
        return found ?? throw None(named);
    }

    private static CliException None(string named) =>
        new("VP1610", $"The record has no entry `{named}`.", "Give an attempt's id, TASK#NUMBER, or a position; `vetopoint ledger tail` shows them.", ExitCodes.Problem);
}
