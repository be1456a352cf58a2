using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Cli.Approvals;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint ledger erase</c></summary>
internal static class EraseCommand
{
    public static TaughtCommand Create()
    {
        var task = new Argument<string>("TASK") { Description = "The task's id" };
        var why = new Option<string>("--why") { Description = "Why, in one line. It stands in the record for good: name no one in it who is to be forgotten", HelpName = "TEXT", Required = true };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "erase",
            "Erases for good what is kept of a task's calls, and ends the task if it is live. Its key is destroyed, so nobody can read or confirm the calls any more, "
            + "while the entries and every proof of them stay valid. Who did it and why is recorded first. Needs an approver's passphrase. Backups of the state directory are not reached.",
            "vetopoint ledger erase t-7hq2m4xk9d --why 'asked for by the person it is about'")
        {
            task, why, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            Acts.Show(run.Screen, await new Proof(engine, run.Home).EraseAsync(run.Get(task), run.Get(why)!, run.Get(signer), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }
}
