using System.Text.Json.Nodes;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>Lines in front of HTTP, where the SDK's transports keep the streams and our own bytes travel beneath them.</summary>
public sealed class LinesOverHttpTests : IAsyncLifetime
{
    private GateHost _host = null!;
    private HttpUpstreamServer _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GateHost.StartAsync(new McpGateOptions { ResultBytesMax = 100_000 });
        _upstream = await HttpUpstreamServer.StartAsync();
        _host.Govern("http", _upstream.Http);
        _host.Govern("sse", _upstream.Sse);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("http")]
    [InlineData("sse")]
    public async Task Keeps_every_byte_in_both_directions(string server)
    {
        await using var agent = await OpenAsync(server);
        const string Line = """{"jsonrpc":"2.0","id":"\u0061b","method":"tools/call","params":{"name":"read_note","arguments":{"n":1.0,"s":"\u00e9"}},"x-extra":[1.50]}""";

        await agent.SendAsync(Line);
        var answer = await agent.AnswerAsync("\"ab\"");

        Assert.Contains(Line, _upstream.Script.Received);
        Assert.EndsWith(""","x-extra":{"kept":1.50,"e":"\u00e9"}}}""", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("sse")]
    public async Task Drops_what_is_not_the_protocol_before_the_sdk_reads_it(string server)
    {
        await using var agent = await OpenAsync(server);

        Assert.Equal("good", VerdictTests.Text(await agent.CallAsync("read_garbage", "{}")));
        Assert.Equal("mine", VerdictTests.Text(await agent.CallAsync("read_stranger", "{}")));
        Assert.Empty(agent.Aside);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("sse")]
    public async Task Gives_progress_on_and_takes_questions_of_the_server_to_the_judge(string server)
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.Find(server)!);
        await agent.OpenAsync();

        await agent.RequestAsync("tools/call", """{"name":"read_progress","arguments":{},"_meta":{"progressToken":"t"}}""");
        Assert.Equal(3, agent.Aside.Count);
        await agent.SendAsync("""{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{"name":"read_sample","arguments":{}}}""");
        var asked = JsonNode.Parse((await agent.ReceiveAsync())!)!;
        await agent.SendAsync(
            """{"jsonrpc":"2.0","id":@,"result":{"role":"assistant","content":{"type":"text","text":"hi"},"model":"m"}}"""
                .Replace("@", asked["id"]!.ToJsonString(), StringComparison.Ordinal));

        Assert.Contains("client said", VerdictTests.Text(JsonNode.Parse(await agent.AnswerAsync("900"))!), StringComparison.Ordinal);
        Assert.Equal(
            ["to-client", "to-server"],
            _host.Recorded(task).OfType<Intent>().Where(static intent => intent.Method == "sampling/createMessage").Select(static intent => intent.Direction));
    }

    [Fact]
    public async Task Says_so_when_the_server_fails_and_records_that_the_outcome_is_unknown()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.Find("http")!);
        await agent.OpenAsync();
        _upstream.BrokenStatus = 500;

        var answer = await agent.CallAsync("read_note", "{}");

        Assert.Contains("VP5009", answer["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret page", answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("unknown", _host.Recorded(task).OfType<Outcome>().Last().Status);
    }

    [Fact]
    public async Task Withholds_a_result_over_the_limit_without_reading_it_to_its_end()
    {
        await using var agent = await OpenAsync("http");

        var answer = await agent.CallAsync("read_big", """{"bytes":3000000}""");

        Assert.Contains("VP5014", answer["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));
    }

    [Fact]
    public async Task Ends_when_the_server_cannot_be_reached()
    {
        var task = await _host.OpenAsync();
        var server = _host.Govern("gone", new Gates.Mcp.Upstreams.UpstreamAddress.Sse(new Uri("http://127.0.0.1:9/sse"), new Dictionary<string, string>()));

        var fault = await Assert.ThrowsAsync<Gates.Mcp.Upstreams.UpstreamException>(
            () => new LineConnection(_host, task, server).Served);

        Assert.Equal("VP5008", fault.Code);
    }

    private async Task<LineConnection> OpenAsync(string server)
    {
        var agent = new LineConnection(_host, await _host.OpenAsync(), _host.Find(server)!);
        await agent.OpenAsync();
        return agent;
    }
}
