using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vetopoint.Bench.Load;
using Vetopoint.Bench.Results;

namespace Vetopoint.Bench.Mcp;

/// <summary>
/// <c>tools/call</c> on the public <c>server-everything</c>: directly, through a bare YARP pass-through, and through Vetopoint with the
/// default pack and the durable ledger, side by side in one run.
/// </summary>
internal sealed class McpBench(string root, TimeSpan counted, TextWriter progress)
{
    private static readonly int[] Concurrencies = [1, 16, 64];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(4);
    private const int SettleConcurrency = 16;
    private const int Rounds = 10;
    private static readonly TimeSpan UpstreamLimit = TimeSpan.FromSeconds(20);

    private const string ReadTool = "echo";
    private const string ReadArguments = """{"message":"hello"}""";
    private const string EffectTool = "get-sum";
    private const string EffectArguments = """{"a":2,"b":3}""";

    public async Task<Figures> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("vpb").FullName;
        try
        {
            return await RunAsync(folder, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<Figures> RunAsync(string folder, CancellationToken cancellationToken)
    {
        var upstreamPort = FreePort();
        var upstream = new Uri($"http://127.0.0.1:{upstreamPort}");
        await using var everything = ProcessUnderTest.Start(
            "node", [Path.Combine(root, "tests/node/node_modules/@modelcontextprotocol/server-everything/dist/index.js"), "streamableHttp"],
            environment: new Dictionary<string, string> { ["PORT"] = upstreamPort.ToString(CultureInfo.InvariantCulture) });
        await ListensAsync(upstreamPort, cancellationToken);

        var proxyPort = FreePort();
        await using var proxy = ProcessUnderTest.Start(Environment.ProcessPath!, [BareProxy.Verb, proxyPort.ToString(CultureInfo.InvariantCulture), upstream.ToString()]);
        await ListensAsync(proxyPort, cancellationToken);

        await progress.WriteLineAsync("engine: starting");
        await using var engine = await GovernedEngine.StartAsync(
            Path.Combine(root, "artifacts/vetopoint"), Path.Combine(root, "policies"), Path.Combine(folder, "home"),
            new Uri(upstream, "/mcp"), cancellationToken);
        var idleMegabytes = engine.Process.ResidentMegabytes;

        await progress.WriteLineAsync("ledger: one durable entry at a time");
        var commit = await CommitCost.MedianMillisecondsAsync(Path.Combine(folder, "commit"));

        await progress.WriteLineAsync("wrap: starting the sample server with and without it");
        var wrapAdded = await WrapCost.AddedMillisecondsAsync(root, engine.Home, folder, cancellationToken);

        using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var direct = new TargetPath(new Uri(upstream, "/mcp"), null, null, null);
        var yarp = new TargetPath(new Uri($"http://127.0.0.1:{proxyPort}/mcp"), null, proxy, token => BareAllocatedAsync(http, proxyPort, token));
        var governed = new TargetPath(engine.Endpoint, engine.Bearer, engine.Process, engine.AllocatedBytesAsync);
        List<Lane> lanes =
        [
            new(Figures.Direct, direct, ReadTool, ReadArguments),
            new(Figures.Bare, yarp, ReadTool, ReadArguments),
            new(Figures.Read, governed, ReadTool, ReadArguments),
            new(Figures.Effect, governed, EffectTool, EffectArguments),
        ];

        // Every process compiles its hot paths first; what is charted is how they run after that.
        foreach (var lane in lanes)
        {
            await progress.WriteLineAsync($"{lane.Name}: settling");
            using var run = await LoadRun.OpenAsync(lane.Path, lane.Tool, lane.Arguments, SettleConcurrency, cancellationToken);
            await run.WarmUpAsync(Settle, cancellationToken);
        }

        var rows = new List<Row>();
        foreach (var concurrency in Concurrencies)
            rows.AddRange(await MeasureAsync(lanes, concurrency, cancellationToken));
        return new Figures(rows, commit, engine.StartMilliseconds, wrapAdded, idleMegabytes, engine.Process.ResidentMegabytes);
    }

    /// <summary>Slices of all lanes in turn, so that a disturbance of the machine meets all of them alike.</summary>
    private async Task<IReadOnlyList<Row>> MeasureAsync(List<Lane> lanes, int concurrency, CancellationToken cancellationToken)
    {
        var runs = new List<LoadRun>();
        try
        {
            foreach (var lane in lanes)
            {
                var run = await LoadRun.OpenAsync(lane.Path, lane.Tool, lane.Arguments, concurrency, cancellationToken);
                runs.Add(run);
                await run.WarmUpAsync(WarmUp, cancellationToken);
            }

            for (var round = 1; round <= Rounds; round++)
            {
                await progress.WriteLineAsync($"{concurrency} at once: round {round} of {Rounds}");
                foreach (var run in runs)
                    await run.MeasureAsync(counted / Rounds, cancellationToken);
            }

            return [.. runs.Zip(lanes, (run, lane) => new Row(lane.Name, run.Result()))];
        }
        finally
        {
            foreach (var run in runs)
                run.Dispose();
        }
    }

    private static async Task<long> BareAllocatedAsync(HttpMessageInvoker http, int port, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/bench/allocated");
        using var response = await http.SendAsync(request, cancellationToken);
        return long.Parse(await response.Content.ReadAsStringAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    private static async Task ListensAsync(int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(UpstreamLimit);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (await tick.WaitForNextTickAsync(limit.Token))
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                // Not listening yet.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>What is measured side by side.</summary>
    private sealed record Lane(string Name, TargetPath Path, string Tool, string Arguments);
}
