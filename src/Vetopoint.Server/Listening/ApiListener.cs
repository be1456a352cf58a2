using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vetopoint.Server.Api;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;
using Vetopoint.Server.Mcp;

namespace Vetopoint.Server.Listening;

/// <summary>The Unix sockets of the user's own programs: the engine's API, and raw MCP lines of wrapped servers.</summary>
internal static class ApiListener
{
    public static WebApplication Build(EngineParts parts, EngineControls controls, StdioSessions sessions, LogFile log)
    {
        var logger = parts.Loggers.CreateLogger("Vetopoint.Server.Api");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "vetopoint-engine" });
        builder.AddEngineShape(log, parts.Time);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ServerLimits.ApiRequestBytesMax;
            kestrel.Limits.MaxConcurrentConnections = ServerLimits.ApiConnectionsMax + ServerLimits.StdioConnectionsMax;
            kestrel.ListenUnixSocket(parts.Home.EngineSocket, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.RequireOwnUser(logger);
            });
            kestrel.ListenUnixSocket(parts.Home.StdioSocket, listener =>
            {
                listener.RequireOwnUser(logger);
                listener.Run(sessions.OnConnectedAsync);
            });
        });
        var app = builder.Build();
        app.Use((context, next) => ApiPipeline.RunAsync(context, next, logger));
        StatusEndpoints.Map(app, parts, controls);
        RecordEndpoints.Map(app, parts);
        LogEndpoints.Map(app, parts.Log.Source);
        HoldEndpoints.Map(app, parts);
        TaskEndpoints.Map(app, parts);
        AttemptEndpoints.Map(app, parts);
        ToolEndpoints.Map(app, parts);
        LeaseEndpoints.Map(app, parts);
        PolicyEndpoints.Map(app, parts);
        IdentityEndpoints.Map(app, controls);
        ActEndpoints.Map(app, parts, logger);
        EventEndpoints.Map(app, parts, controls.Stopping);
        return app;
    }
}
