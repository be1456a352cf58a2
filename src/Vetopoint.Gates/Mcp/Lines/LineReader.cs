using System.Buffers;
using System.IO.Pipelines;

namespace Vetopoint.Gates.Mcp.Lines;

/// <summary>Reads messages framed by newlines, each as its own bytes, exactly as they came without the line's end.</summary>
/// <remarks>
/// The SDK's stdio transports parse a message before its bytes can be looked at, so two members of one name would go
/// unseen. A line that is too long is skipped to its end and reported, so one bad message does not end a session.
/// </remarks>
internal sealed class LineReader(PipeReader input, int lineBytesMax)
{
    private const byte NewLine = (byte)'\n';
    private bool _skipping;

    /// <summary>The next line that is not blank.</summary>
    public async ValueTask<Line> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var line = Take(ref buffer, read.IsCompleted);
            input.AdvanceTo(buffer.Start, line is null ? buffer.End : buffer.Start);
            if (line is { } taken)
                return taken;
            if (read.IsCompleted && buffer.IsEmpty)
                return Line.End;
        }
    }

    private Line? Take(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        while (!buffer.IsEmpty)
        {
            var end = buffer.PositionOf(NewLine);
            if (end is null && !isLast)
                return TooLongYet(ref buffer);

            var line = end is { } at ? buffer.Slice(0, at) : buffer;
            buffer = end is { } newLine ? buffer.Slice(buffer.GetPosition(1, newLine)) : buffer.Slice(buffer.End);
            if (_skipping)
            {
                _skipping = false;
                continue;
            }

            if (line.Length > lineBytesMax)
                return Line.TooLong(line.Length);
            if (Trimmed(line) is { Length: > 0 } bytes)
                return Line.Of(bytes);
        }

        return null;
    }

    private Line? TooLongYet(ref ReadOnlySequence<byte> buffer)
    {
        if (!_skipping && buffer.Length <= lineBytesMax)
            return null;
        var length = buffer.Length;
        var isNew = !_skipping;
        _skipping = true;
        buffer = buffer.Slice(buffer.End);
        return isNew ? Line.TooLong(length) : null;
    }

    private static byte[] Trimmed(ReadOnlySequence<byte> line)
    {
        var bytes = line.ToArray();
        var text = bytes.AsSpan().Trim(" \t\r"u8);
        return text.Length == bytes.Length ? bytes : text.ToArray();
    }
}

/// <summary>What a read of a line gave.</summary>
/// <param name="Bytes">The message; empty for the other two.</param>
/// <param name="TooLongBytes">More than zero for a line over the limit, of which this many bytes had come.</param>
/// <param name="IsEnd">True when the other side has closed.</param>
internal readonly record struct Line(ReadOnlyMemory<byte> Bytes, long TooLongBytes, bool IsEnd)
{
    public static Line End { get; } = new(default, 0, true);

    public static Line Of(ReadOnlyMemory<byte> bytes) => new(bytes, 0, false);

    public static Line TooLong(long bytes) => new(default, bytes, false);
}
