namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>The way back to the agent's client.</summary>
internal interface IClient
{
    /// <summary>Gives the client one message.</summary>
    /// <param name="call">The call of the client's it belongs to; null when that is not known.</param>
    /// <exception cref="IOException">The client is gone.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> message, Call? call, CancellationToken cancellationToken);
}
