using System.IO.Pipelines;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Lines;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>A server that runs as a child process and speaks in lines over its standard streams.</summary>
internal sealed class ProcessUpstream : IUpstream
{
    private readonly ChildProcess _process;
    private readonly PipeReader _output;
    private readonly PipeWriter _input;
    private readonly LineReader _reader;
    private readonly LineWriter _writer;

    private ProcessUpstream(ChildProcess process, int messageBytesMax)
    {
        _process = process;
        _output = PipeReader.Create(process.Output, new StreamPipeReaderOptions(bufferSize: McpGateLimits.PipeBytesMin));
        _input = PipeWriter.Create(process.Input);
        _reader = new LineReader(_output, messageBytesMax);
        _writer = new LineWriter(_input);
    }

    public ChildProcess Process => _process;

    /// <exception cref="UpstreamException">The process cannot be started.</exception>
    public static ProcessUpstream Start(
        UpstreamAddress.Stdio address, int messageBytesMax, Action<ReadOnlyMemory<byte>>? standardError, TimeProvider time) =>
#pragma warning disable CA2000 // The process is the upstream's: it ends with it.
        new(ChildProcess.Start(address, standardError, time), messageBytesMax);
#pragma warning restore CA2000

    public async ValueTask SendAsync(Permit permit, CancellationToken cancellationToken)
    {
        var bytes = permit.Redeem();
        try
        {
            // Once begun, a line is written whole: half a message would garble the next one.
            await _writer.WriteAsync(bytes, CancellationToken.None);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or InvalidOperationException)
        {
            throw new UpstreamException("VP5003", "The server has ended. Look into its standard error for the reason.", fault);
        }
    }

    public async ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var line = await _reader.ReadAsync(cancellationToken);
            if (line.IsEnd)
                return new Arrival.Ended("The server closed its output.");
            return line.TooLongBytes > 0 ? new Arrival.TooLong(line.TooLongBytes) : new Arrival.Message(line.Bytes);
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            return new Arrival.Ended($"The server's output broke off: {fault.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _output.CompleteAsync();
        _writer.Dispose();
    }
}
