using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Vetopoint.Bench.Cedar;
using Vetopoint.Bench.Ledger;
using Vetopoint.Bench.Mcp;
using Vetopoint.Bench.Results;
using Vetopoint.Bench.Tasks;

const double SecondsMax = 12;
string[] benches = ["mcp", "cedar", "ledger", "tasks"];

if (args is [BareProxy.Verb, var port, var upstream])
    return await BareProxy.RunAsync(port, upstream);

if (args is not [var root, var name, ..] || (name != "all" && !benches.Contains(name)))
{
    Console.Error.WriteLine("Run ./bench, which knows how: `./bench [mcp|cedar|ledger|tasks] [--json] [--seconds N]`.");
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

var all = new JsonObject();
var exceeded = new List<string>();
foreach (var bench in name == "all" ? benches : [name])
{
    IFigures figures;
    try
    {
        figures = bench == "mcp"
            ? await new McpBench(root, TimeSpan.FromSeconds(seconds), Console.Error).RunAsync(stop.Token)
            : bench == "tasks" ? await new TasksBench(root, Console.Error).RunAsync(stop.Token)
            : bench == "ledger" ? await new LedgerBench(TimeSpan.FromSeconds(seconds), Console.Error).RunAsync(stop.Token)
            : await new CedarBench(root, TimeSpan.FromSeconds(seconds), Console.Error).RunAsync(stop.Token);
    }
    catch (Exception fault) when (stop.IsCancellationRequested
        && (fault is OperationCanceledException or HttpRequestException or IOException or InvalidOperationException))
    {
        await Console.Error.WriteLineAsync("Stopped; nothing more was written.");
        return 130;
    }

    var table = figures.ToMarkdown(TimeProvider.System.GetUtcNow(), Machine.Describe());
    await File.AppendAllTextAsync(Path.Combine(root, "benchmarks/RESULTS.md"), table, stop.Token);
    exceeded.AddRange(Budgets.Exceeded(root, figures.ToJson()));
    foreach (var (key, value) in figures.ToJson())
        all[key] = value?.DeepClone();
    if (!json)
        Console.WriteLine(table);
}

if (json)
    Console.WriteLine(all.ToJsonString());
foreach (var sentence in exceeded)
    await Console.Error.WriteLineAsync(sentence);
return exceeded.Count == 0 ? 0 : 1;
