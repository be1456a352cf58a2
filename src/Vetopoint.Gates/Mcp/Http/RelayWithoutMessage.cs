using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Upstreams;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// A client's stream of its own, and the end of its session, in front of an upstream over HTTP. Neither carries a message up;
/// what comes down the stream is judged.
/// </summary>
internal sealed class RelayWithoutMessage(
    HttpContext context, Conversation conversation, UpstreamAddress.Http address, HttpUpstreams upstreams, ConversationTable table,
    McpGateOptions options, TimeProvider time, ILogger logger)
{
    public async Task HandleAsync(bool isDelete)
    {
        var task = conversation.Checkpoint.Task;
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, task.Stopped);
        try
        {
            using var request = HttpUpstreams.For(isDelete ? HttpMethod.Delete : HttpMethod.Get, address);
            RelayHeaders.CopyToUpstream(context.Request.Headers, request);
            if (!isDelete && context.Request.Headers[McpHeaderNames.LastEventId] is [{ Length: > 0 } last])
            {
                if (!conversation.Given.Contains(last))
                {
                    await HttpAnswers.ErrorAsync(context, StatusCodes.Status400BadRequest, Errors.InvalidRequest,
                        "VP5043: No event with the id in `Last-Event-ID` was given in this session. Open the stream without it.");
                    return;
                }

                request.Headers.TryAddWithoutValidation(McpHeaderNames.LastEventId, last);
            }

            using var response = await upstreams.WithoutMessageAsync(request, until.Token);
            if (isDelete && conversation.SessionId is { } id && response.IsSuccessStatusCode)
                table.Remove(task.Id, conversation.Checkpoint.Reader.Server.Name, id);
            if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == HttpAnswers.Events)
                await StreamAsync(response, until.Token);
            else
                await StatusAsync(response);
        }
        catch (UpstreamException fault)
        {
            if (!context.Response.HasStarted)
                await HttpAnswers.ErrorAsync(context, StatusCodes.Status502BadGateway, Errors.Upstream, $"{fault.Code}: {fault.Message}");
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException or HttpRequestException)
        {
            // Either side closed the stream, or the task was stopped: the client opens another if it wants one.
        }
    }

    private async Task StreamAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        RelayHeaders.CopyToClient(response, context.Response);
        await using var events = EventWriter.Start(context, time);
        await events.BeginAsync();
        var stream = new RelayStream(context, conversation, address, upstreams, options, logger);
        try
        {
            await stream.UntilClosedAsync(response, events, cancellationToken);
        }
        finally
        {
            await stream.CloseAskedAsync();
        }
    }

    /// <summary>A page of an upstream's error is not a message and is not released.</summary>
    private Task StatusAsync(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode is 401 or 403 or 407 or (>= 300 and < 400) ? StatusCodes.Status502BadGateway : (int)response.StatusCode;
        RelayHeaders.CopyToClient(response, context.Response);
        if (response.IsSuccessStatusCode)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        return HttpAnswers.ErrorAsync(context, status, Errors.Upstream, $"VP5009: The server answered with HTTP status {status}.");
    }
}
