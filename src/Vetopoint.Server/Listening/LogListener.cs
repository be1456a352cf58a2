using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vetopoint.Server.Api;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;

namespace Vetopoint.Server.Listening;

/// <summary>Where auditors read the record's log over HTTP: <c>/log/</c> and nothing else. It has no state and takes no bodies.</summary>
internal static class LogListener
{
    private static readonly PathString Prefix = "/log";

    public static WebApplication Build(EngineParts parts, IPEndPoint address, LogFile log)
    {
        var logger = parts.Loggers.CreateLogger("Vetopoint.Server.Log");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "vetopoint-engine" });
        builder.AddEngineShape(log, parts.Time);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxConcurrentConnections = ServerLimits.LogConnectionsMax;
            kestrel.Listen(address, listener => listener.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Use((context, next) => ApiPipeline.RunAsync(context, next, logger));
        app.Run(context =>
        {
            if (HttpMethods.IsGet(context.Request.Method)
                && context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var rest) && rest.Value is { Length: > 1 } path)
                return LogEndpoints.AnswerAsync(context, parts.Log.Source, path[1..]);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        return app;
    }
}
