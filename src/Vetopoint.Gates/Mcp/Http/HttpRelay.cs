using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Sessions;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// HTTP in front of HTTP: each request of the client becomes one request to the upstream, with its bytes as judged, and the
/// upstream's status, headers and events come back as they come.
/// </summary>
/// <remarks>
/// A request goes through these steps, marked in the code: 1. it is judged, and its client hears now and then that it is held;
/// 2. exactly the permitted bytes are posted, with headers that say the same; 3. the answer comes as one message or as a stream
/// (<see cref="RelayStream"/>); 4. it leaves once the outcome is durable.
/// </remarks>
internal sealed partial class HttpRelay(
    HttpContext context, Conversation conversation, UpstreamAddress.Http address, HttpUpstreams upstreams, ConversationTable table,
    McpGateOptions options, TimeProvider time, ILogger logger)
{
    private readonly Checkpoint _checkpoint = conversation.Checkpoint;
    private EventWriter? _events;

    /// <summary>Takes one message of the client.</summary>
    public async Task PostAsync(McpMessage message, bool isStateless, ParameterHeaders parameters)
    {
        try
        {
            switch (message.Kind)
            {
                case McpMessageKind.Request when conversation.TryBegin():
                    try
                    {
                        await RequestAsync(message, isStateless, parameters);
                    }
                    finally
                    {
                        conversation.End();
                    }

                    break;
                case McpMessageKind.Request:
                    await AnswerAsync(Answers.Error(message.Id, Errors.Busy,
                        "VP5005: Too many requests are under way. Wait for an answer."), StatusCodes.Status429TooManyRequests);
                    break;
                case McpMessageKind.Notification:
                    await OneWayAsync(message, null, isStateless, parameters);
                    break;
                case McpMessageKind.Response or McpMessageKind.ErrorResponse:
                    await AnswerToServerAsync(message, isStateless, parameters);
                    break;
                case McpMessageKind.None:
                    throw new InvalidOperationException("a message has a kind");
            }
        }
        finally
        {
            if (_events is not null)
                await _events.DisposeAsync();
        }
    }

    private async Task RequestAsync(McpMessage came, bool isStateless, ParameterHeaders parameters)
    {
        if (!HoldLinks.TryWithoutAnswer(came, out var request))
        {
            await AnswerAsync(Answers.MixedAnswers(came), StatusCodes.Status200OK);
            return;
        }

        if (request.Method == "initialize")
        {
            conversation.Revision = Texts.Of(request.Param("protocolVersion"));
            conversation.ShowsLinks = HoldLinks.Offered(request.Param("capabilities"));
        }

        Exchange? exchange = null;
        try
        {
            // 1.
            if (await ListedAsync(request, isStateless))
            {
                parameters = ParameterHeaders.Of(_checkpoint.Reader.Pin(request.NameText!));
                if (HeaderCheck.Difference(context.Request.Headers, came, isStateless, parameters) is { } difference)
                {
                    await AnswerAsync(Answers.Error(
                        came.Id, Errors.HeaderMismatch, $"VP5035: Header mismatch: {difference} Send the same in both."), StatusCodes.Status400BadRequest);
                    return;
                }
            }

            var passage = await JudgedAsync(came, request);
            if (passage is Passage.Shut shut)
            {
                await AnswerAsync(HoldOffers.Answer(
                    came, shut.Refusal, _checkpoint, options, conversation.Revision, conversation.ShowsLinks), StatusCodes.Status200OK);
                return;
            }

            var open = (Passage.Open)passage;
            exchange = new Exchange(request, open, _checkpoint, options, logger);
            conversation.UnderWay[request.IdKey!] = exchange;
            using var limit = new CancellationTokenSource(
                request.Method == "subscriptions/listen" ? Timeout.InfiniteTimeSpan : options.CallTimeout, time);
            using var until = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, open.Permit.Stopped, context.RequestAborted);
            try
            {
                // 2.
                using var response = await SendAsync(request, open, isStateless, parameters, until.Token);

                // 3. and 4.
                await RespondAsync(request, exchange, response, until.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw new UpstreamException(
                    "VP5006", $"The server did not answer within {options.CallTimeout}; whether the call happened is not known.");
            }
            catch (OperationCanceledException) when (open.Permit.Stopped.IsCancellationRequested)
            {
                throw new UpstreamException(
                    "VP5007", "The task was stopped while the call was under way; whether it happened is not known.");
            }
        }
        catch (PermitException fault)
        {
            await EndAsync(exchange, OutcomeStatus.Cut, "not sent");
            await AnswerAsync(_checkpoint.Answer(
                request, Refusal.Fault("VP5015", $"It was not sent. {fault.Message}", exchange?.Permit.Attempt), conversation.Revision), StatusCodes.Status200OK);
        }
        catch (UpstreamException fault)
        {
            await EndAsync(exchange, OutcomeStatus.Unknown, fault.Code);
            await AnswerAsync(Answers.Error(request.Id, Errors.Upstream, $"{fault.Code}: {fault.Message}"), StatusCodes.Status502BadGateway);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or HttpRequestException)
        {
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await EndAsync(exchange, OutcomeStatus.Unknown, "the server broke off");
                await AnswerAsync(Answers.Error(request.Id, Errors.Upstream,
                    "VP5004: The server broke off before it answered; whether the call happened is not known."), StatusCodes.Status502BadGateway);
            }
            else if (!isStateless && exchange is not null && conversation.Unanswered.ContainsKey(request.IdKey!))
            {
                // A client that left a stream with ids may come back for the rest of it: its answer is still expected.
            }
            else
            {
                await EndAsync(exchange, OutcomeStatus.Unknown, "the client is gone");
            }
        }
#pragma warning disable CA1031 // A bug in one request must leave neither its client nor its record without an answer; it is logged.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogBug(logger, fault, Texts.MethodOf(request));
            await EndAsync(exchange, OutcomeStatus.Unknown, "fault of the gate");
            await AnswerAsync(Answers.Error(request.Id, Errors.Upstream,
                "VP5016: The gate failed; whether the call happened is not known. Look into the engine's log."), StatusCodes.Status500InternalServerError);
        }
        finally
        {
            conversation.UnderWay.TryRemove(request.IdKey!, out _);
            if (exchange is { HasEnded: false } && conversation.Unanswered.ContainsKey(request.IdKey!))
                conversation.ForgetLater(request.IdKey!, options.CallTimeout, time);
        }
    }

    private ValueTask<Passage> JudgedAsync(McpMessage came, McpMessage request)
    {
        var step = 0;
        var offersLink = HoldOffers.CanOfferLink(came, options, conversation.Revision, conversation.ShowsLinks);
        var takesEvents = context.Request.Headers.Accept.ToString().Contains(HttpAnswers.Events, StringComparison.OrdinalIgnoreCase);
        return _checkpoint.JudgeAsync(
            request, Direction.ToServer, null,
            async held =>
            {
                // A client that is kept waiting in silence gives up: it hears that the call is held.
                if (!takesEvents)
                    return;
                _events ??= EventWriter.Start(context, time);
                if (request.ProgressToken.IsEmpty)
                    await _events.CommentAsync();
                else
                    await _events.WriteAsync(Answers.HoldProgress(
                        request.ProgressToken, ++step, $"Waits for a person: `vetopoint approve {held.Hold}`."));
            },
            held => !offersLink || held.Attempt != held.Hold,
            context.RequestAborted, Carrier.Of(context.Request.Headers));
    }

    private async Task<HttpResponseMessage> SendAsync(
        McpMessage message, Passage.Open open, bool isStateless, ParameterHeaders parameters, CancellationToken cancellationToken)
    {
        // A weaker form has other arguments than the message that came, so its headers are written from its own bytes.
        var sent = message;
        if (open.Form != Readers.Operations.FormKind.Full)
            sent = FormOf(open, message);
        using var request = HttpUpstreams.For(HttpMethod.Post, address);
        RelayHeaders.CopyToUpstream(context.Request.Headers, request);
        HeaderCheck.Write(request, sent, isStateless, context.Request.Headers, parameters);
        return await upstreams.PostAsync(request, open.Permit, cancellationToken);
    }

    private McpMessage FormOf(Passage.Open open, McpMessage message)
    {
        var attempt = _checkpoint.Read(message, Direction.ToServer, null);
        var form = attempt.Reading.Forms.First(form => form.Kind == open.Form);
        return McpMessage.TryParse(form.Bytes, form.Bytes.Length, out var sent, out var problem)
            ? sent
            : throw new InvalidOperationException($"a form that is no message: {problem}");
    }

    private async Task RespondAsync(
        McpMessage request, Exchange exchange, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired
            || status is < 200 or (>= 300 and < 400))
        {
            throw new UpstreamException("VP5009",
                $"The server answered with HTTP status {status} to Vetopoint's own credential. Correct its headers or address in the config.");
        }

        Register(request, response);
        if (response.Content.Headers.ContentType?.MediaType == HttpAnswers.Events)
        {
            var stream = new RelayStream(context, conversation, address, upstreams, options, logger);
            if (_events is null)
            {
                RelayHeaders.CopyToClient(response, context.Response);
                _events = EventWriter.Start(context, time);
            }

            try
            {
                await stream.UntilAnsweredAsync(request, exchange, response, _events, cancellationToken);
            }
            finally
            {
                if (!conversation.Unanswered.ContainsKey(request.IdKey!))
                    await stream.CloseAskedAsync();
            }

            return;
        }

        var body = await RequestBody.ReadAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken), response.Content.Headers.ContentLength,
            options.ResultBytesMax, cancellationToken)
            ?? throw new UpstreamException("VP5014", $"The server answered with more than {options.ResultBytesMax} bytes; nothing was released.");
        var answer = AnswerIn(body, request, response.IsSuccessStatusCode, status);
        var released = await exchange.FinishAsync(answer);
        if (_events is null)
            RelayHeaders.CopyToClient(response, context.Response);
        await AnswerAsync(released, status);
    }

    /// <summary>The message in a body. A failure without one becomes an error that says so; its page is not released.</summary>
    private static McpMessage AnswerIn(byte[] body, McpMessage request, bool isSuccess, int status)
    {
        var isMessage = McpMessage.TryParse(body, body.Length, out var answer, out var problem)
            && answer.Kind is McpMessageKind.Response or McpMessageKind.ErrorResponse;
        if (isMessage && (answer!.IdKey == request.IdKey || (answer.Kind == McpMessageKind.ErrorResponse && answer.Id.IsEmpty && !isSuccess)))
            return answer;
        if (isSuccess)
            throw new UpstreamException("VP5017", $"The server's answer is not an answer to the request. {problem?.Code}");
        var bytes = Answers.Error(request.Id, Errors.Upstream, $"VP5009: The server answered with HTTP status {status}.");
        return McpMessage.TryParse(bytes, bytes.Length, out var failure, out _)
            ? failure
            : throw new InvalidOperationException("our own message is not one");
    }

    private async Task OneWayAsync(McpMessage message, McpMessage? answers, bool isStateless, ParameterHeaders parameters)
    {
        var passage = await _checkpoint.JudgeAsync(
            message, Direction.ToServer, answers, null, Waits.Always, context.RequestAborted, Carrier.Of(context.Request.Headers));
        if (passage is Passage.Shut shut)
        {
            await AnswerAsync(Answers.Error(default, Errors.Refused, shut.Refusal.ToText()), StatusCodes.Status403Forbidden);
            return;
        }

        var open = (Passage.Open)passage;
        var (outcome, why) = (OutcomeStatus.Unknown, (string?)null);
        try
        {
            using var limit = new CancellationTokenSource(options.CallTimeout, time);
            using var until = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
            using var response = await SendAsync(message, open, isStateless, parameters, until.Token);
            outcome = response.IsSuccessStatusCode ? OutcomeStatus.Completed : OutcomeStatus.Failed;
            why = $"HTTP status {(int)response.StatusCode}";
            context.Response.StatusCode = response.IsSuccessStatusCode ? StatusCodes.Status202Accepted : (int)response.StatusCode;
        }
        catch (PermitException fault)
        {
            (outcome, why) = (OutcomeStatus.Cut, "not sent");
            await AnswerAsync(Answers.Error(default, Errors.Refused, $"VP5015: It was not sent. {fault.Message}"), StatusCodes.Status403Forbidden);
        }
        catch (UpstreamException fault)
        {
            await AnswerAsync(Answers.Error(default, Errors.Upstream, $"{fault.Code}: {fault.Message}"), StatusCodes.Status502BadGateway);
        }
        finally
        {
            if (open.Permit.Attempt is not null)
                await _checkpoint.Decisions.CompleteAsync(open.Permit, new AttemptOutcome(outcome, 0, null, why), CancellationToken.None);
        }
    }

    /// <summary>The client's answer to what the server asked: data on its way to the server.</summary>
    private async Task AnswerToServerAsync(McpMessage answer, bool isStateless, ParameterHeaders parameters)
    {
        if (answer.IdKey is not { } key || !conversation.Asked.TryRemove(key, out var asked))
        {
            await AnswerAsync(Answers.Error(default, Errors.InvalidRequest,
                "VP5019: Nothing was asked that this answers."), StatusCodes.Status400BadRequest);
            return;
        }

        try
        {
            await OneWayAsync(answer, asked.Request, isStateless, parameters);
        }
        finally
        {
            await RelayStream.CloseAsync(_checkpoint, asked, OutcomeStatus.Completed, "answered");
        }
    }

    private void Register(McpMessage request, HttpResponseMessage response)
    {
        if (request.Method != "initialize" || !response.Headers.TryGetValues(McpHeaderNames.SessionId, out var ids))
            return;
        var id = ids.First();
        table.GetOrAdd(_checkpoint.Task.Id, _checkpoint.Reader.Server.Name, id,
            () => new Conversation(_checkpoint, id) { Revision = conversation.Revision, ShowsLinks = conversation.ShowsLinks });
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> message, int status)
    {
        try
        {
            if (_events is not null)
                await _events.WriteAsync(message);
            else if (!context.Response.HasStarted)
                await HttpAnswers.WriteAsync(context, status, message);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            LogGone(logger, _checkpoint.Reader.Server.Name);
        }
    }

    private static async ValueTask EndAsync(Exchange? exchange, OutcomeStatus status, string why)
    {
        if (exchange is not null)
            await exchange.EndAsync(status, why);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The gate failed in a call (method {Method}).")]
    private static partial void LogBug(ILogger logger, Exception fault, string method);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client of server {Server} was gone before it was answered.")]
    private static partial void LogGone(ILogger logger, string server);
}
