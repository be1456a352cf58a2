using Microsoft.AspNetCore.Http;
using Vetopoint.Gates.Mcp.Upstreams;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// The stream the SDK writes a response's events to. Each event becomes one with exactly the released bytes; the response
/// starts with the first of them.
/// </summary>
internal sealed class ClientEvents(HttpContext context, TimeProvider time) : Stream
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private EventWriter? _writer;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Starts the response now, so that a client that waits hears something.</summary>
    public async ValueTask<EventWriter> StartAsync()
    {
        await _starting.WaitAsync(context.RequestAborted);
        try
        {
            return _writer ??= EventWriter.Start(context, time);
        }
        finally
        {
            _starting.Release();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = ExactBytes.OfMessage;
        if (bytes.IsEmpty)
            throw new InvalidOperationException("the SDK writes what was not released");
        var writer = await StartAsync();
        await writer.WriteAsync(bytes);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken) => await (await StartAsync()).BeginAsync();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        _starting.Dispose();
        await base.DisposeAsync();
    }
}
