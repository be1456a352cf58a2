using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vetopoint.Gates.Mcp.Upstreams;

/// <summary>A server's process: started with exactly the environment given, its standard error kept within a bound, ended for certain.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly StandardErrorTail _errors = new(McpGateLimits.StandardErrorBytesMax);
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _reading;
    private readonly Action<ReadOnlyMemory<byte>>? _standardError;
    private readonly TimeProvider _time;
    private int _disposed;

    private ChildProcess(Process process, Action<ReadOnlyMemory<byte>>? standardError, TimeProvider time)
    {
        _standardError = standardError;
        _process = process;
        _time = time;
        _reading = KeepErrorsAsync();
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public int Id => _process.Id;

    /// <summary>The newest bytes of standard error.</summary>
    public byte[] StandardError => _errors.ToArray();

    /// <param name="standardError">Given each piece of standard error as it comes; must not block.</param>
    /// <exception cref="UpstreamException">The process cannot be started.</exception>
    public static ChildProcess Start(
        UpstreamAddress.Stdio address, Action<ReadOnlyMemory<byte>>? standardError, TimeProvider time)
    {
        var start = new ProcessStartInfo(Executables.Find(address))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = address.Folder,
        };
        foreach (var argument in address.Arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in address.Environment)
            start.Environment[name] = value;

        try
        {
            var process = Process.Start(start) ?? throw new InvalidOperationException("no process was started");
            return new ChildProcess(process, standardError, time);
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException or IOException)
        {
            throw new UpstreamException(
                "VP5002", $"The server `{address.Command}` could not be started: {fault.Message}. Start it by hand to see why.", fault);
        }
    }

    /// <summary>Ends the process: its input is closed, then it is told to end, then it is killed with its children.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        CloseInput();
        if (!await HasEndedWithinAsync(McpGateLimits.EndAfterInputClosed))
        {
            _ = SendSignal(_process.Id, Terminate);
            if (!await HasEndedWithinAsync(McpGateLimits.EndAfterTerminate))
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        // A grandchild may keep standard error open for ever, so its end is not waited for.
        await _ended.CancelAsync();
        await _reading;
        _process.Dispose();
        _ended.Dispose();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process closed its end first: what was to be said to it is lost with it.
        }
    }

    private async Task<bool> HasEndedWithinAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task KeepErrorsAsync()
    {
        var buffer = new byte[McpGateLimits.PipeBytesMin];
        try
        {
            var stream = _process.StandardError.BaseStream;
            int count;
            while ((count = await stream.ReadAsync(buffer, _ended.Token)) > 0)
            {
                _errors.Add(buffer.AsSpan(0, count));
                _standardError?.Invoke(buffer.AsMemory(0, count));
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe closed: there is nothing more to keep.
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
