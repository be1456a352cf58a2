using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <content>The list of tools that the gate fetches itself, before a call to a tool that was never listed is judged.</content>
internal sealed partial class HttpRelay
{
    /// <returns>True when the list was asked for, so that the tool may be known now.</returns>
    private async Task<bool> ListedAsync(McpMessage request, bool isStateless)
    {
        if (request.Method != "tools/call" || request.NameText is not { } tool || _checkpoint.Reader.IsPinned(tool))
            return false;
        await conversation.Listed.WaitAsync(() => ListAsync(request, isStateless), context.RequestAborted);
        return true;
    }

    /// <summary>Takes the whole list. What goes wrong on the way leaves the tool unknown, and its calls are judged as such.</summary>
    private async Task<bool> ListAsync(McpMessage call, bool isStateless)
    {
        using var limit = new CancellationTokenSource(McpGateLimits.OwnListMax, time);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        ReadOnlyMemory<byte> page = default;
        for (var i = 0; i < McpGateLimits.OwnListPagesMax; i++)
        {
            Exchange? exchange = null;
            try
            {
                var request = OwnList.Request(call, page);
                if (await _checkpoint.JudgeAsync(request, Direction.ToServer, null, null, Waits.Never, until.Token) is not Passage.Open open)
                    break;
                exchange = new Exchange(request, open, _checkpoint, options, logger);
                using var response = await SendAsync(request, open, isStateless, ParameterHeaders.None, until.Token);
                page = OwnList.NextPage(await exchange.FinishAsync(await OwnAnswerAsync(request, response, until.Token)));
                if (page.IsEmpty)
                    break;
            }
            catch (Exception fault) when (fault is PermitException or UpstreamException or IOException or OperationCanceledException or HttpRequestException)
            {
                await EndAsync(exchange, OutcomeStatus.Unknown, "the list was not received");
                return !context.RequestAborted.IsCancellationRequested;
            }
        }

        return true;
    }

    /// <summary>The answer to the gate's own request. Nobody else asked, so nothing that comes beside it goes on.</summary>
    private async Task<McpMessage> OwnAnswerAsync(McpMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType != HttpAnswers.Events)
        {
            var body = await RequestBody.ReadAsync(stream, response.Content.Headers.ContentLength, options.ResultBytesMax, cancellationToken)
                ?? throw new UpstreamException("VP5014", $"The server answered with more than {options.ResultBytesMax} bytes; nothing was released.");
            return AnswerIn(body, request, response.IsSuccessStatusCode, status);
        }

        await foreach (var item in EventReader.ReadAsync(stream, options.ResultBytesMax, cancellationToken))
        {
            if (McpMessage.TryParse(item.Data, options.ResultBytesMax, out var message, out _)
                && message.Kind is McpMessageKind.Response or McpMessageKind.ErrorResponse && message.IdKey == request.IdKey)
            {
                return message;
            }
        }

        throw new UpstreamException("VP5004", "The server broke off before it answered.");
    }
}
