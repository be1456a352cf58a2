using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Records;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint explain</c></summary>
internal static class ExplainCommand
{
    public static TaughtCommand Create()
    {
        var attempt = new Argument<string>("attempt") { Description = "The id of a call, as `ledger tail`, `holds` and the agent's answer show it" };
        var command = new TaughtCommand(
            "explain",
            "Says which policies decided a call, what became of it, and what would have changed the verdict.",
            "vetopoint explain t-7hq2m4xk9d.17",
            "vetopoint explain t-7hq2m4xk9d.17 --json | jq .wouldChange")
        {
            attempt,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            Show(run.Screen, await engine.AttemptAsync(run.Get(attempt), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(Screen screen, AttemptView attempt)
    {
        if (screen.Json)
        {
            screen.WriteJson(attempt, ApiJson.Default.AttemptView);
            return;
        }

        var judgement = attempt.Judgement;
        screen.Line($"{judgement.Attempt}  {judgement.Verdict}{(judgement.Observed ? " (observed only: the full form ran)" : "")}", "bold");
        screen.Line($"{Invocation.Time(judgement.Time)}  {judgement.Agent} through {judgement.Gate}: {judgement.Server} {judgement.Method} {judgement.Name}".TrimEnd());
        screen.Line($"Form {judgement.Form}{(judgement.Change.Length > 0 ? $": {judgement.Change}" : "")}. Assurance {attempt.Assurance}{(judgement.Rung is { } rung ? $", needs {rung}" : "")}.");
        foreach (var operation in judgement.Operations)
        {
            screen.Line($"  {OperationText.Of(operation)}");
            foreach (var evidence in operation.Evidence)
                screen.Line($"    because {evidence}");
        }

        if (!attempt.DecidedBy.IsEmpty)
        {
            screen.Line("Decided by:");
            foreach (var policy in attempt.DecidedBy)
                screen.Line($"  {policy.Effect} `{policy.Id}`{(policy.File is null ? "" : $" ({policy.File}:{policy.Line})")}: {policy.Reason}");
        }

        foreach (var reason in judgement.Reasons)
            screen.Line($"Reason: {reason}");
        foreach (var change in attempt.WouldChange)
            screen.Line($"Would change it: {change}");
        if (attempt.Reviewed == false)
            screen.Line("Nobody had looked at the tool's definition then.");
        if (attempt.Suspicion is { } suspicion)
            screen.Line($"The tool was suspicious: {suspicion}", "yellow");
        if (attempt.Uses is { } uses)
            screen.Line($"Used the approval of {uses}.");
        if (attempt.Resolution is { } resolution)
            screen.Line($"Hold: {resolution.Resolution}{(resolution.By is { } by ? $" by {by}" : "")} at {Invocation.Time(resolution.Time)}.");
        if (attempt.Outcome is { } outcome)
            screen.Line($"Outcome: {outcome.Status}, {outcome.Bytes} bytes{(outcome.Notes is { } notes ? $", {notes}" : "")}.");
        screen.Line($"Policy set {ServeCommand.Short(attempt.PolicySet)}, reader {attempt.Reader}{(attempt.Tool is { } tool ? $", tool definition {ServeCommand.Short(tool)}" : "")}.");
    }
}
