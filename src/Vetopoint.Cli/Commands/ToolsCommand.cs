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
            "vetopoint tools accept ops")
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
        var server = Server();
        var tool = new Argument<string?>("tool") { Description = "The tool's name; left out, every tool of the server that nobody has accepted as it is", Arity = ArgumentArity.ZeroOrOne };
        var named = new Option<string?>("--tool") { Description = "The same, as an option" };
        var signer = CommonOptions.As();
        var command = new TaughtCommand(
            "accept",
            "Accepts the definitions a server offers now: all that are not accepted yet, or one. Shows every definition and what it is read as, "
            + "what is suspicious first, and needs an approver's passphrase, once.",
            "vetopoint tools accept ops",
            "vetopoint tools accept ops purge_customers",
            "vetopoint tools accept ops --tool purge_customers")
        {
            server, tool, named, signer,
        };
        command.Does(async (run, cancellationToken) =>
        {
            using var engine = new EngineClient(run.Home);
            var ofServer = run.Get(server);
            if ((run.Find(tool) ?? run.Get(named)) is not { } name)
                return await AcceptAllAsync(run, engine, ofServer, run.Get(signer), cancellationToken);
            var result = await new Proof(engine, run.Home).GiveAsync(
                ActNames.Review, $"{ofServer}/{name}", ApprovalSubject.Tool(ofServer, name, "").Text, run.Get(signer), null, cancellationToken);
            Acts.Show(run.Screen, result);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<int> AcceptAllAsync(Invocation run, EngineClient engine, string server, string? signer, CancellationToken cancellationToken)
    {
        var pinned = (await engine.ToolsAsync(cancellationToken)).Tools.Where(tool => tool.Server == server).ToList();
        if (pinned.Count == 0)
        {
            throw new CliException(
                "VP1411", $"No tool of a server `{server}` is pinned.",
                "`vetopoint tools` shows those that are; a server's tools are pinned when a client first uses it.", ExitCodes.Problem);
        }

        var offered = new List<OfferedDefinition>();
        foreach (var tool in pinned.Where(tool => !tool.Reviewed || tool.Suspicion is not null).OrderBy(tool => tool.Suspicion is null))
            offered.Add(new OfferedDefinition(tool, await engine.ToolDiffAsync(server, tool.Tool, cancellationToken)));
        var accepted = new List<AcceptedTool>();
        if (offered.Count > 0)
        {
            await new Proof(engine, run.Home).AcceptAsync(
                server, offered, signer, tool => accepted.Add(new AcceptedTool(tool.View.Tool, tool.Digest)), cancellationToken);
        }

        if (run.Screen.Json)
            run.Screen.WriteJson(new AcceptReport(server, accepted), CliJson.Default.AcceptReport);
        else
            run.Screen.Line(accepted.Count == 0 ? $"Every tool of `{server}` is accepted as it is." : $"{accepted.Count} tools of the server `{server}` are reviewed.");
        return ExitCodes.Done;
    }

    private static (Argument<string> Server, Argument<string> Tool) Arguments() =>
        (Server(), new("tool") { Description = "The tool's name" });

    private static Argument<string> Server() => new("server") { Description = "The server's name, as `vetopoint tools` shows it" };

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
            screen.Line("Look at a problem with `vetopoint tools diff SERVER TOOL`; accept it with `vetopoint tools accept SERVER TOOL`, or all of a server with `vetopoint tools accept SERVER`.");
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

/// <summary>The <c>--json</c> shape of accepting several definitions.</summary>
internal sealed record AcceptReport(string Server, IReadOnlyList<AcceptedTool> Accepted);

internal sealed record AcceptedTool(string Tool, string Digest);
