using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger query</c></summary>
internal static class QueryCommand
{
    public static TaughtCommand Create()
    {
        var asked = new QueryOptions();
        var limit = new Option<int>("--limit", "-n") { Description = "How many entries", DefaultValueFactory = _ => LedgerLimits.PageEntriesDefault, HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > LedgerLimits.PageEntriesMax)
                result.AddError($"--limit takes 1 to {LedgerLimits.PageEntriesMax}.");
        });
        var after = new Option<long?>("--after") { Description = "Go on behind this position, as the page before said", HelpName = "POSITION" };
        var newest = new Option<bool>("--newest") { Description = "The newest first (the default)" };
        var oldest = new Option<bool>("--oldest") { Description = "The oldest first" };
        var lines = new Option<bool>("--jsonl") { Description = "One JSON value per entry and line" };
        var noIndex = new Option<bool>("--no-index") { Description = "Read every entry instead of believing the index where to look" };
        var command = new TaughtCommand(
            "query",
            "Finds entries by who, what, where and when. All that is given must hold; effect, target and environment for one and the same operation. "
            + "Names are compared exactly. Reads the record itself, with or without an engine: an index beside it only says where to look, and is made and kept up by itself. "
            + "A page ends with where the next one begins.",
            "vetopoint ledger query --verdict deny --since 1d",
            "vetopoint ledger query --effect delete --environment prod --agent claude-code",
            "vetopoint ledger query --target '/srv/customers/*' --oldest --limit 200",
            "vetopoint ledger query --task t-7hq2m4xk9d --kind intent --jsonl | jq -r .entry.body.verdict")
        {
            limit, after, newest, oldest, lines, noIndex,
        };
        asked.AddTo(command);
        command.Does((run, cancellationToken) =>
        {
            if (run.Get(newest) && run.Get(oldest))
                throw new CliException("VP1433", "`--newest` and `--oldest` exclude each other.", "Give one of them.", ExitCodes.Usage);
            var query = asked.Read(run) with { Limit = run.Get(limit), After = run.Get(after), OldestFirst = run.Get(oldest) };
            using var search = RecordSearch.Open(run, !run.Get(noIndex), cancellationToken);
            var page = search.Find(query, cancellationToken);
            RecordSearch.Told(run.Screen, search);
            if (run.Get(lines))
                FoundText.WriteLines(run.Screen, page.Entries);
            else if (run.Screen.Json)
                run.Screen.WriteJson(new QueryReport([.. page.Entries.Select(FoundText.View)], page.Next), CliJson.Default.QueryReport);
            else
                FoundText.Table(run.Screen, page.Entries);
            if (page.Next is { } next && !run.Screen.Json)
                run.Screen.Error($"There may be more: the same with `--after {next}`.");
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }
}

/// <summary>The <c>--json</c> shape of <c>ledger query</c>.</summary>
/// <param name="Next">What <c>--after</c> takes for the next page; null when there is none.</param>
internal sealed record QueryReport(ImmutableArray<FoundView> Entries, long? Next);

/// <summary>One entry that was found, and one line of <c>--jsonl</c>.</summary>
/// <param name="Agent">Of the entry's task; null for a task that no agent has.</param>
/// <param name="Entry">Exactly as recorded.</param>
internal sealed record FoundView(long Position, string? Agent, string? Owner, JsonElement Entry);
