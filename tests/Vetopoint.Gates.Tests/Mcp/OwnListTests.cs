using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>A client may call what it never listed: the gate then fetches the list itself, over every pair of transports.</summary>
public sealed class OwnListTests
{
    [Theory]
    [MemberData(nameof(VerdictTests.Pairs), MemberType = typeof(VerdictTests))]
    public async Task A_tool_that_was_never_listed_is_pinned_before_its_first_call_is_judged(string client, string server)
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        var governed = server switch
        {
            "process" => host.GovernProcess(),
            "http" => host.Govern("http", upstream.Http),
            _ => host.Govern("sse", upstream.Sse),
        };
        await using IAgent agent = client == "lines"
            ? new LineConnection(host, task, governed) { ListsTools = false }
            : new HttpAgent(host, governed.Name, client.EndsWith("2026-07-28", StringComparison.Ordinal)) { ListsTools = false };
        await agent.OpenAsync();

        var first = await agent.CallAsync("read_note", """{"id":1}""");
        var second = await agent.CallAsync("read_note", """{"id":2}""");
        var absent = await agent.CallAsync("read_absent", "{}");
        var absentAgain = await agent.CallAsync("read_absent", "{}");

        Assert.All([first, second, absent, absentAgain], answer => Assert.NotNull(answer["result"]));
        Assert.NotNull(host.Pins.Find(governed.Name, "read_note"));
        var recorded = host.Recorded(task);
        var intents = recorded.OfType<Intent>().Where(static intent => intent.Method is "tools/list" or "tools/call").ToList();

        // Once, as an attempt of its own, before the call; and the call is read with the pin.
        Assert.Equal(["tools/list", "tools/call", "tools/call", "tools/call", "tools/call"], intents.Select(static intent => intent.Method));
        Assert.All(intents[1..3], static intent => Assert.NotNull(intent.Tool));
        Assert.All(intents[3..], static intent => Assert.Null(intent.Tool));
        Assert.Equal("completed", Assert.Single(recorded.OfType<Outcome>(), outcome => outcome.Attempt == intents[0].Attempt).Status);
    }

    [Fact]
    public async Task Where_the_list_may_not_be_fetched_or_fails_the_call_is_judged_as_one_of_an_unknown_tool()
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new HttpAgent(host, host.Govern("http", upstream.Http).Name, isStateless: false) { ListsTools = false };
        await agent.OpenAsync();
        upstream.BrokenStatus = 503;

        await agent.CallAsync("read_note", """{"id":1}""");

        Assert.Null(host.Pins.Find("http", "read_note"));
        var intents = host.Recorded(task).OfType<Intent>().Where(static intent => intent.Method is "tools/list" or "tools/call").ToList();
        Assert.Equal(["tools/list", "tools/call"], intents.Select(static intent => intent.Method));
        Assert.Null(intents[1].Tool);
    }
}
