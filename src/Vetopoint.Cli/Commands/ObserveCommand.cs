using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Terminal;

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
        Switch("on", "Stops enforcing on a server. Needs an approver's passphrase.", ActNames.Observe),
        Switch("off", "Enforces on a server again. Recorded and signed as well, so that the record says who did it.", ActNames.Enforce),
        Report(),
    };

    private static TaughtCommand Switch(string name, string description, string act)
    {
        var server = new Argument<string>("server") { Description = "The server's name, as `vetopoint status` shows it" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(name, description, $"vetopoint observe {name} crm") { server, signer };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            Acts.Show(run.Screen, await new Proof(engine, run.Home).GiveAsync(act, run.Get(server), run.Get(signer), null, cancellationToken));
            return ExitCodes.Done;
        });
        return command;
    }

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
