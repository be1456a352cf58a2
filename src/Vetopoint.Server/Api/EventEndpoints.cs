using System.Text.Json;
using Vetopoint.Api.Messages;
using Vetopoint.Server.Composition;

namespace Vetopoint.Server.Api;

/// <summary>Judgements as they are made, as server-sent events.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, EngineParts parts, CancellationToken stopping) =>
        routes.MapGet("/v1/events", context => StreamAsync(context, parts, stopping));

    private static async Task StreamAsync(HttpContext context, EngineParts parts, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var events = parts.Feed.ReadAsync(ended.Token).GetAsyncEnumerator(ended.Token);
        var next = Task.FromResult(false);
        try
        {
            // The reader is in place before the first byte says so: whoever waits for that byte misses nothing after it.
            next = events.MoveNextAsync().AsTask();
            await SayAliveAsync(context, ended.Token);
            while (await NextAsync(context, next, parts.Time, ended.Token))
            {
                if (Views.Of(events.Current) is { } shown)
                    await SendAsync(context, shown, ended.Token);
                next = events.MoveNextAsync().AsTask();
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader left, or the engine stops.
        }
        finally
        {
            await ended.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await events.DisposeAsync();
        }
    }

    private static async Task SendAsync(HttpContext context, EngineEvent shown, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync("data: ", cancellationToken);
        await JsonSerializer.SerializeAsync(context.Response.Body, shown, ApiJson.Default.EngineEvent, cancellationToken);
        await context.Response.WriteAsync("\n\n", cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    private static async Task SayAliveAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync(": live\n\n", cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    /// <summary>Waits for the next event and says every now and then that the stream lives.</summary>
    private static async Task<bool> NextAsync(HttpContext context, Task<bool> next, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(ServerLimits.EventKeepAlive, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                await SayAliveAsync(context, cancellationToken);
            }
        }
    }
}
