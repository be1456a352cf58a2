using System.Globalization;
using Vetopoint.Bench.Mcp;
using Vetopoint.Bench.Results;

if (args is [BareProxy.Verb, var port, var upstream])
    return await BareProxy.RunAsync(port, upstream);

if (args is not [var root, var name, ..] || name != "mcp")
{
    Console.Error.WriteLine("Run ./bench, which knows how: `./bench mcp [--json] [--seconds N]`.");
    return 2;
}

var json = args.Contains("--json");
var seconds = Array.IndexOf(args, "--seconds") is var at and > 0 ? double.Parse(args[at + 1], CultureInfo.InvariantCulture) : 8;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    stop.Cancel();
};

var figures = await new McpBench(root, TimeSpan.FromSeconds(seconds), Console.Error).RunAsync(stop.Token);
var table = figures.ToMarkdown(TimeProvider.System.GetUtcNow(), Machine.Describe());
await File.AppendAllTextAsync(Path.Combine(root, "benchmarks/RESULTS.md"), table, stop.Token);
Console.WriteLine(json ? figures.ToJson().ToJsonString() : table);
return 0;
