using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Vetopoint.Scenarios.Tests.Conformance;

/// <summary>Adds an agent's key to every request: the suite has no way to send one. Everything else passes unchanged.</summary>
internal sealed class KeyAddingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client;

    private Transformer? _transformer; // set once, before the first request

    private KeyAddingProxy(WebApplication app, HttpMessageInvoker client)
    {
        _app = app;
        _client = client;
    }

    /// <summary>The endpoint that stands for the given one.</summary>
    public Uri Address => new(_app.Urls.First() + "/mcp");

    /// <summary>Says where requests go from now on, and with which key.</summary>
    public void Forward(Uri endpoint, string key) => _transformer = new Transformer(endpoint, key);

    public static async Task<KeyAddingProxy> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        });
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var proxy = new KeyAddingProxy(app, client);
        app.Run(async context => await forwarder.SendAsync(
            context, proxy.Address.AbsoluteUri, client, ForwarderRequestConfig.Empty, proxy._transformer!));
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private sealed class Transformer(Uri endpoint, string key) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = endpoint;
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
            proxyRequest.Headers.Authorization = new("Bearer", key);
        }
    }
}
