namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>An upstream could not be reached, or failed while it answered.</summary>
/// <param name="code">The stable code, <c>VP50nn</c>.</param>
/// <param name="message">What happened and what to do, for the agent and the operator.</param>
public sealed class UpstreamException(string code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public string Code { get; } = code;
}
