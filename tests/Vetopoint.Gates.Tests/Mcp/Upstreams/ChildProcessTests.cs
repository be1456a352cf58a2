using System.Text;
using Vetopoint.Gates.Mcp.Upstreams;

namespace Vetopoint.Gates.Tests.Mcp.Upstreams;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task Gets_the_environment_it_is_given_and_nothing_of_the_engines_own()
    {
        Environment.SetEnvironmentVariable("VETOPOINT_TEST_SECRET", "of the engine");
        await using var process = Start("/usr/bin/env", [], new() { ["GIVEN"] = "yes" });

        var text = await new StreamReader(process.Output).ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal("GIVEN=yes\n", text);
    }

    [Fact]
    public async Task Is_found_in_the_path_it_is_given_and_not_in_the_engines()
    {
        var fault = Assert.Throws<UpstreamException>(() => Start("env", [], new() { ["PATH"] = "/nowhere" }));
        Assert.Equal("VP5001", fault.Code);

        await using var process = Start("env", [], new() { ["PATH"] = "/nowhere:/usr/bin:/bin" });
        Assert.True(process.Id > 0);
    }

    [Fact]
    public void Says_why_it_cannot_start()
    {
        var fault = Assert.Throws<UpstreamException>(() => Start("/nowhere/server", [], []));

        Assert.Equal("VP5002", fault.Code);
        Assert.Contains("`/nowhere/server`", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_when_its_input_closes()
    {
        var process = Start("/bin/cat", [], []);
        var id = process.Id;

        await process.DisposeAsync();

        Assert.False(IsAlive(id));
    }

    [Fact]
    public async Task Is_killed_when_it_neither_minds_its_input_nor_a_signal()
    {
        var process = Start("/bin/sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], new() { ["PATH"] = "/usr/bin:/bin" });
        var ready = new byte[6];
        await process.Output.ReadExactlyAsync(ready, TestContext.Current.CancellationToken);
        var id = process.Id;

        await process.DisposeAsync();

        Assert.False(IsAlive(id));
    }

    [Fact]
    public async Task Keeps_the_end_of_standard_error_within_a_bound()
    {
        var process = Start("/bin/sh", ["-c", "head -c 300000 /dev/zero | tr '\\0' x >&2; printf END >&2; echo done"], new() { ["PATH"] = "/usr/bin:/bin" });
        await new StreamReader(process.Output).ReadToEndAsync(TestContext.Current.CancellationToken);
        var kept = Encoding.ASCII.GetString(process.StandardError);
        await process.DisposeAsync();

        Assert.InRange(kept.Length, 1, Gates.Mcp.McpGateLimits.StandardErrorBytesMax);
    }

    private static ChildProcess Start(string command, string[] arguments, Dictionary<string, string> environment) =>
        ChildProcess.Start(new UpstreamAddress.Stdio(command, arguments, environment, "/"), null, TimeProvider.System);

    private static bool IsAlive(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
