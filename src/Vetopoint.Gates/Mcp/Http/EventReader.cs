using System.Net.ServerSentEvents;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>Reads an upstream's server-sent events, each with its data exactly, within a limit of bytes per event.</summary>
internal static class EventReader
{
    /// <exception cref="Upstreams.UpstreamException">One event is over the limit.</exception>
    public static async IAsyncEnumerable<SseItem<byte[]>> ReadAsync(
        Stream stream, int messageBytesMax,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var bounded = new BoundedStream(stream, (long)messageBytesMax + McpGateLimits.EventOverheadBytesMax);
        await foreach (var item in SseParser.Create(bounded, static (_, data) => data.ToArray()).EnumerateAsync(cancellationToken))
        {
            bounded.Restart();
            yield return item;
        }
    }
}

/// <summary>A stream that gives up after so many bytes without a restart: the parser itself has no limit.</summary>
internal sealed class BoundedStream(Stream inner, long bytesMax) : ForwardStream
{
    private long _read;

    public void Restart() => _read = 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        _read += count;
        return _read <= bytesMax
            ? count
            : throw new Upstreams.UpstreamException("VP5014", $"The server sent an event of more than {bytesMax} bytes; it was not released.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
