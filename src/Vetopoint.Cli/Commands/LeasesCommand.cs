using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Terminal;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint leases</c></summary>
internal static class LeasesCommand
{
    private const string Stuck = "stuck";

    public static TaughtCommand Create()
    {
        var onlyStuck = new Option<bool>("--stuck") { Description = "Only those that could not be revoked several times; code 1 when there is one" };
        var command = new TaughtCommand(
            "leases",
            "Lists the credentials that tasks have now: made for one task, revoked when it ends. What cannot be revoked is tried on and stays here.",
            "vetopoint leases",
            "vetopoint leases --stuck")
        {
            onlyStuck,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var all = await engine.LeasesAsync(cancellationToken);
            var shown = run.Get(onlyStuck) ? new LeaseList([.. all.Leases.Where(static lease => lease.State == Stuck)]) : all;
            Show(run.Screen, shown, run.Get(onlyStuck));
            return run.Get(onlyStuck) && !shown.Leases.IsEmpty ? ExitCodes.Problem : ExitCodes.Done;
        });
        return command;
    }

    private static void Show(Screen screen, LeaseList list, bool onlyStuck)
    {
        if (screen.Json)
        {
            screen.WriteJson(list, ApiJson.Default.LeaseList);
            return;
        }

        if (list.Leases.IsEmpty)
        {
            screen.Line(onlyStuck ? "No lease is stuck." : "No task has a lease.");
            return;
        }

        screen.Table(["lease", "of", "agent", "task", "state", "since", "ends"], list.Leases.Select(lease => (IReadOnlyList<string>)
            [lease.Lease, lease.Name, lease.Agent, lease.Task, lease.State, Invocation.Time(lease.Since), Invocation.Time(lease.ExpiresAt)]));
        foreach (var lease in list.Leases.Where(static lease => lease.Problem is not null))
            screen.Line($"{lease.Lease}: tried {lease.Failures} times since the engine started. {lease.Problem}");
    }
}
