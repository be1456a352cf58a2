using System.Diagnostics;
using System.Text;
using Vetopoint.Api.Homes;

namespace Vetopoint.Bench.Mcp;

/// <summary>
/// What <c>wrap</c> adds, with a running engine, to a server's own start until its first <c>tools/list</c> is answered: the sample operations
/// server started with and without it in turn.
/// </summary>
internal static class WrapCost
{
    private const int Starts = 15;
    private const string Initialize = """
        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}
        """;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>The difference of the medians.</summary>
    public static async Task<double> AddedMillisecondsAsync(string root, HomeDirectory home, string folder, CancellationToken cancellationToken)
    {
        var server = Path.Combine(root, "artifacts/bin/Vetopoint.Samples.Operations/release/operations-server");
        var shim = Path.Combine(root, "artifacts/vetopoint/vetopoint-shim");
        string[] own = ["--data", Path.Combine(folder, "operations")];
        string[] wrapped = ["wrap", "--home", home.Root, "--name", "wrapped", "--", server, .. own];

        // The first start fills the data folder and pins the tools; neither is what is measured.
        await StartAsync(shim, wrapped, cancellationToken);
        var (alone, governed) = (new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            alone.Add(await StartAsync(server, own, cancellationToken));
            governed.Add(await StartAsync(shim, wrapped, cancellationToken));
        }

        return Median(governed) - Median(alone);
    }

    /// <summary>From starting a process to the answer to its first <c>tools/list</c>.</summary>
    private static async Task<double> StartAsync(string file, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false) };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"`{file}` did not start");
        try
        {
            await AskAsync(process, Initialize.Trim(), limit.Token);
            await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""".AsMemory(), limit.Token);
            await AskAsync(process, """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""", limit.Token);
            return watch.Elapsed.TotalMilliseconds;
        }
        finally
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
    }

    private static async Task AskAsync(Process process, string line, CancellationToken cancellationToken)
    {
        await process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } answer)
        {
            if (answer.Contains("\"result\"", StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException("the server ended before it answered");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
