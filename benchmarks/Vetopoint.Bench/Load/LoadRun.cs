using System.Diagnostics;

namespace Vetopoint.Bench.Load;

/// <summary>
/// Drives one tool on one path at one concurrency, in slices: the slices of several paths alternate, so that whatever else happens
/// on the machine meets all of them alike.
/// </summary>
internal sealed class LoadRun : IDisposable
{
    private readonly TargetPath _path;
    private readonly string _tool;
    private readonly string _arguments;
    private readonly List<McpCaller> _callers = [];
    private readonly List<double> _latencies = [];
    private TimeSpan _elapsed;
    private double _cpu;
    private long _allocated;

    private LoadRun(TargetPath path, string tool, string arguments)
    {
        _path = path;
        _tool = tool;
        _arguments = arguments;
    }

    public static async Task<LoadRun> OpenAsync(
        TargetPath path, string tool, string arguments, int concurrency, CancellationToken cancellationToken)
    {
        var run = new LoadRun(path, tool, arguments);
        try
        {
            for (var i = 0; i < concurrency; i++)
            {
                var caller = new McpCaller(NewHttp(), path.Endpoint, path.Bearer);
                run._callers.Add(caller);
                await caller.OpenAsync(cancellationToken);
            }

            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Calls for a while without counting.</summary>
    public Task WarmUpAsync(TimeSpan duration, CancellationToken cancellationToken) => DriveAsync(duration, cancellationToken);

    /// <summary>Calls for a while and counts.</summary>
    public async Task MeasureAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var allocatedBefore = _path.Allocated is null ? 0 : await _path.Allocated(cancellationToken);
        var cpuBefore = _path.Under?.CpuMilliseconds ?? 0;
        var watch = Stopwatch.StartNew();
        var latencies = await DriveAsync(duration, cancellationToken);
        _elapsed += watch.Elapsed;
        _cpu += (_path.Under?.CpuMilliseconds ?? 0) - cpuBefore;
        _allocated += (_path.Allocated is null ? 0 : await _path.Allocated(cancellationToken)) - allocatedBefore;
        _latencies.AddRange(latencies);
    }

    public LoadResult Result()
    {
        var sorted = _latencies.Order().ToArray();
        return new LoadResult(
            _callers.Count, sorted.Length, _elapsed, sorted,
            _path.Under is null ? null : _cpu, _path.Allocated is null ? null : _allocated);
    }

    public void Dispose()
    {
        foreach (var caller in _callers)
            caller.Dispose();
    }

    private async Task<IEnumerable<double>> DriveAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var runs = _callers.Select(caller => OneAsync(caller, end, cancellationToken)).ToArray();
        return (await Task.WhenAll(runs)).SelectMany(latencies => latencies);
    }

    private async Task<List<double>> OneAsync(McpCaller caller, long end, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        do
        {
            var start = Stopwatch.GetTimestamp();
            await caller.CallAsync(_tool, _arguments, cancellationToken);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        while (Stopwatch.GetTimestamp() < end);
        return latencies;
    }

    private static HttpMessageInvoker NewHttp() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 2,
    });
}

/// <summary>One path to the tool.</summary>
/// <param name="Under">The process that stands between, or null for the direct path.</param>
/// <param name="Allocated">Asks that process for the bytes it has allocated so far.</param>
internal sealed record TargetPath(Uri Endpoint, string? Bearer, ProcessUnderTest? Under, Func<CancellationToken, Task<long>>? Allocated);
