using System.Globalization;
using System.Runtime.InteropServices;
using Vetopoint.Bench.Mcp;
using Vetopoint.Bench.Results;

const double SecondsMax = 12;

if (args is [BareProxy.Verb, var port, var upstream])
    return await BareProxy.RunAsync(port, upstream);

if (args is not [var root, var name, ..] || name != "mcp")
{
    Console.Error.WriteLine("Run ./bench, which knows how: `./bench mcp [--json] [--seconds N]`.");
    return 2;
}

var json = args.Contains("--json");
var seconds = Array.IndexOf(args, "--seconds") is var at and > 0 ? double.Parse(args[at + 1], CultureInfo.InvariantCulture) : 8;

if (seconds is < 1 or > SecondsMax)
{
    Console.Error.WriteLine($"--seconds takes 1 to {SecondsMax}: a task ends after 100,000 attempts, and a longer run would make more.");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// What was started is ended on the way out.
void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

Figures figures;
try
{
    figures = await new McpBench(root, TimeSpan.FromSeconds(seconds), Console.Error).RunAsync(stop.Token);
}
catch (Exception fault) when (stop.IsCancellationRequested
    && (fault is OperationCanceledException or HttpRequestException or IOException or InvalidOperationException))
{
    await Console.Error.WriteLineAsync("Stopped; nothing was written.");
    return 130;
}

var table = figures.ToMarkdown(TimeProvider.System.GetUtcNow(), Machine.Describe());
await File.AppendAllTextAsync(Path.Combine(root, "benchmarks/RESULTS.md"), table, stop.Token);
Console.WriteLine(json ? figures.ToJson().ToJsonString() : table);
return 0;
