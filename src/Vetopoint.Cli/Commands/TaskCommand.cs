using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vetopoint.Api.Client;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Records;
using Vetopoint.Cli.Tasks;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Mandates;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Sqlite;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint task</c></summary>
internal static class TaskCommand
{
    private const int ListDefault = 20;
    private const int ListMax = 1_000;

    /// <summary>Entries of one task that a list counts, so that a list is quick however long its tasks are.</summary>
    private const int CountedMax = 4_000;

    public static TaughtCommand Create() => new(
        "task",
        "What was given to agents to do, and what came of it. Reads the record itself, with or without an engine.",
        "vetopoint task list",
        "vetopoint task show t-7hq2m4xk9d")
    {
        Show(), List(), Start(), End(),
    };

    private static TaughtCommand Start()
    {
        var template = new Argument<string>("TEMPLATE") { Description = "A mandate template: policies/mandates/TEMPLATE.json, as activated" };
        var agent = new Option<string>("--agent") { Description = "The agent that gets it", HelpName = "AGENT", Required = true };
        var set = new Option<string[]>("--set") { Description = "A value for a parameter of the template; may be given again", HelpName = "NAME=VALUE" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "start",
            "Gives an agent a task, with what a mandate template lets it do, and prints the key of the task, once. Shows the whole mandate. Needs an approver's passphrase.",
            "vetopoint task start refund --agent support-bot --set order=4711")
        {
            template, agent, set, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var given in run.Get(set) ?? [])
            {
                var at = given.IndexOf('=', StringComparison.Ordinal);
                if (at <= 0 || !values.TryAdd(given[..at], given[(at + 1)..]))
                    throw new CliException("VP1450", $"`--set {given}` is not a name and a value, or the name was given before.", "Write `--set order=4711`.", ExitCodes.Problem);
            }

            using var engine = new EngineClient(run.Home);
            Acts.Show(run.Screen, await new Proof(engine, run.Home).StartAsync(run.Get(agent)!, run.Get(template), values, run.Get(signer), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand End()
    {
        var task = new Argument<string>("TASK") { Description = "The task's id" };
        var command = new TaughtCommand(
            "end",
            "Ends a task and every task below it, at once: nothing of them runs any more, and what is in flight is cut. Needs no passphrase: less is always allowed.",
            "vetopoint task end t-7hq2m4xk9d")
        {
            task,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.EndTaskAsync(run.Get(task), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Show()
    {
        var task = new Argument<string>("TASK") { Description = "The task's id, as `task list` and `ledger tail` show it" };
        var all = new Option<bool>("--all") { Description = "Every attempt on a line of its own" };
        var command = new TaughtCommand(
            "show",
            "Draws a task as a tree: what it is for and may do, what it used up, each attempt with its verdict and what became of it, and the tasks it created below the attempt that "
            + "did. Attempts alike that follow one another are one line; --all shows each. With --json always all.",
            "vetopoint task show t-7hq2m4xk9d",
            "vetopoint task show t-7hq2m4xk9d --all | less",
            "vetopoint task show t-7hq2m4xk9d --json | jq '.attempts[] | select(.verdict == \"deny\")'")
        {
            task, all,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var search = RecordSearch.Open(run, withIndex: true, cancellationToken);
            using var reader = LedgerCommand.Open(run.Home);
            var story = await new TaskStories(reader, search).ReadAsync(run.Get(task), cancellationToken);
            var now = TimeProvider.System.GetUtcNow();
            RecordSearch.Told(run.Screen, search);
            if (run.Screen.Json)
                run.Screen.WriteJson(TaskReport.Of(story, of => JsonElement.Parse(reader.FirstOf(of)!.Canonical.Span).GetProperty("body").GetProperty("mandate"), now), CliJson.Default.TaskReport);
            else
                run.Screen.Tree(new TaskTree(now, run.Get(all)).Draw(story));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand List()
    {
        var limit = new Option<int>("--limit", "-n") { Description = "How many tasks", DefaultValueFactory = _ => ListDefault, HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > ListMax)
                result.AddError($"--limit takes 1 to {ListMax}.");
        });
        var after = new Option<long?>("--after") { Description = "Go on behind this position, as the page before said", HelpName = "POSITION" };
        var agent = new Option<string?>("--agent") { Description = "Only of this agent", HelpName = "AGENT" };
        var owner = new Option<string?>("--owner") { Description = "Only of this person's agents", HelpName = "PERSON" };
        var parent = new Option<string?>("--parent") { Description = "Only those that this task created", HelpName = "TASK" };
        var command = new TaughtCommand(
            "list",
            "Lists tasks, the newest first, with how their attempts were judged.",
            "vetopoint task list",
            "vetopoint task list --agent claude-code --limit 5",
            "vetopoint task list --json | jq -r '.tasks[] | select(.state == \"open\").task'")
        {
            limit, after, agent, owner, parent,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var search = RecordSearch.Open(run, withIndex: true, cancellationToken);
            using var reader = LedgerCommand.Open(run.Home);
            var page = search.Find(
                new LedgerQuery
                {
                    Kind = EntryKinds.TaskOpened,
                    Agent = run.Get(agent),
                    Owner = run.Get(owner),
                    Parent = run.Get(parent),
                    Limit = run.Get(limit),
                    After = run.Get(after),
                },
                cancellationToken);
            RecordSearch.Told(run.Screen, search);
            var tasks = new List<TaskSummary>();
            foreach (var found in page.Entries)
                tasks.Add(await SummaryAsync(found, reader, search, cancellationToken));
            if (run.Screen.Json)
                run.Screen.WriteJson(new TaskListReport([.. tasks], page.Next), CliJson.Default.TaskListReport);
            else
                run.Screen.Table(["opened", "task", "agent", "owner", "state", "allowed", "downgraded", "held", "denied", "for"], tasks.Select(Row));
            if (page.Next is { } next && !run.Screen.Json)
                run.Screen.Error($"There may be more: the same with `--after {next}`.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<TaskSummary> SummaryAsync(FoundEntry found, SqliteLedgerReader reader, LedgerSearch search, CancellationToken cancellationToken)
    {
        var (opened, use, count, ended) = (found.Opened!, new BudgetUse(), 0, false);
        await foreach (var entry in reader.ReadTaskAsync(found.Entry.Task, 1, cancellationToken).Take(CountedMax))
        {
            count++;
            use.Add(entry.Body);
            ended |= entry.Body is TaskEnded;
        }

        if (count == CountedMax && !ended)
            ended = !search.Find(new LedgerQuery { Task = found.Entry.Task, Kind = EntryKinds.TaskEnded, Limit = 1 }, cancellationToken).Entries.IsEmpty;
        return new TaskSummary(
            found.Entry.Task, found.Position, opened.Agent, opened.Owner, opened.Server, opened.Purpose, opened.Parent, found.Entry.Time,
            TaskStory.StateOf(opened, ended, TimeProvider.System.GetUtcNow()), UseReport.Of(use), count < CountedMax);
    }

    private static IReadOnlyList<string> Row(TaskSummary task)
    {
        var more = task.Counted ? "" : "+";
        return
        [
            Invocation.Time(task.OpenedAt), task.Task, task.Agent, task.Owner, task.State, Count(task.Used.Allowed), Count(task.Used.Downgraded), Count(task.Used.Held),
            Count(task.Used.Denied), task.Purpose,
        ];

        string Count(long number) => number.ToString(CultureInfo.InvariantCulture) + more;
    }
}
