using System.Net;
using Microsoft.AspNetCore.Http;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp.Callers;
using Vetopoint.Gates.Mcp.Judging;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// What is checked of a request over HTTP before its message is read: that it is meant for this host, that no foreign web page
/// sends it, and who calls.
/// </summary>
internal sealed class FrontDoor(IMcpCallers callers, IGovernedServers servers, McpGateOptions options)
{
    /// <summary>The caller's task and the server; null when the request was answered already.</summary>
    public async ValueTask<(TaskHandle Task, GovernedServer Server)?> EnterAsync(HttpContext context, string serverName)
    {
        if (await CallerAsync(context, serverName) is not { } task)
            return null;
        if (servers.Find(serverName) is not { } server)
        {
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status404NotFound, Errors.InvalidRequest,
                "VP5033: There is no governed server of this name in the active config.");
            return null;
        }

        return (task, server);
    }

    /// <summary>The caller's task; null when the request was answered already.</summary>
    /// <param name="context">The request.</param>
    /// <param name="serverName">The server that is called; empty for none.</param>
    public async ValueTask<TaskHandle?> CallerAsync(HttpContext context, string serverName)
    {
        var request = context.Request;
        if (!IsOurHost(request.Host))
        {
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status421MisdirectedRequest, Errors.InvalidRequest,
                "VP5030: This address is not one the gate answers to. Use a loopback name, or add it to `listen.hosts`.");
            return null;
        }

        if (!IsOurOrigin(request))
        {
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status403Forbidden, Errors.InvalidRequest,
                "VP5031: A web page of this origin may not call. Add it to `listen.origins` if it should.");
            return null;
        }

        var caller = await callers.FindAsync(context, serverName);
        if (caller.Task is not { } task)
        {
            if (context.Response.Headers.WWWAuthenticate.Count == 0)
                context.Response.Headers.WWWAuthenticate = "Bearer realm=\"vetopoint\"";
            await HttpAnswers.ErrorAsync(context, caller.Status, Errors.InvalidRequest, caller.Message);
            return null;
        }

        if (TaskClaim.IsForeign(request.Headers, task))
        {
            await HttpAnswers.ErrorAsync(context, StatusCodes.Status403Forbidden, Errors.InvalidRequest, $"{TaskClaim.Code}: {TaskClaim.Reason}");
            return null;
        }

        return task;
    }

    /// <summary>A page on another site can make a browser connect here under its own name; only ours are answered.</summary>
    private bool IsOurHost(HostString host)
    {
        if (!host.HasValue)
            return false;
        if (options.Hosts.Count > 0)
        {
            foreach (var known in options.Hosts)
            {
                if (string.Equals(known, host.Value, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
    }

    /// <summary>A request without an origin is not from a page; a page of this very listener is our own.</summary>
    private bool IsOurOrigin(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0)
            return true;
        return origins is [{ } origin]
            && (options.Origins.Contains(origin, StringComparer.Ordinal)
                || string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase));
    }
}
