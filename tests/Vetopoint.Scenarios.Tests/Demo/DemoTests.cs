using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Demo;

/// <summary>The demo is the first thing a newcomer runs, so it is a test.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Every_call_of_the_recorded_session_gets_its_verdict_and_nothing_is_lost()
    {
        using var folder = new TemporaryFolder();

        var played = await ChildProcess.RunAsync(
            Repository.Built("Vetopoint.Samples.Session", "agent-session"),
            [
                "--session", Repository.PathOf("samples", "Vetopoint.Samples.Session", "Recording", "cleanup.session.json"),
                "--site", Repository.PathOf("samples", "Vetopoint.Samples.Session", "Site"),
                "--server", Repository.OperationsServer, "--vetopoint", Installation.Vetopoint, "--folder", folder.Path,
            ]);

        Assert.True(played.ExitCode == 0, played.Output);
        Assert.Contains("production customers deleted", played.Output, StringComparison.Ordinal);
        Assert.Contains("1,204", played.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', played.Output);
        Assert.All(played.Output.Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 0, 200));
    }
}
