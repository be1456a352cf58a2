using Vetopoint.Control.Tasks;

namespace Vetopoint.Gates.Mcp.Callers;

/// <summary>Finds who calls over HTTP. The engine implements it over its enrolled keys.</summary>
public interface IMcpCallers
{
    /// <summary>The live task of a bearer key; null when the key is not known, revoked, or may not use this server.</summary>
    /// <param name="key">What the caller sent after <c>Bearer</c>. It is never logged and never forwarded.</param>
    Task<TaskHandle?> FindAsync(string key, string server, CancellationToken cancellationToken);
}
