using System.IO.Pipelines;

namespace Vetopoint.Gates.Mcp.Lines;

/// <summary>Writes messages framed by newlines, whole and one after the other.</summary>
internal sealed class LineWriter(PipeWriter output) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Writes one message. It is on its way to the other side when this returns.</summary>
    /// <exception cref="IOException">The other side has closed.</exception>
    /// <param name="message">One JSON value. A newline in it can only be white space, and is written as a space.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            Frame(message.Span, output.GetSpan(message.Length + 1));
            output.Advance(message.Length + 1);
            var flush = await output.FlushAsync(cancellationToken);
            if (flush.IsCompleted)
                throw new IOException("the other side has closed");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static void Frame(ReadOnlySpan<byte> message, Span<byte> line)
    {
        message.CopyTo(line);
        OneLine.Make(line[..message.Length]);
        line[message.Length] = (byte)'\n';
    }
}

/// <summary>A raw newline in JSON is always white space: inside a string it would not be JSON.</summary>
internal static class OneLine
{
    public static bool Is(ReadOnlySpan<byte> json) => json.IndexOfAny((byte)'\n', (byte)'\r') < 0;

    public static void Make(Span<byte> json) => json.ReplaceAny(NewLines, (byte)' ');

    /// <summary>The same JSON on one line; the same memory when it is on one line already.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> json)
    {
        if (Is(json.Span))
            return json;
        var copy = json.ToArray();
        Make(copy);
        return copy;
    }

    private static readonly System.Buffers.SearchValues<byte> NewLines = System.Buffers.SearchValues.Create("\r\n"u8);
}
