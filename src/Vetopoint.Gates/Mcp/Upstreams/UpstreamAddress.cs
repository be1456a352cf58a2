namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>Where a governed server is reached, and how. The cases are closed.</summary>
public abstract record UpstreamAddress
{
    private UpstreamAddress() { }

    /// <summary>A process that speaks over its standard streams.</summary>
    /// <param name="Command">A path, or a name looked up in <c>PATH</c> of <paramref name="Environment"/>.</param>
    /// <param name="Environment">The whole environment of the process: nothing of the engine's own is added.</param>
    /// <param name="Folder">The folder the process starts in.</param>
    public sealed record Stdio(
        string Command,
        IReadOnlyList<string> Arguments,
        IReadOnlyDictionary<string, string> Environment,
        string Folder) : UpstreamAddress;

    /// <summary>Streamable HTTP.</summary>
    /// <param name="Headers">Added to each request, such as the credential the operator gave Vetopoint for it.</param>
    public sealed record Http(Uri Endpoint, IReadOnlyDictionary<string, string> Headers) : UpstreamAddress;

    /// <summary>HTTP with server-sent events, the transport of 2024-11-05.</summary>
    /// <param name="Headers">Added to each request, such as the credential the operator gave Vetopoint for it.</param>
    public sealed record Sse(Uri Endpoint, IReadOnlyDictionary<string, string> Headers) : UpstreamAddress;
}
