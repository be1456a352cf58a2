using Microsoft.AspNetCore.Http;

namespace Vetopoint.Gates.Mcp.Callers;

/// <summary>Finds who calls over HTTP. The engine implements it over its enrolled keys and its task tokens.</summary>
public interface IMcpCallers
{
    /// <summary>The caller of a request. What it sends to prove itself is never logged and never forwarded.</summary>
    /// <param name="context">The request. An implementation may write headers of the answer to a caller it refuses.</param>
    /// <param name="server">The server that is called.</param>
    ValueTask<McpCaller> FindAsync(HttpContext context, string server);
}
