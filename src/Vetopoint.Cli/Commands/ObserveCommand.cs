using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint observe</c></summary>
internal static class ObserveCommand
{
    public static TaughtCommand Create() => new(
        "observe",
        "Judges and records a server's calls without stopping any, to see verdicts on live agents before turning enforcement on.",
        "vetopoint observe on crm",
        "vetopoint observe report",
        "vetopoint observe off crm")
    {
        On(), Off(),
        Report(),
    };

    private static TaughtCommand On()
    {
        var server = Server();
        var signer = CommonOptions.As();
        var command = new TaughtCommand("on", "Stops enforcing on a server. Needs an approver's passphrase.", "vetopoint observe on crm") { server, signer };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var name = run.Get(server);
            Acts.Show(run.Screen, await new Proof(engine, run.Home).GiveAsync(
                ActNames.Observe, name, ApprovalSubject.Operator($"server {name}").Text, run.Get(signer), null, cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Off()
    {
        var server = Server();
        var command = new TaughtCommand("off", "Enforces on a server again. Needs no passphrase: less is always allowed.", "vetopoint observe off crm") { server };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            ServeCommand.Answer(run.Screen, await engine.EnforceAsync(run.Get(server), cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Server() => new("server") { Description = "The server's name, as `vetopoint status` shows it" };

    private static TaughtCommand Report()
    {
        var command = new TaughtCommand("report", "Says what enforcing would have stopped, per server.", "vetopoint observe report");
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            Show(run.Screen, await engine.ObserveReportAsync(cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Show(Screen screen, ObserveReport report)
    {
        if (screen.Json)
        {
            screen.WriteJson(report, ApiJson.Default.ObserveReport);
            return;
        }

        if (report.Servers.IsEmpty)
        {
            screen.Line("No server was observed. `vetopoint observe on SERVER` begins.");
            return;
        }

        screen.Table(["server", "mode", "calls", "allow", "downgrade", "hold", "deny"], report.Servers.Select(server => (IReadOnlyList<string>)
            [server.Server, server.Mode, $"{server.Attempts}", $"{server.Allowed}", $"{server.Downgraded}", $"{server.Held}", $"{server.Denied}"]));
        foreach (var judgement in report.Servers.SelectMany(server => server.Stopped))
        {
            screen.Line($"  {judgement.Attempt}  would be: {judgement.Verdict}  {judgement.Server} {judgement.Name ?? judgement.Method}  {string.Join(" ", judgement.Reasons)}");
        }
    }
}
