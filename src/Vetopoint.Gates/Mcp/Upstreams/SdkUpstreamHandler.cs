using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Vetopoint.Gates.Mcp.Http;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>Stands beneath the SDK's transport: exact bytes out, checked and bounded bytes in, to the configured origin alone.</summary>
internal sealed class SdkUpstreamHandler(
    HttpMessageHandler inner, Uri endpoint, int messageBytesMax, ChannelWriter<Arrival> arrivals) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _invoker = new(inner, disposeHandler: false);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // The old transport lets the server name the address to post to: another origin would get the operator's credential.
        if (Uri.Compare(request.RequestUri, endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
            throw new UpstreamException("VP5022", "The server asked for messages to be sent to another origin; nothing was sent.");

        McpMessage? sent = null;
        if (request.Method == HttpMethod.Post)
            sent = PutExactBytes(request);
        HttpResponseMessage response;
        try
        {
            response = await _invoker.SendAsync(request, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new UpstreamException("VP5008", "The server cannot be reached. Start it, or correct its address in the config.", fault);
        }

        await TakeAsync(sent, response, cancellationToken);
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _invoker.Dispose();
        base.Dispose(disposing);
    }

    private static McpMessage PutExactBytes(HttpRequestMessage request)
    {
        var bytes = ExactBytes.OfMessage;
        if (!McpMessage.TryParse(bytes, bytes.Length, out var message, out var problem))
            throw new InvalidOperationException($"the SDK sends what was not permitted: {problem}");
        var type = request.Content?.Headers.ContentType;
        request.Content?.Dispose();
        request.Content = new ReadOnlyMemoryContent(bytes);
        request.Content.Headers.ContentType = type;

        // The SDK writes these from its own copy and does not encode them.
        request.Headers.Remove(McpHeaderNames.Method);
        request.Headers.Remove(McpHeaderNames.Name);
        var isStateless = Revisions.IsStateless(message.ProtocolVersionText);
        if (isStateless)
            HeaderCheck.Write(request, message, isStateless, NoHeaders, ParameterHeaders.None);
        return message;
    }

    private static readonly HeaderDictionary NoHeaders = [];

    private async Task TakeAsync(McpMessage? sent, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var type = response.Content.Headers.ContentType?.MediaType;
        if (type == HttpAnswers.Events && response.IsSuccessStatusCode)
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            response.Content = Replaced(new StreamContent(new TakenEvents(stream, messageBytesMax, arrivals)), type);
            return;
        }

        var bytesMax = response.IsSuccessStatusCode ? messageBytesMax : McpGateLimits.ForeignBodyBytesMax;
        var body = await RequestBody.ReadAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken), response.Content.Headers.ContentLength, bytesMax, cancellationToken)
            ?? throw new UpstreamException("VP5014", $"The server answered with more than {bytesMax} bytes; nothing was released.");
        if (type == HttpAnswers.Json && McpMessage.TryParse(body, body.Length, out var message, out _) && IsFor(message, sent))
            await arrivals.WriteAsync(new Arrival.Message(body), cancellationToken);
        response.Content = Replaced(new ByteArrayContent(body), type);
    }

    /// <summary>The legacy transport answers a post with a word; the current one with the answer itself.</summary>
    private static bool IsFor(McpMessage message, McpMessage? sent) =>
        message.Kind is McpMessageKind.Response or McpMessageKind.ErrorResponse && message.IdKey is { } key && key == sent?.IdKey;

    private static HttpContent Replaced(HttpContent content, string? type)
    {
        if (type is not null)
            content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }
}
