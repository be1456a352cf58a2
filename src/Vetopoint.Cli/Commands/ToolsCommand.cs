using System.CommandLine;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Cli.Approvals;
using Vetopoint.Cli.Terminal;
using Vetopoint.Ledger.Approvals;

namespace Vetopoint.Cli.Commands;

/// <summary><c>vetopoint tools</c></summary>
internal static class ToolsCommand
{
    public static TaughtCommand Create()
    {
        var command = new TaughtCommand(
            "tools",
            "Lists what is governed and how each tool is classified. A tool's definition is pinned when it is first seen; a changed one is "
            + "held until someone accepts the difference.",
            "vetopoint tools",
            "vetopoint tools diff ops purge_customers",
            "vetopoint tools accept ops purge_customers")
        {
            Diff(), Accept(),
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var tools = await engine.ToolsAsync(cancellationToken);
            Show(run.Screen, tools);
            return tools.Tools.Any(tool => tool.Suspicion is not null) ? ExitCodes.Problem : ExitCodes.Done;
        });
        return command;
    }

    private static TaughtCommand Diff()
    {
        var (server, tool) = Arguments();
        var command = new TaughtCommand(
            "diff", "Shows a tool's pinned definition and the one its server offers now. Exit code 1 when they differ.", "vetopoint tools diff ops purge_customers")
        {
            server, tool,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var diff = await engine.ToolDiffAsync(run.Get(server), run.Get(tool), cancellationToken);
            Show(run.Screen, diff);
            return diff.Offered is null && diff.Suspicion is null ? ExitCodes.Done : ExitCodes.Problem;
        });
        return command;
    }

    private static TaughtCommand Accept()
    {
        var (server, tool) = Arguments();
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "accept", "Accepts a tool's definition as its server offers it now. Needs an approver's passphrase.", "vetopoint tools accept ops purge_customers")
        {
            server, tool, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var (ofServer, name) = (run.Get(server), run.Get(tool));
            var result = await new Proof(engine, run.Home).GiveAsync(
                ActNames.Review, $"{ofServer}/{name}", ApprovalSubject.Tool(ofServer, name, "").Text, run.Get(signer), null, cancellationToken);
            Acts.Show(run.Screen, result);
            return ExitCodes.Done;
        });
        return command;
    }

    private static (Argument<string> Server, Argument<string> Tool) Arguments() =>
        (new("server") { Description = "The server's name, as `vetopoint tools` shows it" }, new("tool") { Description = "The tool's name" });

    private static void Show(Screen screen, ToolList list)
    {
        if (screen.Json)
        {
            screen.WriteJson(list, ApiJson.Default.ToolList);
            return;
        }

        if (list.Tools.IsEmpty)
        {
            screen.Line("No tool is pinned yet: that happens when a client first lists a server's tools.");
            return;
        }

        screen.Table(["server", "tool", "effects", "", "why"], list.Tools.Select(tool => (IReadOnlyList<string>)
        [
            tool.Server, tool.Tool, tool.Understood ? string.Join(" ", tool.Effects) : "not understood",
            tool.Suspicion is not null ? "problem" : tool.Reviewed ? "reviewed" : "pinned",
            tool.Suspicion ?? string.Join("; ", tool.Evidence),
        ]));
        if (list.Tools.Any(tool => tool.Suspicion is not null))
            screen.Line("Look at a problem with `vetopoint tools diff SERVER TOOL`; accept it with `vetopoint tools accept SERVER TOOL`.");
    }

    private static void Show(Screen screen, ToolDiff diff)
    {
        if (screen.Json)
        {
            screen.WriteJson(diff, ApiJson.Default.ToolDiff);
            return;
        }

        if (diff.Suspicion is { } suspicion)
            screen.Line($"Suspicious: {suspicion}", "yellow");
        if (diff.Offered is null)
        {
            screen.Line($"The server offers the pinned definition ({ServeCommand.Short(diff.Digest)}):");
            screen.Line(diff.Definition);
            return;
        }

        foreach (var change in diff.Changes)
            screen.Line($"- {change}");
        screen.Line($"Pinned ({ServeCommand.Short(diff.Digest)}):", "bold");
        screen.Line(diff.Definition);
        screen.Line($"Offered now ({ServeCommand.Short(diff.OfferedDigest ?? "")}):", "bold");
        screen.Line(diff.Offered);
    }
}
