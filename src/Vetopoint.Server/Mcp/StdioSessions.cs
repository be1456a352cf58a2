using Microsoft.AspNetCore.Connections;
using Vetopoint.Api;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Ledger.Entries;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Mcp;

/// <summary>
/// Clients on the stdio socket. Each is one task and has one server to itself.
/// 1. It greets and says which server it wants. 2. A task is opened and recorded. 3. It is told so, and MCP begins. 4. When either side
/// ends, so does the task.
/// </summary>
internal sealed class StdioSessions(McpGate gate, ActiveServers servers, EngineParts parts, EngineControls controls, ILogger<StdioSessions> logger)
    : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            if (await GreetAsync(connection) is { } greeted) // 1. and 2.
                await ServeAsync(connection, greeted.Server, greeted.Task, greeted.Client);
        }
        catch (Exception gone) when (gone is ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
        {
            // The client left, was too slow to greet, or the engine stops: there is nobody to tell.
        }
    }

    private async Task<(GovernedServer Server, TaskHandle Task, string Client)?> GreetAsync(ConnectionContext connection)
    {
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(controls.Stopping);
            late.CancelAfter(ServerLimits.HelloMax);
            if (await Hello.ReadAsync(connection.Transport.Input, late.Token) is not { } hello)
                return null;
            var server = ServerOf(hello);
            McpGate.RequireProgram(server);
            var task = await parts.Tasks.OpenAsync(
                new TaskOpening(McpNames.AgentOfWrap(server.Name), null, McpNames.Gate, server.Name, null) { Credential = Credential.Local },
                controls.Stopping);
            return (server, task, hello.Client ?? "?");
        }
        catch (ProblemException refused)
        {
            await RefuseAsync(connection, refused.Problems[0]);
        }
        catch (UpstreamException refused)
        {
            await RefuseAsync(connection, new Problem(refused.Code, null, 0, 0, WithoutCode(refused.Message), ""));
        }
        catch (TaskException refused)
        {
            await RefuseAsync(connection, new Problem("VP5103", null, 0, 0, refused.Message, ""));
        }
        catch (LedgerException fault)
        {
            McpLog.ClientRefused(logger, fault.Message);
            await RefuseAsync(connection, new Problem("VP5104", null, 0, 0,
                "The record cannot be written, so no task can begin.", "See the engine's log, run/engine.log."));
        }

        return null;
    }

    private GovernedServer ServerOf(StdioHello hello)
    {
        if (hello.Kind == "server")
        {
            return servers.Open(hello.Server!) ?? throw new ProblemException(new Problem("VP5105", null, 0, 0,
                $"The active config has no server `{hello.Server}`.",
                "Look at `vetopoint status`; an edited config decides once it is activated (`vetopoint policy activate`)."));
        }

        var command = hello.Command!.Value;
        return servers.Wrap(hello.Name!, new UpstreamAddress.Stdio(command[0], command[1..], hello.Env!, hello.Cwd!));
    }

    private async Task ServeAsync(ConnectionContext connection, GovernedServer server, TaskHandle task, string client)
    {
        var reason = "The engine failed.";
        try
        {
            await Hello.AnswerAsync(
                connection.Transport.Output, new StdioAnswer(true) { Task = task.Id.ToString() }, controls.Stopping); // 3.
            McpLog.Governed(logger, server.Name, task.Id.ToString(), client);
            using var errors = new ServerErrorFile(parts.Home, task.Id.ToString());
            reason = await gate.ServeLinesAsync(connection.Transport, task, server, errors.Add, controls.Stopping);
        }
        catch (UpstreamException fault)
        {
            reason = fault.Message;
            McpLog.ServerUnusable(logger, server.Name, fault.Message);
        }
        catch (OperationCanceledException) when (controls.Stopping.IsCancellationRequested)
        {
            reason = "The engine stopped.";
        }
#pragma warning disable CA1031 // One session that fails must not disturb another; its task ends below, so nothing of it goes on.
        catch (Exception fault) when (fault is not (ConnectionResetException or ConnectionAbortedException))
#pragma warning restore CA1031
        {
            McpLog.Failed(logger, fault, server.Name, task.Id.ToString());
        }
        finally
        {
            await EndAsync(task, server, reason); // 4.
        }
    }

    private async Task EndAsync(TaskHandle task, GovernedServer server, string reason)
    {
        McpLog.Ended(logger, server.Name, task.Id.ToString(), reason);
        try
        {
            await parts.Tasks.EndAsync(task.Id, reason, CancellationToken.None);
        }
        catch (LedgerException fault)
        {
            // The task ends with its mandate then; its client is gone, so nobody can use it before.
            McpLog.EndNotRecorded(logger, fault, task.Id.ToString());
        }
    }

    private static string WithoutCode(string message)
    {
        var end = message.IndexOf(": ", StringComparison.Ordinal);
        return message.StartsWith("VP", StringComparison.Ordinal) && end > 0 ? message[(end + 2)..] : message;
    }

    private async Task RefuseAsync(ConnectionContext connection, Problem problem)
    {
        McpLog.ClientRefused(logger, problem.ToString());
        var message = problem.Help.Length == 0 ? problem.Message : $"{problem.Message} {problem.Help}";
        await Hello.AnswerAsync(
            connection.Transport.Output, new StdioAnswer(false) { Code = problem.Code, Message = message }, controls.Stopping);
    }
}
