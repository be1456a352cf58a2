using System.Net;
using System.Net.Http.Headers;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Http;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>
/// The connections to upstreams over HTTP, shared by all sessions: pooled, without cookies, redirects, proxies or anything of
/// one caller's that another could get.
/// </summary>
public sealed class HttpUpstreams : IDisposable
{
    private readonly SocketsHttpHandler _sockets = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = McpGateLimits.ConnectMax,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        EnableMultipleHttp2Connections = true,
    };

    private readonly HttpMessageInvoker _invoker;

    public HttpUpstreams() => _invoker = new HttpMessageInvoker(_sockets);

    /// <summary>The handler under every request, for the SDK's transports.</summary>
    internal HttpMessageHandler Handler => _sockets;

    public void Dispose() => _invoker.Dispose();

    /// <summary>Redeems the permit and posts exactly its bytes.</summary>
    /// <param name="request">Made by <see cref="For"/>, with the headers that repeat the body.</param>
    /// <exception cref="PermitException">The permit is void: nothing was sent.</exception>
    /// <exception cref="UpstreamException">The server cannot be reached. Whether it got the message is not known.</exception>
    internal Task<HttpResponseMessage> PostAsync(HttpRequestMessage request, Permit permit, CancellationToken cancellationToken)
    {
        request.Content = new ReadOnlyMemoryContent(permit.Redeem());
        request.Content.Headers.ContentType = JsonType;
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Opens a stream of events or ends a session: requests that carry no message, and so no permit.</summary>
    internal Task<HttpResponseMessage> WithoutMessageAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Content is null && request.Method != HttpMethod.Post
            ? SendAsync(request, cancellationToken)
            : throw new InvalidOperationException("a message needs a permit");

    /// <summary>A request with nothing in it but what the operator configured for this server.</summary>
    internal static HttpRequestMessage For(HttpMethod method, UpstreamAddress.Http address)
    {
        var request = new HttpRequestMessage(method, address.Endpoint) { VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        foreach (var (name, value) in address.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static readonly MediaTypeHeaderValue JsonType = new(HttpAnswers.Json);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _invoker.SendAsync(request, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new UpstreamException(
                "VP5008", $"The server at `{request.RequestUri!.GetLeftPart(UriPartial.Authority)}` cannot be reached. Start it, or correct its address in the config.", fault);
        }
    }
}
