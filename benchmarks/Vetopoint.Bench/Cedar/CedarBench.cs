using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Testing.Cedar.Cases;
using Vetopoint.Testing.Cedar.Interpretation;
using Vetopoint.Testing.Cedar.Workloads;

namespace Vetopoint.Bench.Cedar;

/// <summary>
/// The same requests to this engine, to a plain walk over the syntax trees, and to <c>@cedar-policy/cedar-wasm</c> with its
/// policies parsed beforehand, in slices that alternate. Every answer of the first two is compared before anything is timed.
/// </summary>
internal sealed class CedarBench(string root, TimeSpan counted, TextWriter progress)
{
    private const int Rounds = 4;
    private const int ParseRounds = 5;
    private const int LargestPack = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public async Task<CedarFigures> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("vpb").FullName;
        try
        {
            var rows = new List<CedarRow>();
            foreach (var test in Cases())
                rows.Add(await MeasureAsync(test, folder, cancellationToken));
            var (parse, compile) = Preparation();
            return new CedarFigures(rows, parse, compile);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<CedarCase> Cases()
    {
        foreach (var policies in (int[])[10, 100, 1_000, LargestPack])
            yield return AgentPack.Make(policies);
        foreach (var n in (int[])[5, 10, 20, 50])
            yield return PaperWorkloads.GDrive(n);
        foreach (var n in (int[])[5, 50])
            yield return PaperWorkloads.GitHub(n);
        foreach (var n in (int[])[5, 50])
            yield return PaperWorkloads.TinyTodo(n);
    }

    private async Task<CedarRow> MeasureAsync(CedarCase test, string folder, CancellationToken cancellationToken)
    {
        await progress.WriteLineAsync($"{test.Name}: {test.Policies.Length} policies, {test.Requests.Length} requests");
        var policies = test.ReadPolicies();
        var schema = test.ReadSchema();
        var entities = test.ReadEntities();
        var requests = test.ReadRequests();
        var compiled = CompiledPolicySet.Compile(policies, schema);
        var plain = new Interpreter(policies, schema);
        var file = Path.Combine(folder, test.Name + ".json");
        await File.WriteAllTextAsync(file, test.ToJson().ToJsonString(), cancellationToken);

        var allowed = Compare(test.Name, compiled, plain, requests, entities);
        var engine = new Samples();
        var tree = new Samples();
        var wasm = new List<WasmTime>();
        for (var round = 0; round <= Rounds; round++)
        {
            var isWarmUp = round == 0;
            var slice = isWarmUp ? WarmUp : counted / Rounds;
            engine.Run(requests, request => Authorizer.Decide(compiled, request, entities).IsAllowed, slice, keep: !isWarmUp, cancellationToken);
            tree.Run(requests, request => plain.Decide(request, entities).IsAllowed, slice / 2, keep: !isWarmUp, cancellationToken);
            if (!isWarmUp)
                wasm.Add(await WasmTime.MeasureAsync(root, file, slice, cancellationToken));
        }

        return new CedarRow(
            test.Name, engine.At(0.5), engine.At(0.99), BytesPer(compiled, requests, entities), BytesPer(compiled, allowed, entities),
            tree.At(0.5), Median(wasm.Select(time => time.P50)), Median(wasm.Select(time => time.P99)), (double)allowed.Length / requests.Length);
    }

    /// <summary>Refuses to time engines that do not answer alike. Gives the requests that are allowed.</summary>
    private static ImmutableArray<CedarRequest> Compare(
        string name, CompiledPolicySet compiled, Interpreter plain, ImmutableArray<CedarRequest> requests, EntityStore entities)
    {
        foreach (var request in requests)
        {
            var mine = Authorizer.Decide(compiled, request, entities, ErrorMode.Skip);
            var other = plain.Decide(request, entities);
            if (mine.IsAllowed != other.IsAllowed || !mine.Determining.SequenceEqual(other.Determining) || !mine.Errors.IsEmpty)
                throw new InvalidOperationException($"{name}: the engines answer differently, or with an error, for `{request}`.");
        }

        return [.. requests.Where(request => Authorizer.Decide(compiled, request, entities).IsAllowed)];
    }

    private static double BytesPer(CompiledPolicySet compiled, ImmutableArray<CedarRequest> requests, EntityStore entities)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests)
            Authorizer.Decide(compiled, request, entities);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / requests.Length;
    }

    /// <summary>How fast policy text is read, in MB/s, and how long 10,000 policies take to compile, in seconds; the best of a few.</summary>
    private (double Parse, double Compile) Preparation()
    {
        progress.WriteLine("parse and compile");
        var text = string.Join('\n', AgentPack.Make(LargestPack).Policies);
        var schema = AgentPack.Make(LargestPack).ReadSchema();
        var megabytes = Encoding.UTF8.GetByteCount(text) / 1e6;
        var parse = double.MaxValue;
        var compile = double.MaxValue;
        for (var round = 0; round < ParseRounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var policies = PolicySet.Parse(new CedarSource("pack", text)).Policies!;
            parse = Math.Min(parse, Stopwatch.GetElapsedTime(start).TotalSeconds);
            start = Stopwatch.GetTimestamp();
            CompiledPolicySet.Compile(policies, schema);
            compile = Math.Min(compile, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return (megabytes / parse, compile);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
