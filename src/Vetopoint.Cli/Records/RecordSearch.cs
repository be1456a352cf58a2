using System.Globalization;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Commands;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Index;

namespace Vetopoint.Cli.Records;

/// <summary>The home's record, ready to be searched: its index is brought near the record's end first, which without an engine no one else does.</summary>
internal static class RecordSearch
{
    /// <summary>Entries that are read without the index rather than told to wait for it.</summary>
    private const long Quiet = 50_000;

    public static LedgerSearch Open(Invocation run, bool withIndex, CancellationToken cancellationToken)
    {
        if (!File.Exists(run.Home.LedgerFile))
            throw Missing(run.Home);
        if (withIndex)
            CatchUp(run.Home, run.Screen, cancellationToken);
        return LedgerSearch.Open(run.Home.LedgerFile, withIndex ? run.Home.IndexFile : null);
    }

    public static CliException Missing(HomeDirectory home) =>
        new("VP1601", $"There is no record at `{home.LedgerFile}` yet.", "An engine makes it when it first runs: `vetopoint serve`.", ExitCodes.Problem);

    /// <summary>Says that the index could not be used; the answer is right all the same.</summary>
    public static void Told(Screen screen, LedgerSearch search)
    {
        if (search.IndexProblem is { } problem)
            screen.Error($"The index was not used: {problem}. Every entry was read instead. `vetopoint ledger verify --check-index` looks closer; deleting the file makes it anew.");
    }

    private static void CatchUp(HomeDirectory home, Screen screen, CancellationToken cancellationToken)
    {
        using var index = EntryIndex.Of(home.LedgerFile, home.IndexFile);
        try
        {
            var percent = -1L;
            index.CatchUp(
                (entries, of) =>
                {
                    if (of - entries < Quiet && percent < 0)
                        return;
                    var now = entries * 20 / of * 5;
                    if (now != percent)
                        screen.Error(string.Create(CultureInfo.InvariantCulture, $"Indexing the record: {now} % of {of} entries."));
                    percent = now;
                },
                cancellationToken);
        }
        catch (LedgerException fault)
        {
            screen.Error(fault.Message);
        }
    }
}
