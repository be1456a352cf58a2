using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Sessions;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// A client over HTTP in front of an upstream that is not: one session of the protocol (up to 2025-11-25), with an upstream of
/// its own. The SDK's transport keeps the streams towards the client.
/// </summary>
internal sealed class HttpSession : IAsyncDisposable
{
    private readonly StreamableHttpServerTransport _transport = new();
    private readonly HttpClientWays _ways;
    private readonly IUpstream _upstream;
    private readonly McpSession _session;
    private readonly TimeProvider _time;
    private readonly Task<string> _running;
    private readonly Task _pumping;
    private int _disposed;
    private long _renamed;

    /// <param name="id">Empty for the shared session of clients without sessions.</param>
    /// <param name="makeSession">Makes the session over the ways back to its clients.</param>
    public HttpSession(
        string id, IUpstream upstream, Func<IClient, McpSession> makeSession, TimeProvider time)
    {
        Id = id;
        _upstream = upstream;
        _time = time;
        _ways = new HttpClientWays(_transport, () => _session?.NewestCall);
        _session = makeSession(_ways);
        _running = RunAsync();
        _pumping = PumpAsync(_transport);
        Touch();
    }

    public string Id { get; }

    /// <summary>When it was last used, as a timestamp of the clock.</summary>
    public long UsedAt { get; private set; }

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Closing => _session.Closing;

    public void Touch() => UsedAt = _time.GetTimestamp();

    /// <summary>Takes one message and answers on the response.</summary>
    public Task PostAsync(HttpContext context, McpMessage message) =>
        PostAsync(context, message, message, _transport, isStateless: false);

    /// <summary>Takes one message of a client without sessions: its response is its only way back.</summary>
    public async Task PostAloneAsync(HttpContext context, McpMessage message)
    {
        if (message.Kind != McpMessageKind.Request)
        {
            // This revision has no message from the client that is not a request, and a cancellation here could name another's.
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        var alone = new StreamableHttpServerTransport { Stateless = true };
        var pumping = PumpAsync(alone);
        try
        {
            var renamed = Way.Renamed(message, $"vp-{Interlocked.Increment(ref _renamed)}");
            await PostAsync(context, message, renamed, alone, isStateless: true);
        }
        finally
        {
            await alone.DisposeAsync();
            await pumping;
        }
    }

    /// <summary>The client's stream of its own, for what belongs to no request.</summary>
    public async Task GetAsync(HttpContext context)
    {
        await using var events = new ClientEvents(context, _time);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Closing);
        try
        {
            await events.FlushAsync(until.Token);
            _ways.HasOwnStream = true;
            await _transport.HandleGetRequestAsync(events, until.Token);
        }
        catch (InvalidOperationException)
        {
            // The SDK opens this stream once in a session; a second one stays silent until the client closes it.
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, until.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException) when (until.IsCancellationRequested)
        {
            // The client closed the stream, or the session is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _session.DisposeAsync();
        await _transport.DisposeAsync();
        await _running;
        await _pumping;
        await _upstream.DisposeAsync();
    }

    private async Task PostAsync(
        HttpContext context, McpMessage message, McpMessage renamed, StreamableHttpServerTransport transport, bool isStateless)
    {
        Touch();
        if (SdkMessages.Parse(message.Bytes) is not { } parsed)
        {
            await HttpAnswers.WriteAsync(context, StatusCodes.Status400BadRequest, Answers.Error(
                message.Id, Errors.InvalidRequest, "VP5021: The id is neither a string nor a 64 bit integer."));
            return;
        }

        await using var events = new ClientEvents(context, _time);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Closing);
        var entry = new Posted(message, renamed, Carrier.Of(context.Request.Headers), done, context.RequestAborted);
        parsed.Context = new JsonRpcMessageContext { Items = new Dictionary<string, object?> { [Posted.Key] = entry } };
        try
        {
            var answered = await transport.HandlePostRequestAsync(
                parsed, events, first => SetStatusAsync(context, first, isStateless), done.Token);
            if (!answered && !context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // Given up by the client, or the session ended: a response that has not begun says so.
            if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
                await HttpAnswers.WriteAsync(context, StatusCodes.Status502BadGateway, Answers.Error(
                    message.Id, Errors.Upstream, "VP5004: The session ended before an answer."));
        }
    }

    /// <summary>The status some errors have over HTTP since 2026-07-28.</summary>
    private static ValueTask SetStatusAsync(HttpContext context, JsonRpcMessage? first, bool isStateless)
    {
        if (isStateless && first is JsonRpcError { Error.Code: var code } && !context.Response.HasStarted)
        {
            context.Response.StatusCode = code switch
            {
                Errors.MethodNotFound => StatusCodes.Status404NotFound,
                Errors.HeaderMismatch or Errors.MissingClientCapability or Errors.UnsupportedProtocolVersion =>
                    StatusCodes.Status400BadRequest,
                _ => StatusCodes.Status200OK,
            };
        }

        return ValueTask.CompletedTask;
    }

    private Task<string> RunAsync() => _session.RunAsync(CancellationToken.None);

    /// <summary>Takes from the SDK what it was given to carry, with the bytes as they came.</summary>
    private async Task PumpAsync(StreamableHttpServerTransport transport)
    {
        await foreach (var message in transport.MessageReader.ReadAllAsync())
        {
            var posted = (Posted)message.Context!.Items![Posted.Key]!;
            _ = TakeAsync(posted, message.Context.RelatedTransport);
        }
    }

    private async Task TakeAsync(Posted posted, ITransport? way)
    {
        await _session.FromClientAsync(
            posted.Renamed, way is null ? null : new Way(way, posted.Message, posted.Renamed), posted.Gone, posted.Carrier);

        // A request that ends without an answer leaves nothing to wait for.
        if (posted.Message.Kind == McpMessageKind.Request)
            posted.End();
    }

    private sealed class Posted(
        McpMessage message, McpMessage renamed, Carrier? carrier, CancellationTokenSource done, CancellationToken gone)
    {
        public const string Key = "vetopoint.posted";

        public McpMessage Message => message;

        public McpMessage Renamed => renamed;

        public Carrier? Carrier => carrier;

        public CancellationToken Gone => gone;

        public void End()
        {
            try
            {
                done.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It was answered, and the response has ended.
            }
        }
    }
}
