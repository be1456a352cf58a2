using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Testing.Upstream;

namespace Vetopoint.Gates.Tests.Harness;

/// <summary>The scripted server over HTTP: Streamable HTTP at <c>/mcp</c>, and the older transport at <c>/sse</c>.</summary>
internal sealed class HttpUpstreamServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly AsyncLocal<Channel<string>?> _current = new();
    private readonly Channel<string> _own = Channel.CreateUnbounded<string>();
    private int _sessions;

    private HttpUpstreamServer(WebApplication app)
    {
        _app = app;
        Script = new ScriptedServer(line => (_current.Value ?? _own).Writer.WriteAsync(line).AsTask());
    }

    public ScriptedServer Script { get; }

    /// <summary>Headers of every request, newest last.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Headers { get; } = new();

    /// <summary>True to give each handshake a session and to want it back.</summary>
    public bool HasSessions { get; set; } = true;

    /// <summary>Answers every post with this status and a page, once set.</summary>
    public int? BrokenStatus { get; set; }

    /// <summary>The status of answers that are streams.</summary>
    public int StreamStatus { get; set; } = 200;

    /// <summary>Set when a client left before it was answered.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Uri Address => new(_app.Urls.Single());

    public UpstreamAddress.Http Http => new(new Uri(Address, "/mcp"), new Dictionary<string, string> { ["X-Upstream-Key"] = "operators" });

    public UpstreamAddress.Sse Sse => new(new Uri(Address, "/sse"), new Dictionary<string, string>());

    public static async Task<HttpUpstreamServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new HttpUpstreamServer(app);
        app.MapPost("/mcp", server.PostAsync);
        app.MapGet("/mcp", server.GetAsync);
        app.MapDelete("/mcp", static context => Task.CompletedTask);
        app.MapGet("/sse", server.SseAsync);
        app.MapPost("/messages", server.MessagesAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Sends a message on the client's own stream.</summary>
    public ValueTask PushAsync(string line) => _own.Writer.WriteAsync(line);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task PostAsync(HttpContext context)
    {
        Headers.Enqueue(context.Request.Headers.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        using var reader = new StreamReader(context.Request.Body);
        var line = await reader.ReadToEndAsync();
        if (BrokenStatus is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("<html>secret page</html>");
            return;
        }

        if (HasSessions && line.Contains("\"initialize\"", StringComparison.Ordinal))
            context.Response.Headers["Mcp-Session-Id"] = $"session-{Interlocked.Increment(ref _sessions)}";
        if (!line.Contains("\"method\"", StringComparison.Ordinal) || !line.Contains("\"id\"", StringComparison.Ordinal))
        {
            await Script.TakeAsync(line);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        if (line.Contains("read_resumed", StringComparison.Ordinal))
        {
            // The stream ends before the answer; who comes back with the event's id gets it.
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("id: event-1\nretry: 1\ndata: \n\n");
            return;
        }

        var lines = Channel.CreateUnbounded<string>();
        _current.Value = lines;
        _ = CompleteAsync(Script.TakeAsync(line), lines.Writer);
        try
        {
            await AnswerAsync(context, lines.Reader);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Left.TrySetResult();
        }
    }

    /// <summary>One message that is all goes as JSON; anything else as a stream.</summary>
    private async Task AnswerAsync(HttpContext context, ChannelReader<string> lines)
    {
        if (!await lines.WaitToReadAsync(context.RequestAborted))
            return;
        lines.TryRead(out var first);
        await Task.Yield();
        if (StreamStatus == 200 && (lines.Completion.IsCompleted || IsAnswer(first!)))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(first!);
            return;
        }

        context.Response.StatusCode = StreamStatus;
        context.Response.ContentType = "text/event-stream";
        await EventAsync(context, first!);
        await foreach (var line in lines.ReadAllAsync(context.RequestAborted))
            await EventAsync(context, line);
    }

    private static bool IsAnswer(string line) => line.Contains("\"result\"", StringComparison.Ordinal) && !line.Contains("nobody", StringComparison.Ordinal);

    private static async Task EventAsync(HttpContext context, string line)
    {
        await context.Response.WriteAsync($"event: message\ndata: {line}\n\n");
        await context.Response.Body.FlushAsync();
    }

    private static async Task CompleteAsync(Task work, ChannelWriter<string> lines)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lines.TryComplete();
    }

    private async Task GetAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync();
        if (context.Request.Headers["Last-Event-ID"] == "event-1")
            await EventAsync(context, """{"jsonrpc":"2.0","id":700,"result":{"content":[{"type":"text","text":"resumed"}]}}""");
        await PumpAsync(context);
    }

    private async Task SseAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("event: endpoint\ndata: /messages\n\n");
        await context.Response.Body.FlushAsync();
        await PumpAsync(context);
    }

    private async Task MessagesAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var line = await reader.ReadToEndAsync();
        _ = Script.TakeAsync(line);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await context.Response.WriteAsync("Accepted");
    }

    private async Task PumpAsync(HttpContext context)
    {
        try
        {
            await foreach (var line in _own.Reader.ReadAllAsync(context.RequestAborted))
                await EventAsync(context, line);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client closed its stream.
        }
    }
}
