using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>What a server notifies of is judged, also while a call is under way.</summary>
public sealed class NoticeTests
{
    [Theory]
    [InlineData("lines", "process")]
    [InlineData("lines", "http")]
    [InlineData("http", "http")]
    public async Task Judges_what_a_server_notifies_of_within_a_call(string client, string server)
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        var governed = server == "process" ? host.GovernProcess() : host.Govern("http", upstream.Http);
        await using IAgent agent = client == "lines" ? new LineConnection(host, task, governed) : new HttpAgent(host, "http", isStateless: false);
        await agent.OpenAsync();

        Assert.Equal("noisy", VerdictTests.Text(await agent.CallAsync("read_noisy", "{}")));

        var aside = Aside(agent);
        Assert.DoesNotContain(aside, static line => line.Contains("evil", StringComparison.Ordinal));
        Assert.Equal(3, aside.Count(static line => line.Contains("said ", StringComparison.Ordinal)));
        Assert.Equal(3, aside.Count(static line => line.Contains("list_changed", StringComparison.Ordinal)));
        Assert.Single(aside, static line => line.Contains("elicitation/create", StringComparison.Ordinal));

        // Unknown: judged once and refused from then on. Logs: judged once and metered from then on. What asks: judged each time.
        var judged = host.Recorded(task).OfType<Intent>().Where(static intent => intent.Direction == "to-client").ToList();
        Assert.Equal("deny", Assert.Single(judged, static intent => intent.Method == "notifications/evil/execute").Verdict);
        Assert.Equal("allow", Assert.Single(judged, static intent => intent.Method == "notifications/message").Verdict);
        Assert.Equal("deny", Assert.Single(judged, static intent => intent.Method == "evil/ask").Verdict);
        Assert.Equal("allow", Assert.Single(judged, static intent => intent.Method == "elicitation/create").Verdict);
        Assert.Equal("allow", Assert.Single(judged, static intent => intent.Method == "notifications/tasks").Verdict);
        Assert.Contains(host.Recorded(task).OfType<Outcome>(), static outcome => outcome.Notes == "11 notifications");
    }

    private static List<string> Aside(IAgent agent) => agent switch
    {
        LineConnection lines => [.. lines.Aside],
        HttpAgent http => http.Aside,
        _ => throw new InvalidOperationException("another agent"),
    };
}
