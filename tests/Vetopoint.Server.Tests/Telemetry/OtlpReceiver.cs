using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vetopoint.Server.Tests.Telemetry;

/// <summary>A collector: takes what is exported to it, over HTTP or gRPC, well or badly.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _taken = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>True to take requests and not to answer them.</summary>
    public bool Hangs { get; init; }

    /// <summary>The HTTP status of every answer, over HTTP.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>The status at the end of every answer, over gRPC.</summary>
    public string GrpcStatus { get; set; } = "0";

    /// <summary>What an answer has too much, over gRPC.</summary>
    public int AnswerBytes { get; set; }

    /// <summary>The values of one header, as they came.</summary>
    public ConcurrentQueue<string> Tokens { get; } = new();

    /// <summary>Set once a request is there.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Address => _app.Urls.Single();

    /// <summary>Everything that came, as it came.</summary>
    public IReadOnlyList<byte[]> Bodies => [.. _taken.Select(static taken => taken.Body)];

    /// <summary>Where it came to.</summary>
    public IReadOnlySet<string> Paths => _taken.Select(static taken => taken.Path).ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<ReceivedSpan> Spans => [.. BodiesOf("trace").SelectMany(static body => ReceivedSpan.In(body))];

    /// <summary>The names of the metrics that came.</summary>
    public IReadOnlySet<string> Metrics => BodiesOf("metrics").SelectMany(static body => Items(body)).Select(static item => item.Text(1)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The texts of the log's records that came.</summary>
    public IReadOnlyList<string> Records => [.. BodiesOf("logs").SelectMany(static body => Items(body)).Select(static item => item.Message(5).Text(1))];

    public static async Task<OtlpReceiver> StartAsync(bool isGrpc = false, bool hangs = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(
            listener => listener.Protocols = isGrpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app) { Hangs = hangs };
        app.Run(isGrpc ? receiver.GrpcAsync : receiver.HttpAsync);
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        _released.TrySetResult();
        await _app.StopAsync(TestContext.Current.CancellationToken);
        await _app.DisposeAsync();
    }

    private async Task HttpAsync(HttpContext context)
    {
        await TakeAsync(context, skip: 0);
        context.Response.StatusCode = Status;
    }

    private async Task GrpcAsync(HttpContext context)
    {
        await TakeAsync(context, skip: 5); // the frame: a flag and the length
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        await context.Response.Body.WriteAsync(new byte[5 + AnswerBytes]);
        context.Response.AppendTrailer("grpc-status", GrpcStatus);
    }

    private async Task TakeAsync(HttpContext context, int skip)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Tokens.Enqueue(context.Request.Headers["x-token"].ToString());
        _taken.Enqueue((context.Request.Path.Value!, body.ToArray()[skip..]));
        Asked.TrySetResult();
        if (Hangs)
            await _released.Task;
    }

    private IEnumerable<byte[]> BodiesOf(string signal) =>
        _taken.Where(taken => taken.Path.Contains(signal, StringComparison.Ordinal)).Select(static taken => taken.Body);

    /// <summary>Every kind of export has its items two messages deep: by resource, and by scope.</summary>
    private static IEnumerable<ProtobufMessage> Items(byte[] body) =>
        new ProtobufMessage(body).Messages(1).SelectMany(static resource => resource.Messages(2)).SelectMany(static scope => scope.Messages(2));
}

/// <summary>A span as it was exported.</summary>
internal sealed record ReceivedSpan(
    string Service, string TraceId, string SpanId, string Parent, string Name, long Kind, long Status, IReadOnlyDictionary<string, string> Attributes)
{
    public const long ServerKind = 2;
    public const long ClientKind = 3;
    public const long Error = 2;

    public static IEnumerable<ReceivedSpan> In(byte[] body) =>
        from resource in new ProtobufMessage(body).Messages(1)
        let service = AttributesOf(resource.Message(1), 1).GetValueOrDefault("service.name", "")
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new ReceivedSpan(
            service, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(6), span.Message(15).Number(3), AttributesOf(span, 9));

    private static Dictionary<string, string> AttributesOf(ProtobufMessage message, int field) =>
        message.Messages(field).ToDictionary(static pair => pair.Text(1), static pair => ValueOf(pair.Message(2)), StringComparer.Ordinal);

    private static string ValueOf(ProtobufMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(3) ? $"{value.Number(3)}"
        : value.Has(5) ? string.Join(',', value.Message(5).Messages(1).Select(ValueOf))
        : value.Has(2) ? value.Number(2) == 1 ? "true" : "false"
        : "";
}
