using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Records;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint holds</c>, <c>approve</c> and <c>deny</c></summary>
internal static class HoldsCommand
{
    public static TaughtCommand CreateHolds()
    {
        var command = new TaughtCommand(
            "holds",
            "Lists the calls that wait for a person.",
            "vetopoint holds",
            "vetopoint holds --json | jq -r '.holds[].attempt'");
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            Show(run.Screen, await engine.HoldsAsync(cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    public static TaughtCommand CreateApprove()
    {
        var attempt = Attempt();
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "approve",
            "Lets one held call run, once. Shows exactly what would run and asks for your passphrase on the terminal; it cannot be piped, "
            + "passed or scripted, because an agent could do that.",
            "vetopoint approve t-7hq2m4xk9d.17",
            "vetopoint approve t-7hq2m4xk9d.17 --as alice@example.com")
        {
            attempt, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var id = run.Get(attempt);
            var result = await new Proof(engine, run.Home).GiveAsync(ActNames.Approve, id, $"attempt {id}", run.Get(signer), null, cancellationToken);
            Acts.Show(run.Screen, result);
            return ExitCodes.Done;
        });
        return command;
    }

    public static TaughtCommand CreateDeny()
    {
        var attempt = Attempt();
        var command = new TaughtCommand("deny", "Refuses one held call. Needs no passphrase: less is always allowed.", "vetopoint deny t-7hq2m4xk9d.17") { attempt };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.DenyAsync(run.Get(attempt), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Attempt() => new("attempt") { Description = "The id of the held call, as `vetopoint holds` shows it" };

    private static void Show(Screen screen, HoldList list)
    {
        if (screen.Json)
        {
            screen.WriteJson(list, ApiJson.Default.HoldList);
            return;
        }

        if (list.Holds.IsEmpty)
        {
            screen.Line("Nothing waits for a person.");
            return;
        }

        foreach (var hold in list.Holds)
        {
            screen.Line($"{hold.Attempt}  {hold.Server} {hold.Name ?? hold.Method}  by {hold.Agent} for {hold.Owner}", "bold");
            foreach (var operation in hold.Operations)
                screen.Line($"  {OperationText.Of(operation)}");
            foreach (var reason in hold.Reasons)
                screen.Line($"  {reason}");
            screen.Line($"  {hold.State}, form {hold.Form}{(hold.Change.Length > 0 ? $" ({hold.Change})" : "")}, needs rung {hold.Rung}, until {Invocation.Time(hold.ExpiresAt)}");
        }

        screen.Line();
        screen.Line("`vetopoint approve ID` shows exactly what would run; `vetopoint deny ID` refuses it.");
    }
}
