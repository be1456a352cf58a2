using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vetopoint.Server.Api;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;

namespace Vetopoint.Server.Listening;

/// <summary>The engine's API on its Unix socket.</summary>
internal static class ApiListener
{
    public static WebApplication Build(EngineParts parts, EngineControls controls, LogFile log)
    {
        var logger = parts.Loggers.CreateLogger("Vetopoint.Server.Api");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "vetopoint-engine" });
        builder.AddEngineShape(log, parts.Time);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ServerLimits.ApiRequestBytesMax;
            kestrel.Limits.MaxConcurrentConnections = ServerLimits.ApiConnectionsMax;
            kestrel.ListenUnixSocket(parts.Home.EngineSocket, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listener.RequireOwnUser(logger);
            });
        });
        var app = builder.Build();
        app.Use((context, next) => ApiPipeline.RunAsync(context, next, logger));
        StatusEndpoints.Map(app, parts, controls);
        RecordEndpoints.Map(app, parts);
        HoldEndpoints.Map(app, parts);
        AttemptEndpoints.Map(app, parts);
        ToolEndpoints.Map(app, parts);
        PolicyEndpoints.Map(app, parts);
        ActEndpoints.Map(app, parts, logger);
        EventEndpoints.Map(app, parts, controls.Stopping);
        return app;
    }
}
