using ModelContextProtocol.Server;
using Vetopoint.Gates.Mcp.Sessions;
using Vetopoint.Gates.Mcp.Upstreams;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// The ways back to a client over HTTP: the response of the request a message belongs to, else that of the newest request,
/// else the client's stream of its own, where it has one.
/// </summary>
internal sealed class HttpClientWays(StreamableHttpServerTransport? ownStream, Func<Call?> newest) : IClient
{
    private bool _hasOwnStream;

    /// <summary>Set once the client has opened a stream of its own.</summary>
    public bool HasOwnStream
    {
        get => Volatile.Read(ref _hasOwnStream);
        set => Volatile.Write(ref _hasOwnStream, value);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, Call? call, CancellationToken cancellationToken)
    {
        var way = (call ?? newest())?.Way as Way;
        var bytes = way?.Restored(message) ?? message;
        var transport = way?.Transport ?? (HasOwnStream ? ownStream : null);
        if (transport is null)
            return;
        if (SdkMessages.Parse(bytes) is not { } parsed)
            throw new IOException("the message cannot be sent over this transport");
        try
        {
            await ExactBytes.SendAsync(bytes, () => transport.SendMessageAsync(parsed, cancellationToken));
        }
        catch (InvalidOperationException fault)
        {
            throw new IOException("the client has no stream open for this message", fault);
        }
    }
}
