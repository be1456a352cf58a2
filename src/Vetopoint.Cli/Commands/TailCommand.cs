using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vetopoint.Cli.Records;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger tail</c></summary>
internal static class TailCommand
{
    private const int CountDefault = 20;
    private const int CountMax = 10_000;
    private const int ReadAtOnce = 256;

    /// <summary>How often <c>-f</c> looks for new entries.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public static TaughtCommand Create()
    {
        var asked = new QueryOptions();
        var count = new Option<int>("--count", "-n") { Description = "How many entries", DefaultValueFactory = _ => CountDefault, HelpName = "N" };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > CountMax)
                result.AddError($"--count takes 1 to {CountMax}.");
        });
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on and show entries as they become durable, until Ctrl-C" };
        var lines = new Option<bool>("--jsonl") { Description = "One JSON value per entry and line, as `ledger query --jsonl`" };
        var command = new TaughtCommand(
            "tail",
            "Shows the newest entries, the newest last. With --json one value with the entries exactly as recorded. Takes what `ledger query` takes to narrow them.",
            "vetopoint ledger tail",
            "vetopoint ledger tail -f --verdict deny",
            "vetopoint ledger tail -n 100 --task t-7hq2m4xk9d",
            "vetopoint ledger tail --json | jq '.entries[].body.verdict'")
        {
            count, follow, lines,
        };
        asked.AddTo(command);
        command.Does(async (run, cancellationToken) =>
        {
            if (run.Get(follow) && run.Screen.Json)
                throw new CliException("VP1434", "`--json` prints one value, and `-f` never ends.", "Use `--jsonl` with `-f`.", ExitCodes.Usage);
            var query = asked.Read(run) with { Limit = run.Get(count) };
            using var search = RecordSearch.Open(run, withIndex: true, cancellationToken);
            using var reader = LedgerCommand.Open(run.Home);
            var end = reader.NewestPosition();
            var page = search.Find(query with { After = end + 1 }, cancellationToken);
            RecordSearch.Told(run.Screen, search);
            ImmutableArray<FoundEntry> newest = [.. page.Entries.Reverse()];
            if (run.Get(lines))
                FoundText.WriteLines(run.Screen, newest);
            else if (run.Screen.Json)
                run.Screen.WriteJson(new EntryList([.. newest.Select(found => JsonElement.Parse(found.Entry.Canonical.Span))]), CliJson.Default.EntryList);
            else
                run.Screen.Table(["time", "task", "#", "kind", "what"], newest.Select(Row));
            if (run.Get(follow))
                await FollowAsync(run, search, reader, query, run.Get(lines), end, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task FollowAsync(
        Invocation run, LedgerSearch search, SqliteLedgerReader reader, LedgerQuery query, bool lines, long after, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        do
        {
            while (reader.ReadAfter(after, ReadAtOnce) is { Count: > 0 } page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var (position, entry) in page)
                {
                    after = position;
                    var found = new FoundEntry(position, entry, search.OpenedOf(entry.Task));
                    if (!query.Matches(entry, found.Opened))
                        continue;
                    if (lines)
                        FoundText.WriteLines(run.Screen, [found]);
                    else
                        run.Screen.Line(string.Join("  ", Row(found).Select(Visible.Line)));
                }
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static IReadOnlyList<string> Row(FoundEntry found) =>
    [
        Invocation.Time(found.Entry.Time), found.Entry.Task, found.Entry.Sequence.ToString(CultureInfo.InvariantCulture), found.Entry.Kind, EntryText.Of(found.Entry.Body),
    ];
}

/// <summary>The <c>--json</c> shape of <c>ledger tail</c>: canonical entries, oldest first.</summary>
internal sealed record EntryList(ImmutableArray<JsonElement> Entries);
