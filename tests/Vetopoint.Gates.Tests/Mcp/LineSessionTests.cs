using System.Text.Json.Nodes;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>Lines in front of a process: faithful when it is allowed, and unharmed by what either side does wrong.</summary>
public sealed class LineSessionTests : IAsyncLifetime
{
    private GateHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GateHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Keeps_every_byte_of_an_allowed_answer()
    {
        await using var agent = await OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":"\u0061b","method":"tools/call","params":{"name":"read_note","arguments":{"n":1.0,"s":"\u00e9"}}}""");

        Assert.Equal(
            """{"jsonrpc":"2.0","id":"ab","result":{"content":[{"type":"text","text":"read_note ran"}],"structuredContent":{"arguments":{"n":1.0,"s":"\u00E9"}},"x-extra":{"kept":1.50,"e":"\u00e9"}}}""",
            await agent.AnswerAsync("\"ab\""));
    }

    [Fact]
    public async Task Keeps_unknown_members_of_a_servers_error()
    {
        await using var agent = await OpenAsync();

        var answer = await agent.CallAsync("read_failing", "{}");

        Assert.Equal("""{"code":-32050,"message":"no","data":{"kept":[1,2.50]}}""", answer["error"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"read_note","name":"grant_role"}}""", "VP3009")]
    [InlineData("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"read_note","Name":"grant_role"}}""", "VP3010")]
    [InlineData("""[{"jsonrpc":"2.0","id":9,"method":"ping"}]""", "VP3005")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", "VP3013")]
    [InlineData("not json", "VP3007")]
    public async Task Refuses_what_is_not_one_clear_message_and_goes_on(string line, string code)
    {
        await using var agent = await OpenAsync();

        await agent.SendAsync(line);
        var refused = JsonNode.Parse((await agent.ReceiveAsync())!)!;

        Assert.Contains(code, refused["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));
    }

    [Theory]
    [InlineData("tools/call", "name", 400_000)]
    [InlineData("tools/call", "name", 2048)]
    [InlineData("prompts/get", "name", 400_000)]
    [InlineData("resources/read", "uri", 3_500_000)]
    [InlineData("made/up", "uri", 8192)]
    public async Task Refuses_a_name_that_is_too_long_for_the_record(string method, string member, int length)
    {
        await using var agent = await OpenAsync();

        var answer = await agent.RequestAsync(method, $$"""{"{{member}}":"{{new string('x', length)}}"}""");

        Assert.Equal(-32602, answer["error"]!["code"]!.GetValue<int>());
        Assert.StartsWith("VP3020", answer["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));
    }

    [Fact]
    public async Task Refuses_a_message_over_the_limit_and_goes_on()
    {
        await using var host = await GateHost.StartAsync(new McpGateOptions { RequestBytesMax = 2000 });
        await using var agent = await OpenAsync(host);

        await agent.SendAsync($$$$"""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"read_note","arguments":{"a":"{{{{new string('x', 3000)}}}}"}}}""");

        Assert.Contains("VP3001", (await agent.ReceiveAsync())!, StringComparison.Ordinal);
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));
    }

    [Fact]
    public async Task Refuses_an_unknown_revision_and_names_the_known_ones()
    {
        await using var agent = await OpenAsync();

        var answer = await agent.RequestAsync("tools/list", """{"_meta":{"io.modelcontextprotocol/protocolVersion":"2031-01-01"}}""");

        Assert.Equal(-32022, answer["error"]!["code"]!.GetValue<int>());
        Assert.Contains("2026-07-28", answer["error"]!["data"]!["supported"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_progress_on_at_once_and_in_order()
    {
        await using var agent = await OpenAsync();

        var answer = await agent.RequestAsync("tools/call", """{"name":"read_progress","arguments":{},"_meta":{"progressToken":"t-1"}}""");

        Assert.Equal("done", VerdictTests.Text(answer));
        Assert.Equal(
            ["1", "2", "3"],
            agent.Aside.Select(static line => JsonNode.Parse(line)!).Where(static m => m["params"]?["progressToken"]?.GetValue<string>() == "t-1")
                .Select(static m => m["params"]!["progress"]!.ToJsonString()));
        Assert.All(agent.Aside, static line => Assert.Contains("\"x-extra\":true", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Drops_what_is_not_the_protocol_and_second_answers_and_answers_to_nobody()
    {
        await using var agent = await OpenAsync();

        Assert.Equal("good", VerdictTests.Text(await agent.CallAsync("read_garbage", "{}")));
        Assert.Equal("first", VerdictTests.Text(await agent.CallAsync("read_twice", "{}")));
        Assert.Equal("mine", VerdictTests.Text(await agent.CallAsync("read_stranger", "{}")));
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));

        Assert.Empty(agent.Aside);
    }

    [Fact]
    public async Task Takes_a_flood_of_notifications_without_losing_the_answer()
    {
        await using var agent = await OpenAsync();

        var answer = await agent.CallAsync("read_flood", """{"count":5000}""");

        Assert.Equal("flooded", VerdictTests.Text(answer));
        Assert.Equal(5000, agent.Aside.Count);
        Assert.Contains(_host.Ledger.Entries, static entry => entry.Body is Outcome { Notes: "5000 notifications" });
    }

    [Fact]
    public async Task Withholds_a_result_over_the_limit_and_records_that_it_was_cut()
    {
        await using var host = await GateHost.StartAsync(new McpGateOptions { ResultBytesMax = 100_000 });
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        var answer = await agent.CallAsync("read_big", """{"bytes":200000}""");

        Assert.Contains("VP5014", answer["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("unknown", Outcomes(host.Recorded(task)).Last().Status);
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));
    }

    [Fact]
    public async Task Withholds_a_result_that_the_budget_has_no_room_for()
    {
        await using var host = await GateHost.StartAsync(null, taskBytes: 50_000);
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        var answer = await agent.CallAsync("read_big", """{"bytes":60000}""");

        Assert.Contains("VP5011", VerdictTests.Text(answer), StringComparison.Ordinal);
        Assert.Equal("cut", Outcomes(host.Recorded(task)).Last().Status);
    }

    [Fact]
    public async Task Tells_every_waiting_call_when_the_server_dies_and_records_the_outcome_as_unknown()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":"slow","method":"tools/call","params":{"name":"read_slow","arguments":{}}}""");
        await agent.SendAsync("""{"jsonrpc":"2.0","id":"dead","method":"tools/call","params":{"name":"read_death","arguments":{}}}""");
        var both = new[] { (await agent.ReceiveAsync())!, (await agent.ReceiveAsync())! };

        Assert.All(both, static line => Assert.Contains("VP5004", line, StringComparison.Ordinal));
        Assert.Contains("closed its output", await agent.Served, StringComparison.Ordinal);
        var outcomes = Outcomes(_host.Recorded(task)).TakeLast(2);
        Assert.All(outcomes, static outcome => Assert.Equal("unknown", outcome.Status));
    }

    [Fact]
    public async Task Answers_a_call_that_hangs_once_its_time_is_up_and_tells_the_server()
    {
        await using var host = await GateHost.StartAsync(new McpGateOptions { CallTimeout = TimeSpan.FromMilliseconds(300) });
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        var answer = await agent.CallAsync("read_slow", "{}");

        Assert.Contains("VP5006", answer["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("unknown", Outcomes(host.Recorded(task)).Last().Status);
        Assert.Equal("read_note ran", VerdictTests.Text(await agent.CallAsync("read_note", "{}")));
    }

    [Fact]
    public async Task Lets_a_client_take_a_call_back_and_records_that_its_outcome_is_unknown()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"read_slow","arguments":{}}}""");
        await agent.CallAsync("read_note", "{}");
        await agent.SendAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":77}}""");
        await agent.CallAsync("read_note", "{}");
        await agent.DisposeAsync();

        Assert.DoesNotContain(agent.Aside, static line => line.Contains("77", StringComparison.Ordinal));
        Assert.Contains(Outcomes(_host.Recorded(task)), static outcome => outcome is { Status: "unknown", Notes: "given up by the client" });
    }

    [Fact]
    public async Task Refuses_a_second_request_with_an_id_that_is_under_way()
    {
        await using var agent = await OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":5000,"method":"tools/call","params":{"name":"read_slow","arguments":{}}}""");
        await agent.SendAsync("""{"jsonrpc":"2.0","id":5000,"method":"tools/call","params":{"name":"read_note","arguments":{}}}""");

        Assert.Contains("VP5005", await agent.AnswerAsync("5000"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_held_call_cleanly_when_its_client_leaves_and_keeps_the_hold()
    {
        await using var host = await GateHost.StartAsync(new McpGateOptions { HoldWait = TimeSpan.FromMinutes(5) });
        var task = await host.OpenAsync();
        var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"delete_note","arguments":{"id":1},"_meta":{"progressToken":4}}}""");
        var progress = JsonNode.Parse((await agent.ReceiveAsync())!)!;
        Assert.Equal("notifications/progress", progress["method"]!.GetValue<string>());
        Assert.Contains("vetopoint approve", progress["params"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        await agent.DisposeAsync();

        Assert.Single(host.Holds.List());
        Assert.DoesNotContain(host.Recorded(task).OfType<Outcome>(), outcome => outcome.Attempt == host.Holds.List()[0].Attempt.ToString());
    }

    [Fact]
    public async Task Tells_a_waiting_agent_that_a_person_refused()
    {
        await using var host = await GateHost.StartAsync(new McpGateOptions { HoldWait = TimeSpan.FromMinutes(5) });
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"delete_note","arguments":{"id":1},"_meta":{"progressToken":4}}}""");
        await agent.ReceiveAsync();
        await host.Holds.DenyAsync(host.Holds.List().Single().Attempt, CancellationToken.None);
        var answer = JsonNode.Parse(await agent.AnswerAsync("9"))!;

        Assert.Contains("VP5040", VerdictTests.Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_call_whose_intent_cannot_be_recorded_and_does_not_send_it()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.GovernProcess());
        await agent.OpenAsync();

        _host.Ledger.FailNext(entry => entry.Task == task.Id.ToString() && entry.Body is Intent { Name: "read_note" });
        var answer = await agent.CallAsync("read_note", "{}");

        Assert.True(answer["result"]!["isError"]!.GetValue<bool>());
        Assert.DoesNotContain("read_note ran", VerdictTests.Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withholds_a_result_whose_outcome_cannot_be_recorded()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.GovernProcess());
        await agent.OpenAsync();

        _host.Ledger.FailNext(entry => entry.Task == task.Id.ToString() && entry.Body is Outcome);
        var answer = await agent.CallAsync("read_note", "{}");

        Assert.Contains("VP5012", VerdictTests.Text(answer), StringComparison.Ordinal);
        Assert.DoesNotContain("ran", VerdictTests.Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pins_what_a_server_offers_before_the_list_is_released_and_keeps_the_list_private()
    {
        await using var agent = await OpenAsync();

        var list = await agent.RequestAsync("tools/list", "{}");

        Assert.Equal("private", list["result"]!["cacheScope"]!.GetValue<string>());
        Assert.NotNull(_host.Pins.Find("process", "read_note"));
        Assert.False(_host.Pins.Find("process", "read_note")!.Reviewed);
    }

    [Fact]
    public async Task Keeps_the_facts_out_of_structured_content_whose_shape_the_tool_promised()
    {
        await using var agent = await OpenAsync();

        var answer = await agent.CallAsync("read_shaped", """{"forbidden":true}""");

        Assert.True(answer["result"]!["isError"]!.GetValue<bool>());
        Assert.Null(answer["result"]!["structuredContent"]);
        Assert.Equal("deny", answer["result"]!["_meta"]!["vetopoint"]!["verdict"]!.GetValue<string>());
    }

    [Fact]
    public async Task Judges_what_the_server_asks_of_the_client_and_what_the_client_answers()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"read_sample","arguments":{}}}""");
        var asked = JsonNode.Parse((await agent.ReceiveAsync())!)!;
        Assert.Equal("sampling/createMessage", asked["method"]!.GetValue<string>());
        await agent.SendAsync($$$$"""{"jsonrpc":"2.0","id":{{{{asked["id"]!.ToJsonString()}}}},"result":{"role":"assistant","content":{"type":"text","text":"hi"},"model":"m"}}""");
        var answer = JsonNode.Parse(await agent.AnswerAsync("9"))!;

        Assert.Contains("\"text\":\"hi\"", VerdictTests.Text(answer), StringComparison.Ordinal);
        var intents = _host.Recorded(task).OfType<Intent>().Where(static intent => intent.Method == "sampling/createMessage").ToList();
        Assert.Equal(["to-client", "to-server"], intents.Select(static intent => intent.Direction));

        // The server goes on as soon as it has its answer, while the outcome of giving it is still on its way to the record.
        await GateHost.EventuallyAsync(() => intents.All(intent => Outcomes(_host.Recorded(task)).Any(outcome => outcome.Attempt == intent.Attempt)));
    }

    [Fact]
    public async Task Stops_what_is_under_way_when_the_task_ends()
    {
        var task = await _host.OpenAsync();
        await using var agent = new LineConnection(_host, task, _host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"read_slow","arguments":{}}}""");
        await agent.CallAsync("read_note", "{}");
        await _host.Tasks.EndAsync(task.Id, "test", CancellationToken.None);

        Assert.Equal("The task was stopped.", await agent.Served.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Leaves_other_sessions_alone_when_one_server_dies()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();

        await first.CallAsync("read_death", "{}");

        Assert.Equal("read_note ran", VerdictTests.Text(await second.CallAsync("read_note", "{}")));
    }

    private static IEnumerable<Outcome> Outcomes(IReadOnlyList<EntryBody> recorded) => recorded.OfType<Outcome>();

    private Task<LineConnection> OpenAsync() => OpenAsync(_host);

    private static async Task<LineConnection> OpenAsync(GateHost host)
    {
        var agent = new LineConnection(host, await host.OpenAsync(), host.GovernProcess());
        await agent.OpenAsync();
        return agent;
    }
}
