using Vetopoint.Control.Agents;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp.Callers;
using Vetopoint.Identity;

namespace Vetopoint.Server.Mcp;

/// <summary>
/// Callers over HTTP: by their enrolled keys, by the keys of tasks, and by task tokens where the config has an identity. Whether a task may use a server is for
/// its mandate to say.
/// </summary>
internal sealed class KeyCallers(AgentKeys keys, TaskCredentials tasks, TaskTokenService? tokens) : IMcpCallers
{
    private const string KeyPrefix = "vp_";

    public async ValueTask<McpCaller> FindAsync(HttpContext context, string server)
    {
        var key = BearerKey.Of(context.Request);
        if (key is not null && key.StartsWith(TaskCredentials.Prefix, StringComparison.Ordinal))
            return await tasks.ResolveAsync(key, context.RequestAborted) is { } own ? McpCaller.Of(own) : Unknown(context, server);
        if (tokens is null || (key is not null && key.StartsWith(KeyPrefix, StringComparison.Ordinal) && context.Request.Query.Count == 0))
            return key is not null && await keys.ResolveAsync(key, McpNames.Gate, context.RequestAborted) is { } known ? McpCaller.Of(known) : Unknown(context, server);
        if (context.Request.Headers.Authorization.Count == 0 && context.Request.Query.Count == 0)
            return Unknown(context, server);
        var (task, refusal) = await tokens.FindAsync(context, server);
        return task is not null ? McpCaller.Of(task) : new McpCaller(null, refusal!.Status, refusal.Message);
    }

    private McpCaller Unknown(HttpContext context, string server)
    {
        tokens?.Challenge(context.Response, server);
        return McpCaller.Unknown;
    }
}
