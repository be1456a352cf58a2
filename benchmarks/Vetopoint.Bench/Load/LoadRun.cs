using System.Diagnostics;

namespace Vetopoint.Bench.Load;

/// <summary>Drives one tool at one concurrency for a while: a warm-up that is not counted, then the counted part.</summary>
internal static class LoadRun
{
    /// <summary>One path to the tool.</summary>
    /// <param name="Under">The process that stands between, or null for the direct path.</param>
    /// <param name="Allocated">Asks that process for the bytes it has allocated so far.</param>
    internal sealed record Path(
        string Name, Uri Endpoint, string? Bearer, ProcessUnderTest? Under, Func<CancellationToken, Task<long>>? Allocated);

    public static async Task<LoadResult> RunAsync(
        Path path, string tool, string arguments, int concurrency, TimeSpan warmUp, TimeSpan counted, CancellationToken cancellationToken)
    {
        var callers = new List<McpCaller>();
        try
        {
            for (var i = 0; i < concurrency; i++)
            {
                var caller = new McpCaller(NewHttp(), path.Endpoint, path.Bearer);
                callers.Add(caller);
                await caller.OpenAsync(cancellationToken);
            }

            await DriveAsync(callers, tool, arguments, warmUp, cancellationToken);

            var cpuBefore = path.Under?.CpuMilliseconds;
            var allocatedBefore = path.Allocated is null ? (long?)null : await path.Allocated(cancellationToken);
            var watch = Stopwatch.StartNew();
            var latencies = await DriveAsync(callers, tool, arguments, counted, cancellationToken);
            watch.Stop();
            var cpu = path.Under?.CpuMilliseconds - cpuBefore;
            var allocated = path.Allocated is null ? null : await path.Allocated(cancellationToken) - allocatedBefore;

            Array.Sort(latencies);
            return new LoadResult(concurrency, latencies.Length, watch.Elapsed, latencies, cpu, allocated);
        }
        finally
        {
            foreach (var caller in callers)
                caller.Dispose();
        }
    }

    private static async Task<double[]> DriveAsync(
        IReadOnlyList<McpCaller> callers, string tool, string arguments, TimeSpan duration, CancellationToken cancellationToken)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var runs = callers.Select(caller => OneAsync(caller, tool, arguments, end, cancellationToken)).ToArray();
        return (await Task.WhenAll(runs)).SelectMany(latencies => latencies).ToArray();
    }

    private static async Task<List<double>> OneAsync(
        McpCaller caller, string tool, string arguments, long end, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        do
        {
            var start = Stopwatch.GetTimestamp();
            await caller.CallAsync(tool, arguments, cancellationToken);
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
