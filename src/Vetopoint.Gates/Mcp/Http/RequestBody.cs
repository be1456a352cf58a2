using System.Buffers;
using System.IO.Pipelines;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>Reads a whole body within a limit.</summary>
internal static class RequestBody
{
    /// <summary>The bytes; null when there are more than the limit.</summary>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader reader, long? length, int bytesMax, CancellationToken cancellationToken)
    {
        if (length > bytesMax)
            return null;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Length > bytesMax)
            {
                reader.AdvanceTo(buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return bytes;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The bytes; null when there are more than the limit.</summary>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, long? length, int bytesMax, CancellationToken cancellationToken)
    {
        if (length > bytesMax)
            return null;
        if (length is { } exact)
        {
            var whole = new byte[exact];
            await stream.ReadExactlyAsync(whole, cancellationToken);
            return whole;
        }

        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            return await ReadAsync(reader, null, bytesMax, cancellationToken);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}
