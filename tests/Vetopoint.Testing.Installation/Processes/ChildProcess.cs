using System.Diagnostics;
using System.Text;

namespace Vetopoint.Testing.Installation.Processes;

/// <summary>A real process with its output kept, that can be waited on by what it prints, and is ended by its id.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Nothing here takes this long; reaching it is a failure with the output attached.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _expectations = [];
    private readonly Task _ended;
    private int _read;

    private ChildProcess(Process process)
    {
        _process = process;
        _ended = RunToEndAsync();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Everything printed so far, standard output and error as they came.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Starts a program with an environment that holds only what is given and what any program needs.</summary>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"`{program}` did not start."));
    }

    /// <summary>Starts a program, closes its input and waits until it ends.</summary>
    public static async Task<Finished> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        string input = "")
    {
        await using var child = Start(program, arguments, environment);
        try
        {
            await child.Input.WriteAsync(input);
            child.Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading what it was given; how it ended is what counts.
        }

        return await child.WaitForExitAsync();
    }

    /// <summary>Waits until the text has been printed after everything expected before.</summary>
    /// <exception cref="InvalidOperationException">The process ended without printing it.</exception>
    public async Task ExpectAsync(string text)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            _expectations.Add((text, seen));
            Match();
        }

        var first = await Task.WhenAny(seen.Task, _ended).WaitAsync(WaitMax);
        if (first != seen.Task && !seen.Task.IsCompleted)
            throw new InvalidOperationException($"The process ended without printing `{text}`. It printed:\n{Output}");
    }

    /// <summary>The next whole line of output.</summary>
    public async Task<string> ReadLineAsync()
    {
        var start = _read;
        await ExpectAsync("\n");
        return Output[start..].Split('\n')[0].TrimEnd('\r');
    }

    public async Task<Finished> WaitForExitAsync()
    {
        await _ended.WaitAsync(WaitMax);
        return new Finished(_process.ExitCode, Output);
    }

    /// <summary>Sends a signal by number to this process alone.</summary>
    public void Signal(int signal) => Signals.Send(Id, signal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _ended.WaitAsync(WaitMax);
        _process.Dispose();
    }

    private async Task RunToEndAsync()
    {
        await Task.WhenAll(
            PumpAsync(_process.StandardOutput), PumpAsync(_process.StandardError), _process.WaitForExitAsync());
    }

    private async Task PumpAsync(StreamReader reader)
    {
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is var count && count > 0)
        {
            lock (_output)
            {
                _output.Append(buffer.AsSpan(0, count));
                Match();
            }
        }
    }

    private void Match()
    {
        while (_expectations is [var (text, seen), ..])
        {
            var at = _output.ToString(_read, _output.Length - _read).IndexOf(text, StringComparison.Ordinal);
            if (at < 0)
                return;
            _read += at + text.Length;
            _expectations.RemoveAt(0);
            seen.TrySetResult(text);
        }
    }
}

/// <summary>How a process ended.</summary>
public sealed record Finished(int ExitCode, string Output);
