using System.CommandLine;
using Vetopoint.Api.Configuration;
using Vetopoint.Cli.Records;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Cli.Commands;

/// <summary>What can be asked of entries, as options that several commands take.</summary>
internal sealed class QueryOptions
{
    private static readonly string[] Verdicts = ["allow", "downgrade", "hold", "deny"];

    private readonly Option<string?> _task = Text("--task", "Only of this task", "TASK");
    private readonly Option<string?> _attempt = Text("--attempt", "Only about this attempt: its intent, its outcome, how its hold ended", "ATTEMPT");
    private readonly Option<string?> _agent = Text("--agent", "Only of this agent's tasks", "AGENT");
    private readonly Option<string?> _owner = Text("--owner", "Only of tasks of this person's agents", "PERSON");
    private readonly Option<string?> _server = Text("--server", "Only about this server", "SERVER");
    private readonly Option<string?> _tool = Text("--tool", "Only about this tool, resource or prompt", "NAME");
    private readonly Option<string?> _effect = Text("--effect", "Only calls with such an operation: read, delete, send …", "EFFECT");
    private readonly Option<string?> _verdict = Text("--verdict", "Only calls judged so: allow, downgrade, hold or deny", "VERDICT");
    private readonly Option<string?> _target = Text("--target", "Only calls on this target, or to it; a * at the end stands for anything", "TARGET");
    private readonly Option<string?> _environment = Text("--environment", "Only calls there; `unknown` where it is not known, which counts as prod", "ENVIRONMENT");
    private readonly Option<string?> _kind = Text("--kind", "Only this kind of entry: intent, outcome, task_opened …", "KIND");
    private readonly Option<string?> _parent = Text("--parent", "Only the beginnings of tasks that this task created", "TASK");
    private readonly Option<string?> _since = Text("--since", "Only from this time on: 2026-11-22T09:30:00Z, 2026-11-22, or how long ago: 15m, 2h, 3d", "TIME");
    private readonly Option<string?> _until = Text("--until", "Only before this time", "TIME");

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option<string?>>)
            [_task, _attempt, _agent, _owner, _server, _tool, _effect, _verdict, _target, _environment, _kind, _parent, _since, _until])
            command.Options.Add(option);
    }

    /// <exception cref="CliException">A value that nothing can have.</exception>
    public LedgerQuery Read(Invocation run)
    {
        var query = new LedgerQuery
        {
            Task = run.Get(_task),
            Attempt = run.Get(_attempt),
            Agent = run.Get(_agent),
            Owner = run.Get(_owner),
            Server = run.Get(_server),
            Tool = run.Get(_tool),
            Effect = OneOf("--effect", run.Get(_effect), [.. EffectNames.All]),
            Verdict = OneOf("--verdict", run.Get(_verdict), Verdicts),
            Target = run.Get(_target) is { } target ? TextPattern.Parse(target) : null,
            Environment = run.Get(_environment),
            Kind = OneOf("--kind", run.Get(_kind), EntryKinds.All),
            Parent = run.Get(_parent),
            Since = Moment("--since", run.Get(_since)),
            Until = Moment("--until", run.Get(_until)),
        };
        if (query.Since >= query.Until)
            throw new CliException("VP1432", "`--until` is not after `--since`, so no entry can be between them.", "Exchange or change them.", ExitCodes.Usage);
        return query;
    }

    private static DateTimeOffset? Moment(string option, string? typed) => typed is null ? null : Moments.Parse(option, typed, TimeProvider.System);

    private static string? OneOf(string option, string? typed, IReadOnlyCollection<string> known) => typed is null || known.Contains(typed)
        ? typed
        : throw new CliException("VP1430", $"`{option}` does not know `{typed}`.", Suggestion.Help(typed, known), ExitCodes.Usage);

    private static Option<string?> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };
}
