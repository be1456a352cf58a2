using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Vetopoint.Bench.Cedar;

/// <summary>What one slice of the reference engine took, in microseconds.</summary>
internal sealed record WasmTime(double P50, double P99)
{
    public static async Task<WasmTime> MeasureAsync(string root, string file, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        // Node 20 can abort in its deoptimizer after some thousand calls that it inlined.
        foreach (var argument in (string[])["--no-turbo-inline-js-wasm-calls", Path.Combine(root, "tests/node/cedar-wasm.mjs"), "time", file, limit.TotalSeconds.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("`node` did not start.");
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"cedar-wasm.mjs failed: {await errors}");
            var times = JsonNode.Parse(text)!;
            return new WasmTime((double)times["p50"]!, (double)times["p99"]!);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
