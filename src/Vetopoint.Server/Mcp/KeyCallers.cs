using Vetopoint.Control.Agents;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp.Callers;

namespace Vetopoint.Server.Mcp;

/// <summary>Callers over HTTP, by their enrolled keys. Whether a task may use a server is for its mandate to say.</summary>
internal sealed class KeyCallers(AgentKeys keys) : IMcpCallers
{
    public Task<TaskHandle?> FindAsync(string key, string server, CancellationToken cancellationToken) =>
        keys.ResolveAsync(key, McpNames.Gate, cancellationToken);
}
