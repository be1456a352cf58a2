using System.Text.Json.Nodes;
using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp.Http;

/// <summary>HTTP in front of a process.</summary>
public sealed class HttpSessionTests : IAsyncLifetime
{
    private GateHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GateHost.StartAsync();
        _host.GovernProcess();
        await _host.OpenAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Keeps_clients_apart_that_share_a_process_and_choose_the_same_ids_and_tokens()
    {
        await using var first = new HttpAgent(_host, "process", isStateless: true);
        await using var second = new HttpAgent(_host, "process", isStateless: true);
        await first.OpenAsync();
        var headers = first.Headers("tools/call", "read_progress");
        var body = first.Body("1", "tools/call", """{"name":"read_progress","arguments":{},"_meta":{"progressToken":"same"}}""");

        var both = await Task.WhenAll(first.SendAsync(body, headers), second.SendAsync(body, headers));
        var answers = new[] { await first.AnswerAsync(both[0]), await second.AnswerAsync(both[1]) };

        Assert.All(answers, static answer => Assert.Equal("1", JsonNode.Parse(answer)!["id"]!.ToJsonString()));
        Assert.Equal(3, first.Aside.Count);
        Assert.Equal(3, second.Aside.Count);
        Assert.All(first.Aside, static line => Assert.Equal("same", JsonNode.Parse(line)!["params"]!["progressToken"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Gives_an_answer_exactly_as_the_process_gave_it()
    {
        await using var agent = new HttpAgent(_host, "process", isStateless: false);
        await agent.OpenAsync();

        using var response = await agent.SendAsync("{\n\"jsonrpc\":\"2.0\",\n\"id\":\"x\",\"method\":\"tools/call\",\"params\":{\"name\":\"read_note\",\"arguments\":{\"n\":1.0}}}");

        Assert.Equal(
            """{"jsonrpc":"2.0","id":"x","result":{"content":[{"type":"text","text":"read_note ran"}],"structuredContent":{"arguments":{"n":1.0}},"x-extra":{"kept":1.50,"e":"\u00e9"}}}""",
            await agent.AnswerAsync(response));
    }

    [Fact]
    public async Task Ends_the_process_with_the_session()
    {
        await using var agent = new HttpAgent(_host, "process", isStateless: false);
        await agent.OpenAsync();
        using var delete = new HttpRequestMessage(HttpMethod.Delete, agent.Endpoint);
        using var deleted = await agent.SendAsync(delete, null, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)deleted.StatusCode);

        using var after = await agent.SendAsync(agent.Body("9", "tools/list", "{}"));

        Assert.Equal(404, (int)after.StatusCode);
    }

    [Fact]
    public async Task Answers_when_the_process_dies_and_starts_another_for_the_next_client()
    {
        await using var agent = new HttpAgent(_host, "process", isStateless: true);
        await agent.OpenAsync();

        var dead = await agent.CallAsync("read_death", "{}");
        var alive = await agent.CallAsync("read_note", "{}");

        Assert.Contains("VP5004", dead["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("read_note ran", VerdictTests.Text(alive));
    }

    [Fact]
    public async Task Carries_what_the_server_asks_on_the_response_of_the_call()
    {
        var task = await _host.OpenAsync();
        await using var agent = new HttpAgent(_host, "process", isStateless: false);
        await agent.OpenAsync();

        using var response = await agent.SendAsync(agent.Body("3", "tools/call", """{"name":"read_sample","arguments":{}}"""));
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        string? answer = null;
        await foreach (var item in System.Net.ServerSentEvents.SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken))
        {
            var message = JsonNode.Parse(item.Data)!;
            if (message["method"] is null)
            {
                answer = item.Data;
                continue;
            }

            using var accepted = await agent.SendAsync(
                $$$$"""{"jsonrpc":"2.0","id":{{{{message["id"]!.ToJsonString()}}}},"result":{"role":"assistant","content":{"type":"text","text":"hi"},"model":"m"}}""");
            Assert.Equal(202, (int)accepted.StatusCode);
        }

        Assert.Contains("client said", answer, StringComparison.Ordinal);
        Assert.Equal(2, _host.Recorded(task).OfType<Intent>().Count(static intent => intent.Method == "sampling/createMessage"));
    }
}
