using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Vetopoint.Control.Decisions;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>
/// A server over HTTP in front of a client that is not: the SDK's transport keeps the session, its streams and their
/// resumption, while <see cref="SdkUpstreamHandler"/> beneath it sends exactly the permitted bytes and takes what comes before the
/// SDK parses it.
/// </summary>
internal sealed partial class SdkUpstream : IUpstream
{
    private readonly HttpClientTransport _connector;
    private readonly HttpClient _http;
    private readonly Channel<Arrival> _arrivals;
    private readonly CancellationTokenSource _closing = new();
    private readonly ILogger _logger;
    private ITransport _transport = null!;
    private Task _draining = Task.CompletedTask;

    private SdkUpstream(
        Uri endpoint, IReadOnlyDictionary<string, string> headers, HttpTransportMode mode, HttpUpstreams upstreams, int messageBytesMax,
        ILogger logger)
    {
        _logger = logger;
        _arrivals = Channel.CreateBounded<Arrival>(
            new BoundedChannelOptions(McpGateLimits.UpstreamQueueMax) { SingleReader = true });
#pragma warning disable CA2000 // The client disposes its handler.
        _http = new HttpClient(new SdkUpstreamHandler(upstreams.Handler, endpoint, messageBytesMax, _arrivals.Writer), disposeHandler: true)
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
#pragma warning restore CA2000
        _connector = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = endpoint,
                TransportMode = mode,
                AdditionalHeaders = headers.ToDictionary(StringComparer.OrdinalIgnoreCase),
                ConnectionTimeout = McpGateLimits.ConnectMax,
            },
            _http);
    }

    /// <exception cref="UpstreamException">The server cannot be reached.</exception>
    public static async Task<SdkUpstream> ConnectAsync(
        UpstreamAddress address, HttpUpstreams upstreams, int messageBytesMax, ILogger logger, CancellationToken cancellationToken)
    {
        var upstream = address switch
        {
            UpstreamAddress.Http http => new SdkUpstream(
                http.Endpoint, http.Headers, HttpTransportMode.StreamableHttp, upstreams, messageBytesMax, logger),
            UpstreamAddress.Sse sse => new SdkUpstream(
                sse.Endpoint, sse.Headers, HttpTransportMode.Sse, upstreams, messageBytesMax, logger),
            _ => throw new ArgumentException("not an address over HTTP", nameof(address)),
        };
        try
        {
            upstream._transport = await upstream._connector.ConnectAsync(cancellationToken);
            upstream._draining = upstream.DrainAsync();
            return upstream;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or TimeoutException or InvalidOperationException or UpstreamException)
        {
            await upstream.CloseAsync();
            throw new UpstreamException("VP5008", "The server cannot be reached. Start it, or correct its address in the config.", fault);
        }
    }

    public ValueTask SendAsync(Permit permit, CancellationToken cancellationToken)
    {
        var bytes = permit.Redeem();
        if (SdkMessages.Parse(bytes) is not { } message)
            throw new UpstreamException("VP5021", "The message cannot be sent over this transport: its id is not a string or a 64 bit integer.");

        // The SDK's send lasts until the answer came, so it is not waited for here: what fails arrives as a failure of the request.
        _ = DeliverAsync(message, bytes, permit.Stopped);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _arrivals.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return new Arrival.Ended("The connection to the server has closed.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _transport.DisposeAsync();
        await _draining;
        await CloseAsync();
    }

    private async Task CloseAsync()
    {
        _arrivals.Writer.TryComplete();
        await _connector.DisposeAsync();
        _http.Dispose();
        _closing.Dispose();
    }

    private async Task DeliverAsync(JsonRpcMessage message, ReadOnlyMemory<byte> bytes, CancellationToken stopped)
    {
        var key = McpMessage.TryParse(bytes, bytes.Length, out var parsed, out _) && parsed.Kind == McpMessageKind.Request ? parsed.IdKey : null;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, stopped);
            await ExactBytes.SendAsync(bytes, () => _transport.SendMessageAsync(message, either.Token));
        }
#pragma warning disable CA1031 // The SDK throws many kinds; each means the same: this request has no answer to wait for.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(_logger, fault);
            var told = fault as UpstreamException
                ?? new UpstreamException("VP5009", "The server refused the message or broke off before it answered; whether the call happened is not known.", fault);
            if (key is not null)
                _arrivals.Writer.TryWrite(new Arrival.Failed(key, told));
        }
    }

    /// <summary>The SDK's parsed messages are not used, only its end is: the bytes came another way.</summary>
    private async Task DrainAsync()
    {
        try
        {
            await foreach (var _ in _transport.MessageReader.ReadAllAsync(_closing.Token))
            {
                // Its bytes were taken by the handler.
            }

            _arrivals.Writer.TryComplete();
        }
#pragma warning disable CA1031 // However the transport ends, nothing more arrives.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFailed(_logger, fault);
            _arrivals.Writer.TryComplete();
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A transport to a server failed.")]
    private static partial void LogFailed(ILogger logger, Exception fault);
}
