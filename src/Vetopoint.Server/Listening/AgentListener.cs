using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vetopoint.Gates.Mcp;
using Vetopoint.Identity;
using Vetopoint.Server.Api;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;

namespace Vetopoint.Server.Listening;

/// <summary>
/// Where agents reach MCP over HTTP: <c>/mcp/{server}</c>; <c>/tasks</c>, where they hand parts of their tasks on; where the config has an identity the token service too; and nothing else.
/// </summary>
internal static class AgentListener
{
    private static readonly PathString Prefix = "/mcp";

    public static WebApplication Build(EngineParts parts, IPEndPoint address, McpGate gate, TaskTokenService? tokens, LogFile log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "vetopoint-engine" });
        builder.AddEngineShape(log, parts.Time);
        builder.WebHost.UseKestrelCore().UseSockets(sockets =>
        {
            // A request is handled on the pool's thread that read it, instead of being handed on twice: a call that waits for nobody pays
            // for each hand-over. "Unsafe" warns of code that blocks the thread that polls all sockets; here that thread never runs ours,
            // because the runtime queues socket events to the pool (DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS is not set).
            sockets.UnsafePreferInlineScheduling = true;
        }).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = parts.Config.Current.Limits.RequestBytes + ServerLimits.RequestOverheadBytes;
            kestrel.Limits.MaxConcurrentConnections = ServerLimits.AgentConnectionsMax;
            kestrel.Listen(address, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                if (parts.Config.Current.Identity?.Tls is { } tls)
                    listener.UseHttps(AgentTls.Of(tls));
            });
        });
        tokens?.AddTo(builder.Services);
        var app = builder.Build();
        var logger = parts.Loggers.CreateLogger("Vetopoint.Server.Tasks");
        tokens?.Use(app);
        app.Run(context =>
        {
            if (context.Request.Path.StartsWithSegments(TaskEndpoints.Prefix, StringComparison.Ordinal, out var task))
                return ApiPipeline.RunAsync(context, _ => TaskEndpoints.HandleAsync(context, task.Value ?? "", gate, parts), logger);
            if (context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var rest) && rest.Value is { Length: > 1 } name)
                return gate.HandleAsync(context, name[1..]);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        return app;
    }

    /// <summary>The address it really listens on: the port may have been left to the system.</summary>
    public static string? AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
}
