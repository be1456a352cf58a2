using System.Buffers;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;
using System.Threading.Channels;
using Vetopoint.Gates.Mcp.Http;
using Vetopoint.Gates.Mcp.Lines;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>
/// A stream of events whose messages are taken on the way: each is checked and handed over before the SDK reads it, and the
/// SDK reads no faster than they are taken.
/// </summary>
internal sealed class TakenEvents : ForwardStream
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Stream _inner;
    private readonly IAsyncEnumerator<SseItem<byte[]>> _events;
    private readonly ChannelWriter<Arrival> _arrivals;
    private readonly int _messageBytesMax;
    private ReadOnlyMemory<byte> _current;
    private int _refused;

    public TakenEvents(Stream stream, int messageBytesMax, ChannelWriter<Arrival> arrivals)
    {
        _inner = stream;
        _events = EventReader.ReadAsync(stream, messageBytesMax, _stop.Token).GetAsyncEnumerator(_stop.Token);
        _arrivals = arrivals;
        _messageBytesMax = messageBytesMax;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The reader of this stream gives up by its own token, the events by one of theirs.
        await using var giveUp = cancellationToken.Register(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        while (_current.IsEmpty)
        {
            if (!await _events.MoveNextAsync())
                return 0;
            _current = await TakeAsync(_events.Current, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _current.Length);
        _current[..count].CopyTo(buffer);
        _current = _current[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Cancel();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Hands a message over and gives what the SDK is to read of it.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(SseItem<byte[]> item, CancellationToken cancellationToken)
    {
        var data = item.Data;
        if (item.EventType == SseParser.EventTypeDefault && data.Length > 0)
        {
            if (McpMessage.TryParse(data, _messageBytesMax, out _, out var problem))
            {
                _refused = 0;
                await _arrivals.WriteAsync(new Arrival.Message(data), cancellationToken);
            }
            else
            {
                // The SDK does not get to see what was refused; the event's id it does.
                if (++_refused > McpGateLimits.RefusalsInRowMax)
                    throw new UpstreamException("VP5017", $"The server sends what is not the protocol. {problem.Code}");
                data = [];
            }
        }

        return Formatted(item, data);
    }

    private static ReadOnlyMemory<byte> Formatted(SseItem<byte[]> item, byte[] data)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length + 128);
        buffer.Write(Encoding.UTF8.GetBytes($"event: {item.EventType}\n"));
        if (item.EventId is { } id)
            buffer.Write(Encoding.UTF8.GetBytes($"id: {id}\n"));
        if (item.ReconnectionInterval is { } retry)
            buffer.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"retry: {(long)retry.TotalMilliseconds}\n")));
        buffer.Write("data: "u8);
        buffer.Write(OneLine.Of(data).Span);
        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }
}
