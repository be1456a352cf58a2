using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Vetopoint.Api.Homes;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger</c></summary>
internal static class LedgerCommand
{
    private const int TailDefault = 20;
    private const int TailMax = 10_000;

    public static TaughtCommand Create() => new(
        "ledger",
        "The record of everything that was judged. Reads the record itself, not what an engine says of it.",
        "vetopoint ledger tail",
        "vetopoint ledger verify",
        "vetopoint ledger verify --head head.json",
        "vetopoint ledger prove t-7hq2m4xk9d.3")
    {
        VerifyCommand.Create(), ProveCommand.CreateProve(), ProveCommand.CreateVerify(), CosignCommand.Create(), UnresolvedCommand.Create(), Tail(),
    };

    private static TaughtCommand Tail()
    {
        var count = new Option<int>("--count", "-n") { Description = "How many entries", DefaultValueFactory = _ => TailDefault, HelpName = "N" };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > TailMax)
                result.AddError($"--count takes 1 to {TailMax}.");
        });
        var task = new Option<string?>("--task") { Description = "Only the entries of this task", HelpName = "TASK" };
        var command = new TaughtCommand(
            "tail",
            "Shows the newest entries, the newest last. With --json one value with the entries exactly as recorded.",
            "vetopoint ledger tail",
            "vetopoint ledger tail -n 100 --task t-7hq2m4xk9d",
            "vetopoint ledger tail --json | jq '.entries[].body.verdict'")
        {
            count, task,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var reader = Open(run.Home);
            var entries = run.Get(task) is { } wanted
                ? await NewestAsync(reader.ReadTaskAsync(wanted, 0, cancellationToken), run.Get(count))
                : await ReversedAsync(reader.ReadNewestAsync(run.Get(count), cancellationToken));
            if (run.Screen.Json)
                run.Screen.WriteJson(new EntryList([.. entries.Select(Raw)]), CliJson.Default.EntryList);
            else
                run.Screen.Table(["time", "task", "#", "kind", "what"], entries.Select(entry => (IReadOnlyList<string>)
                    [Invocation.Time(entry.Time), entry.Task, $"{entry.Sequence}", entry.Kind, EntryText.Of(entry.Body)]));
            return ExitCodes.Done;
        });
        return command;
    }

    internal static SqliteLedgerReader Open(HomeDirectory home) => File.Exists(home.LedgerFile)
        ? SqliteLedgerReader.Open(home.LedgerFile)
        : throw new CliException("VP1601", $"There is no record at `{home.LedgerFile}` yet.", "An engine makes it when it first runs: `vetopoint serve`.", ExitCodes.Problem);

    private static async Task<List<Entry>> ReversedAsync(IAsyncEnumerable<Entry> entries)
    {
        var list = new List<Entry>();
        await foreach (var entry in entries)
            list.Add(entry);
        list.Reverse();
        return list;
    }

    private static async Task<List<Entry>> NewestAsync(IAsyncEnumerable<Entry> entries, int count)
    {
        var list = new Queue<Entry>();
        await foreach (var entry in entries)
        {
            list.Enqueue(entry);
            if (list.Count > count)
                list.Dequeue();
        }

        return [.. list];
    }

    private static JsonElement Raw(Entry entry) => JsonElement.Parse(entry.Canonical.Span);
}

/// <summary>The <c>--json</c> shape of <c>ledger tail</c>: canonical entries, oldest first.</summary>
internal sealed record EntryList(ImmutableArray<JsonElement> Entries);
