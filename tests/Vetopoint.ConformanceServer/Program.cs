using System.Collections.Concurrent;
using System.Text.Json;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using Vetopoint.ConformanceServer.Offers;
using Vetopoint.ConformanceServer.Tools;

// Usage: conformance-server [port]. Prints its endpoint, serves both revisions on it until it is stopped.
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:" + (args is [var port] ? port : "0"));
builder.Logging.SetMinimumLevel(LogLevel.Critical);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddDistributedMemoryCache();

var subscriptions = new ConcurrentDictionary<(string? Session, string? Uri), bool>();
builder.Services
    .AddMcpServer(options => options.ServerInfo = new() { Name = "conformance", Version = "1.0.0" })
    .WithHttpTransport(options => options.SessionMode = HttpServerSessionMode.StatefulForInitializeClients)
    .WithDistributedCacheEventStreamStore()
    .WithTools<ContentTools>()
    .WithTools<AskingTools>()
    .WithTools<InputTools>()
    .WithTools([ContentTools.WithWideSchema(), ContentTools.WithHeader()])
    .WithPrompts<Prompts>()
    .WithResources<Resources>()
    .WithCompleteHandler((_, _) => ValueTask.FromResult(new CompleteResult { Completion = new Completion { Values = [] } }))
    .WithSetLoggingLevelHandler(async (context, cancellationToken) =>
    {
        await context.Server.SendNotificationAsync(
            NotificationMethods.LoggingMessageNotification,
            new LoggingMessageNotificationParams
            {
                Level = LoggingLevel.Info,
                Data = JsonSerializer.SerializeToElement($"The level is {context.Params.Level} now."),
            },
            cancellationToken: cancellationToken);
        return new EmptyResult();
    })
    .WithSubscribeToResourcesHandler((context, _) =>
    {
        subscriptions[(context.Server.SessionId, context.Params.Uri)] = true;
        return ValueTask.FromResult(new EmptyResult());
    })
    .WithUnsubscribeFromResourcesHandler((context, _) =>
    {
        subscriptions.TryRemove((context.Server.SessionId, context.Params.Uri), out bool _);
        return ValueTask.FromResult(new EmptyResult());
    })
    .WithRequestFilters(filters => filters
        .AddListToolsFilter(next => async (request, token) => Cached(await next(request, token)))
        .AddListPromptsFilter(next => async (request, token) => Cached(await next(request, token)))
        .AddListResourcesFilter(next => async (request, token) => Cached(await next(request, token)))
        .AddListResourceTemplatesFilter(next => async (request, token) => Cached(await next(request, token)))
        .AddReadResourceFilter(next => async (request, token) => Cached(await next(request, token))));

await using var app = builder.Build();

// A page of another site must not reach a server on this machine (DNS rebinding).
app.Use(async (context, next) =>
{
    var origin = context.Request.Headers.Origin.ToString();
    if (IsLocal(context.Request.Host.Host) && (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsLocal(from.Host))))
        await next(context);
    else
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
});
app.MapMcp("/mcp");
await app.StartAsync();
await Console.Out.WriteLineAsync(app.Urls.First() + "/mcp");
await app.WaitForShutdownAsync();

static bool IsLocal(string host) => host is "localhost" or "127.0.0.1" or "[::1]";

static T Cached<T>(T result)
    where T : ICacheableResult
{
    result.TimeToLive = TimeSpan.FromMinutes(1);
    result.CacheScope = CacheScope.Public;
    return result;
}
