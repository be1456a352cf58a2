using Vetopoint.Control.Decisions;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>A connection to a governed server. What it sends is what a permit gives, and nothing else.</summary>
internal interface IUpstream : IAsyncDisposable
{
    /// <summary>Redeems the permit and sends exactly its bytes.</summary>
    /// <exception cref="PermitException">The permit is void: nothing was sent.</exception>
    /// <exception cref="UpstreamException">The server is gone. Whether it got the message is not known.</exception>
    ValueTask SendAsync(Permit permit, CancellationToken cancellationToken);

    /// <summary>What came next from the server.</summary>
    ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken);
}

/// <summary>What came from a server. The cases are closed.</summary>
internal abstract record Arrival
{
    private Arrival() { }

    /// <summary>A message, not yet looked at.</summary>
    public sealed record Message(ReadOnlyMemory<byte> Bytes) : Arrival;

    /// <summary>A message over the limit, of which nothing was kept.</summary>
    public sealed record TooLong(long Bytes) : Arrival;

    /// <summary>One request cannot be answered any more.</summary>
    /// <param name="RequestKey">The id of the request, as messages are correlated.</param>
    public sealed record Failed(string RequestKey, UpstreamException Fault) : Arrival;

    /// <summary>The server has closed. Nothing more comes.</summary>
    public sealed record Ended(string Why) : Arrival;
}
