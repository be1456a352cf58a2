using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Observing;

/// <summary>Observe mode shows verdicts on live agents before they are enforced; turning it on needs proof.</summary>
public sealed class ObserveTests
{
    private const string Backup = "backups/prod-2026-11-20.db";

    private static readonly object Delete = new { path = Backup };

    [Fact]
    public async Task Judges_and_records_without_enforcing_and_says_what_would_have_been_stopped()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero);
        await using var agent = await scenario.ConnectAsync();
        await agent.ListToolsAsync();

        var without = await scenario.Installation.RunAsync("observe", "on", Scenario.ServerName);
        var stillEnforced = Facts.Required(await agent.CallAsync("delete_file", Delete));
        var with = await scenario.Installation.ProveAsync("observe", "on", Scenario.ServerName);
        var observed = await agent.CallAsync("delete_file", Delete);
        var status = await scenario.Installation.StatusAsync();
        var report = await scenario.Installation.RunAsync("observe", "report");
        var off = await scenario.Installation.ProveAsync("observe", "off", Scenario.ServerName);
        var enforced = Facts.Required(await agent.CallAsync("restart_service", new { environment = "prod", name = "billing" }));

        Assert.NotEqual(0, without.ExitCode);
        Assert.Equal("hold", stillEnforced.Verdict);
        Assert.True(with.ExitCode == 0, with.Output);
        Assert.NotEqual(true, observed.IsError);
        Assert.False(scenario.Server.HasFile(Backup));
        Assert.Contains(status.Warnings, warning => warning.Contains("observe", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("delete_file", report.Output, StringComparison.Ordinal);
        Assert.True(off.ExitCode == 0, off.Output);
        Assert.Equal("hold", enforced.Verdict);
        await scenario.VerifyAsync();
    }
}
