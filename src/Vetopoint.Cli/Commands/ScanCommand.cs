using Vetopoint.Cli.Clients;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint scan</c></summary>
internal static class ScanCommand
{
    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "scan",
            "Says which MCP clients and servers are on this machine, which are ungoverned, and which secrets lie readable in their "
            + "configs. Reads only; needs no engine and no set-up. Exit code 1 when something is ungoverned or readable.",
            "vetopoint scan",
            "vetopoint scan --json | jq .ungoverned");
        command.Does((run, _) =>
        {
            var report = Scan.Run(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.CurrentDirectory);
            if (run.Screen.Json)
                run.Screen.WriteJson(report, CliJson.Default.ScanReport);
            else
                Show(run, report);
            return Task.FromResult(report is { Ungoverned: 0, Secrets: 0 } ? ExitCodes.Done : ExitCodes.Problem);
        });
        return command;
    }

    private static void Show(Invocation run, ScanReport report)
    {
        var screen = run.Screen;
        foreach (var file in report.Files)
        {
            screen.Line($"{Title(file.Client)}  {file.File}{(file.Scope is "project" ? "  (project)" : "")}", "bold");
            if (file.Problem is { } problem)
                screen.Line($"  not readable: {problem}", "red");
            else if (file.Servers.IsEmpty)
                screen.Line("  no servers");
            if (!file.Servers.IsEmpty)
            {
                screen.Table(
                    ["server", "", "transport", "target", "readable secrets"],
                    file.Servers.Select(server => (IReadOnlyList<string>)
                    [
                        server.Project is null ? server.Name : $"{server.Name} ({server.Project})",
                        server.Governed ? "governed" : "UNGOVERNED",
                        server.Transport,
                        server.Target,
                        string.Join(", ", server.Secrets.Select(secret => $"{secret.Kind} in {secret.Where} (line {secret.Line})")),
                    ]));
            }

            foreach (var warning in file.Warnings)
                screen.Line($"  {warning}", "yellow");
        }

        screen.Line($"{Count(report.Servers, "server")}, {report.Ungoverned} ungoverned, {Count(report.Secrets, "readable secret")}.", "bold");
        if (report.Secrets > 0)
            screen.Line("Whoever reads a config, an agent with a shell too, has its secrets. `vetopoint adopt` does not move those of `env`.");
        screen.Line($"Next: {report.Next}");
    }

    private static string Title(string client) => Client.All.First(known => known.Id == client).Title;

    private static string Count(int count, string what) => count is 1 ? $"1 {what}" : $"{count} {what}s";
}
