using System.IO.Pipelines;
using Vetopoint.Gates.Mcp.Lines;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>A client that speaks in lines over one connection.</summary>
internal sealed class LineClient(IDuplexPipe connection, int messageBytesMax) : IClient, IDisposable
{
    private readonly LineWriter _writer = new(connection.Output);

    public LineReader Reader { get; } = new(connection.Input, messageBytesMax);

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, Call? call, CancellationToken cancellationToken) =>
        _writer.WriteAsync(message, CancellationToken.None);

    /// <summary>Takes what the client sends until it closes.</summary>
    public async Task FeedAsync(McpSession session, int messageBytesMax, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Closing);
        try
        {
            while (await Reader.ReadAsync(either.Token) is { IsEnd: false } line)
            {
                if (line.TooLongBytes > 0)
                    await session.RefuseAsync(TooLarge(messageBytesMax));
                else if (!McpMessage.TryParse(line.Bytes, messageBytesMax, out var message, out var problem))
                    await session.RefuseAsync(problem);
                else
                    await TakeAsync(session, message, either.Token);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // The session is over, or the client is gone: either way there is nothing more to take.
        }
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Requests go on side by side; all else keeps its order, and a client that floods waits for itself.</summary>
    private static Task TakeAsync(McpSession session, McpMessage message, CancellationToken gone)
    {
        var taken = session.FromClientAsync(message, null, gone);
        return message.Kind == McpMessageKind.Request ? Task.CompletedTask : taken;
    }

    private static MessageProblem TooLarge(int bytesMax) => new(
        "VP3001", MessageProblem.InvalidRequest, $"The message has more than {bytesMax} bytes.",
        "Send less in one message, or raise `limits.requestBytes` in the config.");
}
