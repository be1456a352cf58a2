using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vetopoint.Gates.Mcp.Lines;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>A stream of server-sent events to a client: each event leaves at once, and silence is filled with comments.</summary>
internal sealed class EventWriter : IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly PipeWriter _output;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ITimer _keepAlive;
    private int _silent;
    private bool _hasBegun;

    private EventWriter(HttpContext context, TimeProvider time)
    {
        _context = context;
        _output = context.Response.BodyWriter;
        _keepAlive = time.CreateTimer(
            static writer => _ = ((EventWriter)writer!).FillSilenceAsync(), this,
            McpGateLimits.StreamKeepAliveInterval, McpGateLimits.StreamKeepAliveInterval);
    }

    /// <summary>Starts the response. Its headers leave with the first event, or before it by <see cref="BeginAsync"/>.</summary>
    public static EventWriter Start(HttpContext context, TimeProvider time)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = HttpAnswers.Events;
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return new EventWriter(context, time);
    }

    /// <summary>Lets the headers leave, where the first event is not there yet.</summary>
    public async ValueTask BeginAsync()
    {
        if (_hasBegun)
            return;
        await _turn.WaitAsync(_context.RequestAborted);
        try
        {
            if (!_hasBegun)
                await FlushAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Writes one event.</summary>
    /// <param name="data">One JSON value, or nothing in an event that only sets an id.</param>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, string? id = null, TimeSpan? retry = null) =>
        WriteAsync(data, id, retry, isLast: false);

    /// <summary>Writes the last event. It leaves together with the end of the response, which the caller brings about next.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public ValueTask WriteLastAsync(ReadOnlyMemory<byte> data, string? id, TimeSpan? retry) => WriteAsync(data, id, retry, isLast: true);

    /// <summary>Writes a comment, which clients ignore.</summary>
    public async ValueTask CommentAsync()
    {
        await _turn.WaitAsync(_context.RequestAborted);
        try
        {
            _output.Write(":\n\n"u8);
            await FlushAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _keepAlive.DisposeAsync();

        // A comment that is on its way ends first: nothing writes to a finished response.
        await _turn.WaitAsync(CancellationToken.None);
        _turn.Dispose();
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> data, string? id, TimeSpan? retry, bool isLast)
    {
        await _turn.WaitAsync(_context.RequestAborted);
        try
        {
            _output.Write("event: message\n"u8);
            WriteField("id: "u8, id);
            WriteField("retry: "u8, retry is { } wait ? ((long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : null);
            _output.Write("data: "u8);
            _output.Write(OneLine.Of(data).Span);
            _output.Write("\n\n"u8);
            if (!isLast)
                await FlushAsync();
            Volatile.Write(ref _silent, 0);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask FlushAsync()
    {
        _hasBegun = true;
        var flush = await _output.FlushAsync(_context.RequestAborted);
        if (flush.IsCompleted || flush.IsCanceled)
            throw new IOException("the client is gone");
    }

    private void WriteField(ReadOnlySpan<byte> name, string? value)
    {
        // A line break in an id would start another field; the parser that read it cannot have given one.
        if (value is null || value.AsSpan().ContainsAny('\r', '\n'))
            return;
        _output.Write(name);
        _output.Write(Encoding.UTF8.GetBytes(value));
        _output.Write("\n"u8);
    }

    private async Task FillSilenceAsync()
    {
        if (Interlocked.Exchange(ref _silent, 1) == 0)
            return;
        try
        {
            await CommentAsync();
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone or the stream has ended: nothing is to be kept alive.
        }
    }
}
