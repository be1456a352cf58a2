using System.Text.Json.Nodes;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>What was approved is what runs: once, and nothing else.</summary>
public sealed class ApprovalTests
{
    public static TheoryData<string> Clients() => ["lines", "http 2025-11-25", "http 2026-07-28"];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Lets_exactly_the_approved_call_through_and_only_once(string client)
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        var server = host.Govern("http", upstream.Http);
        await using IAgent agent = client == "lines"
            ? new LineConnection(host, task, server)
            : new HttpAgent(host, "http", client.EndsWith("2026-07-28", StringComparison.Ordinal));
        await agent.OpenAsync();

        Assert.Equal("hold", Verdict(await agent.CallAsync("delete_note", """{"id":7}""")));
        await host.ApproveAsync(host.Holds.List().Single().Attempt);

        // One byte more is another call.
        Assert.Equal("hold", Verdict(await agent.CallAsync("delete_note", """{"id":77}""")));
        Assert.Equal("delete_note ran", VerdictTests.Text(await agent.CallAsync("delete_note", """{"id":7}""")));
        Assert.Equal("hold", Verdict(await agent.CallAsync("delete_note", """{"id":7}""")));

        Assert.Equal(["delete_note"], upstream.Script.Called);
    }

    [Theory]
    // The same bytes, with the arguments hidden in `_meta` while a person looked.
    [InlineData(
        """ "params":{"name":"delete_note","_meta":{"arguments":{"id":"*"}}} """,
        """ "params":{"name":"delete_note","_meta":{},"arguments":{"id":"*"}} """)]
    [InlineData(
        """ "params":{"name":"delete_note","arguments":{"id":7},"_meta":{"task":{"ttl":1}}} """,
        """ "params":{"name":"delete_note","arguments":{"id":7},"_meta":{},"task":{"ttl":1}} """)]
    // Members beside `params`.
    [InlineData(
        """ "params":{"name":"delete_note","arguments":{"id":7}} """,
        """ "params":{"name":"delete_note","arguments":{"id":7}},"extra":{"arguments":{"id":"*"}},"arguments":{"id":"*"} """)]
    [InlineData(
        """ "params":{"name":"delete_note","arguments":{"id":7}},"extra":1 """,
        """ "params":{"name":"delete_note","arguments":{"id":7}},"extra":2 """)]
    // Values that are not what their name promises.
    [InlineData(
        """ "params":{"name":"delete_note","arguments":{"id":7},"_meta":{"tracestate":"a=1"}} """,
        """ "params":{"name":"delete_note","arguments":{"id":7},"_meta":{"tracestate":{"a":"*"}}} """)]
    [InlineData(
        """ "params":{"name":"delete_note","arguments":{"id":7},"_meta":{"baggage":"user=1"}} """,
        """ "params":{"name":"delete_note","arguments":{"id":7},"_meta":{"baggage":"user=2"}} """)]
    public async Task Holds_what_differs_from_the_approved_call_anywhere(string approved, string sent)
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        Assert.Equal("hold", Verdict(await CallAsync("100", approved)));
        await host.ApproveAsync(host.Holds.List().Single().Attempt);

        Assert.Equal("hold", Verdict(await CallAsync("101", sent)));
        Assert.Empty(upstream.Script.Called);
        Assert.Equal("delete_note ran", VerdictTests.Text(await CallAsync("102", approved)));
        Assert.Equal(["delete_note"], upstream.Script.Called);

        async Task<JsonNode> CallAsync(string id, string members)
        {
            await agent.SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/call",{{members}}}""");
            return JsonNode.Parse(await agent.AnswerAsync(id))!;
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task Runs_a_waiting_call_as_soon_as_it_is_approved(string client)
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync(new McpGateOptions { HoldWait = TimeSpan.FromMinutes(5) });
        var task = await host.OpenAsync();
        var server = host.Govern("http", upstream.Http);
        await using IAgent agent = client == "lines"
            ? new LineConnection(host, task, server)
            : new HttpAgent(host, "http", client.EndsWith("2026-07-28", StringComparison.Ordinal));
        await agent.OpenAsync();

        var calling = agent.CallAsync("delete_note", """{"id":7}""");
        await GateHost.EventuallyAsync(() => host.Holds.List().Count == 1);
        Assert.Empty(upstream.Script.Called);
        await host.ApproveAsync(host.Holds.List().Single().Attempt);

        Assert.Equal("delete_note ran", VerdictTests.Text(await calling));
        Assert.Equal("completed", host.Recorded(task).OfType<Outcome>().Last().Status);
    }

    [Fact]
    public async Task Lets_an_approved_call_through_on_the_retry_that_answers_the_link()
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync(new McpGateOptions { ApprovalUrl = new Uri("https://console.example/holds") });
        await host.OpenAsync();
        host.Govern("http", upstream.Http);
        await using var agent = new HttpAgent(host, "http", isStateless: true);
        const string Capable = """{"io.modelcontextprotocol/clientCapabilities":{"elicitation":{"url":{}}}}""";

        var asked = await agent.CallAsync("delete_note", """{"id":3}""", Capable);
        await host.ApproveAsync(host.Holds.List().Single().Attempt);
        var again = new JsonObject
        {
            ["name"] = "delete_note",
            ["arguments"] = new JsonObject { ["id"] = 3 },
            ["inputResponses"] = new JsonObject { ["vetopoint"] = new JsonObject { ["action"] = "accept" } },
            ["requestState"] = asked["result"]!["requestState"]!.DeepClone(),
            ["_meta"] = JsonNode.Parse(Capable),
        };
        var ran = await agent.RequestAsync("tools/call", again.ToJsonString(), "delete_note");

        Assert.Equal("delete_note ran", VerdictTests.Text(ran));
        var sent = upstream.Script.Received.Last();
        Assert.DoesNotContain("requestState", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("inputResponses", sent, StringComparison.Ordinal);
    }

    private static string Verdict(JsonNode answer) =>
        answer["result"]!["structuredContent"]!["vetopoint"]!["verdict"]!.GetValue<string>();
}
