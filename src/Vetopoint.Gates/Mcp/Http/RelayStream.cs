using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>One stream of events of an upstream, given on to the client event by event.</summary>
internal sealed partial class RelayStream(
    HttpContext context, Conversation conversation, UpstreamAddress.Http address, HttpUpstreams upstreams, McpGateOptions options,
    ILogger logger)
{
    private readonly Checkpoint _checkpoint = conversation.Checkpoint;
    private readonly Notices _notices = new(conversation.Checkpoint, logger);
    private readonly List<string> _asked = []; // what the server asked on this stream

    /// <summary>The stream of one request, up to its answer.</summary>
    public async Task UntilAnsweredAsync(
        McpMessage request, Exchange exchange, HttpResponseMessage response, EventWriter client, CancellationToken cancellationToken)
    {
        var refused = 0;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = EventReader.ReadAsync(stream, options.ResultBytesMax, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events, client))
        {
            var item = events.Current;
            conversation.Given.Add(item.EventId);
            if (item.EventId is not null && conversation.SessionId is not null)
                conversation.Unanswered.TryAdd(request.IdKey!, exchange);
            if (item.Data.Length == 0)
            {
                await client.WriteAsync(item.Data, item.EventId, item.ReconnectionInterval);
                continue;
            }

            if (Parsed(item.Data, ref refused) is not { } message)
                continue;
            if (message.Kind is McpMessageKind.Response or McpMessageKind.ErrorResponse)
            {
                if (message.IdKey != request.IdKey)
                    continue;
                conversation.Unanswered.TryRemove(request.IdKey!, out _);
                await client.WriteLastAsync(await exchange.FinishAsync(message), item.EventId, item.ReconnectionInterval);
                return;
            }

            if (message.Kind == McpMessageKind.Request)
                await AskedAsync(message, client, item.EventId, cancellationToken);
            else if (!await _notices.GiveAsync(
                message, exchange, bytes => client.WriteAsync(bytes, item.EventId, item.ReconnectionInterval), cancellationToken))
            {
                throw new UpstreamException("VP5018", "The call brought more than its task may still receive; it was cut.");
            }
        }

        // A server may end a stream with ids before its answer: the client comes back for it. Any other end is a broken one.
        if (!conversation.Unanswered.ContainsKey(request.IdKey!))
            throw new UpstreamException("VP5004", "The server broke off before it answered; whether the call happened is not known.");
    }

    /// <summary>A stream of its own, that belongs to no request: what comes on it is judged message by message.</summary>
    public async Task UntilClosedAsync(HttpResponseMessage response, EventWriter client, CancellationToken cancellationToken)
    {
        var refused = 0;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in EventReader.ReadAsync(stream, options.ResultBytesMax, cancellationToken))
        {
            conversation.Given.Add(item.EventId);
            if (item.Data.Length == 0)
            {
                await client.WriteAsync(item.Data, item.EventId, item.ReconnectionInterval);
                continue;
            }

            if (Parsed(item.Data, ref refused) is not { } message)
                continue;
            switch (message.Kind)
            {
                case McpMessageKind.Response or McpMessageKind.ErrorResponse:
                    if (message.IdKey is { } key && conversation.Unanswered.TryRemove(key, out var exchange))
                        await client.WriteAsync(await exchange.FinishAsync(message), item.EventId);
                    break;
                case McpMessageKind.Request:
                    await AskedAsync(message, client, item.EventId, cancellationToken);
                    break;
                case McpMessageKind.Notification:
                    await _notices.GiveAsync(
                        message, conversation.Find(message), bytes => client.WriteAsync(bytes, item.EventId), cancellationToken);
                    break;
                case McpMessageKind.None:
                    throw new InvalidOperationException("a message has a kind");
            }
        }
    }

    /// <summary>Records the questions of this stream that nobody answered and nobody waits for any more.</summary>
    public async ValueTask CloseAskedAsync()
    {
        foreach (var key in _asked)
        {
            if (conversation.Asked.TryRemove(key, out var asked))
                await CloseAsync(_checkpoint, asked, OutcomeStatus.Unknown, "not answered");
        }
    }

    /// <summary>Records how a request to the client ended.</summary>
    public static async ValueTask CloseAsync(Checkpoint checkpoint, AskedOfClient asked, OutcomeStatus status, string why)
    {
        if (asked.Permit.Attempt is not null)
        {
            var outcome = new AttemptOutcome(status, asked.Request.Bytes.Length, null, why);
            await checkpoint.Decisions.CompleteAsync(asked.Permit, outcome, CancellationToken.None);
        }
    }

    /// <summary>The next event. A client that has to wait for it gets its headers first, one that need not gets both at once.</summary>
    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<byte[]>> events, EventWriter client)
    {
        var next = events.MoveNextAsync();
        if (next.IsCompleted)
            return await next;
        var pending = next.AsTask();
        await client.BeginAsync();
        return await pending;
    }

    private McpMessage? Parsed(byte[] data, ref int refused)
    {
        if (McpMessage.TryParse(data, options.ResultBytesMax, out var message, out var problem))
        {
            refused = 0;
            return message;
        }

        LogRefused(logger, problem.Code, _checkpoint.Reader.Server.Name);
        return ++refused <= McpGateLimits.RefusalsInRowMax
            ? null
            : throw new UpstreamException("VP5017", "The server sends what is not the protocol.");
    }

    /// <summary>A question of the server's to the client (up to 2025-11-25).</summary>
    private async Task AskedAsync(McpMessage request, EventWriter client, string? eventId, CancellationToken cancellationToken)
    {
        if (conversation.Asked.Count >= McpGateLimits.ServerCallsInFlightMax)
        {
            await RefuseAsync(request, "VP5005: Too many questions are under way.", cancellationToken);
            return;
        }

        var passage = await _checkpoint.JudgeAsync(request, Direction.ToClient, null, null, Waits.Always, cancellationToken);
        if (passage is Passage.Shut shut)
        {
            await RefuseAsync(request, shut.Refusal.ToText(), cancellationToken);
            return;
        }

        var permit = ((Passage.Open)passage).Permit;
        var asked = new AskedOfClient(request, permit);
        try
        {
            var bytes = permit.Redeem();
            if (!permit.TryRelease(bytes.Length) || !conversation.Asked.TryAdd(request.IdKey!, asked))
            {
                await CloseAsync(_checkpoint, asked, OutcomeStatus.Cut, "not asked");
                await RefuseAsync(request, "VP5018: The task may receive no more, or this id is in use.", cancellationToken);
                return;
            }

            _asked.Add(request.IdKey!);
            await client.WriteAsync(bytes, eventId);
        }
        catch (PermitException fault)
        {
            await CloseAsync(_checkpoint, asked, OutcomeStatus.Cut, "not asked");
            await RefuseAsync(request, $"VP5015: It was not asked. {fault.Message}", cancellationToken);
        }
    }

    /// <summary>Tells the server that its question was not asked.</summary>
    private async Task RefuseAsync(McpMessage request, string why, CancellationToken cancellationToken)
    {
        var bytes = Answers.Error(request.Id, Errors.Refused, why);
        if (!McpMessage.TryParse(bytes, bytes.Length, out var answer, out _))
            throw new InvalidOperationException("our own message is not one");
        var passage = await _checkpoint.JudgeAsync(answer, Direction.ToServer, request, null, Waits.Never, cancellationToken);
        if (passage is not Passage.Open open)
            return;
        using var post = HttpUpstreams.For(HttpMethod.Post, address);
        RelayHeaders.CopyToUpstream(context.Request.Headers, post);
        if (conversation.SessionId is { } session && !post.Headers.Contains(McpHeaderNames.SessionId))
            post.Headers.TryAddWithoutValidation(McpHeaderNames.SessionId, session);
        using var response = await upstreams.PostAsync(post, open.Permit, cancellationToken);
        if (open.Permit.Attempt is not null)
        {
            var outcome = new AttemptOutcome(
                response.IsSuccessStatusCode ? OutcomeStatus.Completed : OutcomeStatus.Failed, 0, null, null);
            await _checkpoint.Decisions.CompleteAsync(open.Permit, outcome, CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of server {Server} was refused: {Code}.")]
    private static partial void LogRefused(ILogger logger, string code, string server);
}
