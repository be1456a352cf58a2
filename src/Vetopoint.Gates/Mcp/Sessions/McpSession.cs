using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>
/// A client and a server that exchange messages, with the checkpoint between them.
/// </summary>
/// <remarks>
/// A request goes through these steps, marked in the code:
/// 1. its bytes are checked, before they get here; 2. it is judged, and waits while it is held; 3. it is sent as permitted; 4. what belongs to it
/// passes as it comes, metered; 5. its answer leaves once the outcome is durable. What the server asks of the client goes the
/// same way in the other direction (<see cref="ServerRequests"/>).
/// </remarks>
internal sealed partial class McpSession : IAsyncDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly IUpstream _upstream;
    private readonly IClient _client;
    private readonly McpGateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, Call> _calls = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closing;
    private readonly ServerRequests _serverRequests;
    private readonly Notices _notices;
    private readonly Running _running = new();
    private Task<string>? _run;
    private long _began;
    private int _refusalsInRow;
    private string? _revision;
    private bool _showsLinks;
    private volatile bool _serverEnded;

    public McpSession(
        Checkpoint checkpoint, IUpstream upstream, IClient client, McpGateOptions options, TimeProvider time, ILogger logger)
    {
        _checkpoint = checkpoint;
        _upstream = upstream;
        _client = client;
        _options = options;
        _time = time;
        _logger = logger;
        _closing = CancellationTokenSource.CreateLinkedTokenSource(checkpoint.Task.Stopped);
        _notices = new Notices(checkpoint, logger);
        _serverRequests = new ServerRequests(checkpoint, upstream, client, options, time, logger);
    }

    /// <summary>Cancelled when the session is over.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>The call a message of the server belongs to, newest first; null when none is under way.</summary>
    public Call? NewestCall => _calls.Values.Where(static call => call.Exchange is not null).MaxBy(static call => call.Began);

    /// <summary>Takes what comes from the server until it closes, the task stops or the session is closed.</summary>
    /// <returns>Why it ended, in words.</returns>
    public Task<string> RunAsync(CancellationToken cancellationToken) => _run = TakeAsync(cancellationToken);

    /// <summary>Takes one checked message from the client. It is under way when this returns, so that the next one can come.</summary>
    /// <param name="way">What the client is reached by for this message, where calls have ways of their own.</param>
    /// <param name="gone">Cancelled when the client gives this message up.</param>
    /// <param name="carrier">What the transport says of the message, for traces.</param>
    /// <returns>A task that ends when nothing more comes of the message.</returns>
    public Task FromClientAsync(McpMessage message, object? way, CancellationToken gone, Carrier? carrier = null)
    {
        Volatile.Write(ref _refusalsInRow, 0);
        return message.Kind switch
        {
            McpMessageKind.Request => _running.TrackAsync(CallAsync(message, way, carrier, gone)),
            McpMessageKind.Notification => _running.TrackAsync(NotifyAsync(message)),
            McpMessageKind.Response or McpMessageKind.ErrorResponse => _running.TrackAsync(_serverRequests.AnsweredAsync(message)),
            McpMessageKind.None => throw new InvalidOperationException("a message has a kind"),
        };
    }

    /// <summary>Answers a message that was refused before it was judged. A peer that sends nothing else is cut off.</summary>
    public async Task RefuseAsync(MessageProblem problem)
    {
        LogClientRefused(_logger, problem.Code, _checkpoint.Reader.Server.Name, _checkpoint.Task.Id);
        if (Interlocked.Increment(ref _refusalsInRow) > McpGateLimits.RefusalsInRowMax)
            await _closing.CancelAsync();
        else
            await TellAsync(Answers.Problem(problem), null);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        foreach (var call in _calls.Values)
            call.GiveUp();
        if (_run is not null)
            await _run;
        await _running.EndAsync(McpGateLimits.ClosingMax, _time);
        _serverRequests.Dispose();
        _closing.Dispose();
    }

    private async Task<string> TakeAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Closing);
        try
        {
            while (true)
            {
                switch (await _upstream.ReceiveAsync(either.Token))
                {
                    case Arrival.Message message:
                        await FromServerAsync(message.Bytes, either.Token);
                        break;
                    case Arrival.TooLong tooLong:
                        FailAll(new UpstreamException(
                            "VP5014", $"The server sent a message of more than {_options.ResultBytesMax} bytes ({tooLong.Bytes}); it was not released."));
                        break;
                    case Arrival.Failed failed when _calls.TryGetValue(failed.RequestKey, out var call):
                        call.Fail(failed.Fault);
                        break;
                    case Arrival.Ended ended:
                        return ended.Why;
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return _checkpoint.Task.IsLive ? "The client closed the session." : "The task was stopped.";
        }
        catch (Exception fault) when (fault is UpstreamException or IOException)
        {
            return fault.Message;
        }
        finally
        {
            // Whoever waits is told before the session closes.
            _serverEnded = true;
            FailAll(Ended());
            foreach (var call in _calls.Values)
            {
                if (call.Exchange is null)
                    call.GiveUp();
            }

            await _running.EndAsync(McpGateLimits.ClosingMax, _time);
            await _closing.CancelAsync();
        }
    }

    private async Task CallAsync(McpMessage request, object? way, Carrier? carrier, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, Closing);
        using var call = new Call(request, Interlocked.Increment(ref _began), either.Token) { Way = way, Carrier = carrier };
        if (Unknown(request) is { } revision)
        {
            await TellAsync(Answers.UnsupportedRevision(request.Id, revision), call);
            return;
        }

        if (_calls.Count >= McpGateLimits.CallsInFlightMax || !_calls.TryAdd(request.IdKey!, call))
        {
            await TellAsync(Answers.Error(request.Id, Errors.Busy,
                "VP5005: Too many requests are under way, or one with this id is. Wait for an answer, or use another id."), call);
            return;
        }

        try
        {
            var answer = await AnsweredAsync(call);
            if (!answer.IsEmpty && !call.IsTakenBack)
                await TellAsync(answer, call);
        }
        finally
        {
            _calls.TryRemove(request.IdKey!, out _);
        }
    }

    /// <summary>What the client is told; empty when it does not want to hear it any more.</summary>
    private async Task<ReadOnlyMemory<byte>> AnsweredAsync(Call call)
    {
        if (!HoldLinks.TryWithoutAnswer(call.Request, out var request))
            return Answers.MixedAnswers(call.Request);
        Note(request);
        Exchange? exchange = null;
        try
        {
            // 2.
            await ListedAsync(call, request);
            var passage = await JudgedAsync(call, request);
            if (passage is Passage.Shut shut)
                return HoldOffers.Answer(call.Request, shut.Refusal, _checkpoint, _options, _revision, _showsLinks);
            var open = (Passage.Open)passage;
            exchange = new Exchange(request, open, _checkpoint, _options, _logger);
            call.Exchange = exchange;

            // 3.
            await _upstream.SendAsync(open.Permit, call.GivenUp);

            // 4. is FromServerAsync. 5.
            var answer = await WaitAsync(call, open.Permit);
            return await exchange.FinishAsync(answer);
        }
        catch (PermitException void_)
        {
            await EndAsync(exchange, OutcomeStatus.Cut, "not sent");
            return _checkpoint.Answer(request, Refusal.Fault("VP5015", $"It was not sent. {void_.Message}", exchange?.Permit.Attempt), _revision);
        }
        catch (UpstreamException fault)
        {
            await EndAsync(exchange, OutcomeStatus.Unknown, fault.Code);
            return Answers.Error(request.Id, Errors.Upstream, $"{fault.Code}: {fault.Message}");
        }
        catch (OperationCanceledException)
        {
            await EndAsync(exchange, OutcomeStatus.Unknown, "given up by the client");
            return _serverEnded ? Answers.Error(request.Id, Errors.Upstream, $"{Ended().Code}: {Ended().Message}") : default;
        }
#pragma warning disable CA1031 // A bug in one call must not end a session and every other call in it; it is answered and logged.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBug(_logger, fault, Texts.MethodOf(request));
            await EndAsync(exchange, OutcomeStatus.Unknown, "fault of the gate");
            return Answers.Error(request.Id, Errors.Upstream, "VP5016: The gate failed; whether the call happened is not known. Look into the engine's log.");
        }
    }

    private async ValueTask<Passage> JudgedAsync(Call call, McpMessage request)
    {
        if (call.IsOwn)
            return await _checkpoint.JudgeAsync(request, Direction.ToServer, null, null, Waits.Never, call.GivenUp);
        var step = 0;
        var offersLink = HoldOffers.CanOfferLink(call.Request, _options, _revision, _showsLinks);
        return await _checkpoint.JudgeAsync(
            request, Direction.ToServer, null,
            async held =>
            {
                if (!request.ProgressToken.IsEmpty)
                {
                    await TellAsync(Answers.HoldProgress(
                        request.ProgressToken, ++step, $"Waits for a person: `vetopoint approve {held.Hold}`."), call);
                }
            },
            held => !offersLink || held.Attempt != held.Hold,
            call.GivenUp, call.Carrier);
    }

    private async Task<McpMessage> WaitAsync(Call call, Permit permit)
    {
        // A stream of changes has no end of its own to wait for.
        var limit = call.Request.Method == "subscriptions/listen" ? Timeout.InfiniteTimeSpan : _options.CallTimeout;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(call.GivenUp, permit.Stopped);
        try
        {
            return await call.Answer.WaitAsync(limit, _time, either.Token);
        }
        catch (TimeoutException)
        {
            await TellServerAsync(call, "the call took too long");
            throw new UpstreamException("VP5006", $"The server did not answer within {limit}; whether the call happened is not known.");
        }
        catch (OperationCanceledException) when (permit.Stopped.IsCancellationRequested)
        {
            await TellServerAsync(call, "the task was stopped");
            throw new UpstreamException("VP5007", "The task was stopped while the call was under way; whether it happened is not known.");
        }
        catch (OperationCanceledException) when (!call.IsTakenBack)
        {
            await TellServerAsync(call, "the client is gone");
            throw;
        }
    }

    private async Task NotifyAsync(McpMessage notification)
    {
        if (notification.Method == "notifications/cancelled"
            && _calls.TryGetValue(KeyOf(notification.Param("requestId")), out var call))
        {
            // What has not been sent is simply not sent; what has been is given up here, and the server is told below.
            var wasSent = call.Exchange is not null;
            call.TakeBack();
            if (!wasSent)
                return;
        }

        try
        {
            var passage = await _checkpoint.JudgeAsync(notification, Direction.ToServer, null, null, Waits.Never, Closing);
            if (passage is Passage.Open open)
                await SendAsync(open.Permit);
        }
        catch (OperationCanceledException)
        {
            // The session is over, and with it what the notification was about.
        }
    }

    private async ValueTask FromServerAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!McpMessage.TryParse(bytes, _options.ResultBytesMax, out var message, out var problem))
        {
            LogRefused(_logger, problem.Code, _checkpoint.Reader.Server.Name);
            if (Interlocked.Increment(ref _refusalsInRow) > McpGateLimits.RefusalsInRowMax)
                throw new UpstreamException("VP5017", "The server sends what is not the protocol.");
            return;
        }

        switch (message.Kind)
        {
            case McpMessageKind.Response or McpMessageKind.ErrorResponse:
                // An answer to nothing, or a second one, is dropped: nobody asked for it.
                if (message.IdKey is { } key && _calls.TryGetValue(key, out var call) && call.Exchange is not null)
                    call.TryAnswer(message);
                break;
            case McpMessageKind.Request:
                _ = _running.TrackAsync(_serverRequests.AskedAsync(message, NewestCall, Closing));
                break;
            case McpMessageKind.Notification:
                await NotifiedAsync(message, cancellationToken);
                break;
            case McpMessageKind.None:
                throw new InvalidOperationException("a message has a kind");
        }
    }

    /// <summary>4. A notification that belongs to a call is judged or metered within it; any other by itself.</summary>
    private async ValueTask NotifiedAsync(McpMessage notification, CancellationToken cancellationToken)
    {
        var call = CallOf(notification);
        if (!await _notices.GiveAsync(notification, call?.Exchange, bytes => TellAsync(bytes, call), cancellationToken))
            call?.Fail(new UpstreamException("VP5018", "The call brought more than its task may still receive; it was cut."));
    }

    private Call? CallOf(McpMessage notification)
    {
        var token = notification.Method == "notifications/progress" ? notification.Param("progressToken") : default;
        if (token.IsEmpty)
            return NewestCall;
        foreach (var call in _calls.Values)
        {
            if (call.Request.ProgressToken.Span.SequenceEqual(token.Span))
                return call;
        }

        return null;
    }

    private async ValueTask TellServerAsync(Call call, string reason)
    {
        var bytes = Answers.Cancelled(call.Request.Id, reason);
        if (!McpMessage.TryParse(bytes, bytes.Length, out var message, out _))
            throw new InvalidOperationException("our own message is not one");
        var passage = await _checkpoint.JudgeAsync(message, Direction.ToServer, null, null, Waits.Never, CancellationToken.None);
        if (passage is Passage.Open open)
            await SendAsync(open.Permit);
    }

    private async ValueTask SendAsync(Permit permit)
    {
        try
        {
            await _upstream.SendAsync(permit, Closing);
            if (permit.Attempt is not null)
            {
                var outcome = new AttemptOutcome(OutcomeStatus.Completed, 0, null, null);
                await _checkpoint.Decisions.CompleteAsync(permit, outcome, CancellationToken.None);
            }
        }
        catch (Exception fault) when (fault is PermitException or UpstreamException or Ledger.Entries.LedgerException or OperationCanceledException)
        {
            LogNotSent(_logger, fault, _checkpoint.Reader.Server.Name);
        }
    }

    private async ValueTask TellAsync(ReadOnlyMemory<byte> message, Call? call)
    {
        try
        {
            await _client.SendAsync(message, call, CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The client is gone: what it asked for is given up where that is noticed, at the end of its input.
            call?.GiveUp();
        }
    }

    private static UpstreamException Ended() =>
        new("VP5004", "The server ended before it answered; whether the call happened is not known. Start the session again.");

    private void FailAll(UpstreamException fault)
    {
        foreach (var call in _calls.Values)
        {
            if (call.Exchange is not null)
                call.Fail(fault);
        }
    }

    /// <summary>Remembers what the opening handshake says of the client.</summary>
    private void Note(McpMessage request)
    {
        if (request.Method != "initialize")
            return;
        _revision = Texts.Of(request.Param("protocolVersion"));
        _showsLinks = HoldLinks.Offered(request.Param("capabilities"));
    }

    private static string? Unknown(McpMessage request) =>
        request.ProtocolVersionText is { } revision && !Revisions.Known.Contains(revision) ? revision : null;

    private static async ValueTask EndAsync(Exchange? exchange, OutcomeStatus status, string why)
    {
        if (exchange is not null)
            await exchange.EndAsync(status, why);
    }

    private static string KeyOf(ReadOnlyMemory<byte> rawId) => Texts.IdKey(rawId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The gate failed in a call (method {Method}).")]
    private static partial void LogBug(ILogger logger, Exception fault, string method);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message for server {Server} in task {Task} was refused before it was judged: {Code}.")]
    private static partial void LogClientRefused(ILogger logger, string code, string server, Control.Attempts.TaskId task);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of server {Server} was refused: {Code}.")]
    private static partial void LogRefused(ILogger logger, string code, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message to server {Server} was not sent.")]
    private static partial void LogNotSent(ILogger logger, Exception fault, string server);
}
