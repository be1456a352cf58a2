using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>What traces tell of a call, and what they do not.</summary>
public sealed class TraceTests
{
    private const string Agents = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    public static TheoryData<string> Clients() => ["lines", "http 2025-11-25", "http 2026-07-28"];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_call_that_ran_is_one_span_with_each_of_its_parts(string client)
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        var server = host.Govern("http", upstream.Http);
        await using IAgent agent = client == "lines"
            ? new LineConnection(host, task, server)
            : new HttpAgent(host, "http", client.EndsWith("2026-07-28", StringComparison.Ordinal));
        await agent.OpenAsync();

        await agent.CallAsync("read_note", """{"id":1}""");

        var span = await spans.AttemptAsync(task, "tools/call read_note");
        var intent = host.Recorded(task).OfType<Intent>().Single(static intent => intent.Name == "read_note");
        Assert.Equal((ActivityKind.Server, ActivityStatusCode.Unset), (span.Kind, span.Status));
        Assert.Equal("execute_tool", Tag(span, "gen_ai.operation.name"));
        Assert.Equal("read_note", Tag(span, "gen_ai.tool.name"));
        Assert.Equal(task.Agent, Tag(span, "gen_ai.agent.id"));
        Assert.Equal("tools/call", Tag(span, "mcp.method.name"));
        Assert.Equal("http", Tag(span, "vetopoint.server"));
        Assert.Equal("allow", Tag(span, "vetopoint.verdict"));
        Assert.Equal("full", Tag(span, "vetopoint.form"));
        Assert.Equal("completed", Tag(span, "vetopoint.outcome"));
        Assert.Equal(intent.PolicySet, Tag(span, "vetopoint.policy_set"));
        Assert.StartsWith(task.Id + ".", (string)Tag(span, "vetopoint.attempt")!, StringComparison.Ordinal);
        Assert.Equal(intent.Policies, (string[])Tag(span, "vetopoint.policies")!);
        Assert.Equal(client == "lines" ? null : client[5..], Tag(span, "mcp.protocol.version"));

        var parts = spans.PartsOf(span);
        Assert.Equal(
            ["decide", "read", "record intent", "record outcome", "tools/call read_note"],
            parts.Select(static part => part.OperationName).Order(StringComparer.Ordinal));
        Assert.Equal(ActivityKind.Client, parts.Single(static part => part.OperationName == "tools/call read_note").Kind);
        Assert.All(parts, static part => Assert.Equal(ActivityStatusCode.Unset, part.Status));
    }

    [Fact]
    public async Task A_denied_call_reaches_nobody_and_says_by_which_policy()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        await agent.CallAsync("grant_role", """{"role":"admin"}""");

        var span = await spans.AttemptAsync(task, "tools/call");
        Assert.Equal("deny", Tag(span, "vetopoint.verdict"));
        Assert.Equal(["grant"], (string[])Tag(span, "vetopoint.effects")!);
        Assert.Equal(["no-grants"], (string[])Tag(span, "vetopoint.policies")!);
        Assert.Equal(Tag(span, "vetopoint.code"), Tag(span, "error.type"));
        Assert.StartsWith("VP4", (string)Tag(span, "error.type")!, StringComparison.Ordinal);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Null(Tag(span, "vetopoint.outcome"));
        Assert.DoesNotContain(spans.PartsOf(span), static part => part.Kind == ActivityKind.Client);
    }

    [Fact]
    public async Task A_held_call_shows_the_wait_and_both_judgements_and_ends_as_it_ended()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync(new McpGateOptions { HoldWait = TimeSpan.FromMinutes(5) });
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        var calling = agent.CallAsync("delete_note", """{"id":7}""");
        await GateHost.EventuallyAsync(() => host.Holds.List().Count == 1);
        var hold = host.Holds.List().Single().Attempt;
        await host.ApproveAsync(hold);
        await calling;

        var span = await spans.AttemptAsync(task, "tools/call delete_note");
        Assert.Equal("allow", Tag(span, "vetopoint.verdict"));
        Assert.Equal(hold.ToString(), Tag(span, "vetopoint.hold"));
        Assert.NotEqual(hold.ToString(), Tag(span, "vetopoint.attempt"));
        Assert.Equal(2, Tag(span, "vetopoint.rung"));
        Assert.Equal("completed", Tag(span, "vetopoint.outcome"));
        var parts = spans.PartsOf(span);
        Assert.Equal(
            ["hold", "allow"],
            parts.Where(static part => part.OperationName == "decide").Select(static part => (string?)part.GetTagItem("vetopoint.verdict")));
        Assert.Single(parts, static part => part.OperationName == "wait for a person");
        Assert.Single(parts, static part => part.Kind == ActivityKind.Client);
    }

    [Fact]
    public async Task A_call_whose_target_does_not_answer_ends_with_the_code_of_that()
    {
        using var spans = new Spans();
        await using var host = await GateHost.StartAsync(new McpGateOptions { CallTimeout = TimeSpan.FromMilliseconds(300) });
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        await agent.CallAsync("read_slow", "{}");

        var span = await spans.AttemptAsync(task, "tools/call read_slow");
        Assert.Equal(("unknown", "VP5006"), ((string?)Tag(span, "vetopoint.outcome"), (string?)Tag(span, "error.type")));
        var call = Assert.Single(spans.PartsOf(span), static part => part.Kind == ActivityKind.Client);
        Assert.Equal("VP5006", Tag(call, "error.type"));
    }

    [Fact]
    public async Task A_call_of_a_task_that_is_stopped_ends_with_the_code_of_that()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":50,"method":"tools/call","params":{"name":"read_slow","arguments":{}}}""");
        await GateHost.EventuallyAsync(() => upstream.Script.Called.Contains("read_slow"));
        await host.Tasks.EndAsync(task.Id, "stopped by a test", CancellationToken.None);

        var span = await spans.AttemptAsync(task, "tools/call read_slow");
        Assert.NotNull(Tag(span, "error.type"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task The_agents_own_span_is_the_parent_and_its_free_text_is_nowhere(string client)
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        var server = host.Govern("http", upstream.Http);
        await using IAgent agent = client == "lines"
            ? new LineConnection(host, task, server)
            : new HttpAgent(host, "http", client.EndsWith("2026-07-28", StringComparison.Ordinal));
        await agent.OpenAsync();

        // The flags say that it is not traced: that is not for an agent to say.
        const string Meta = $$"""{"traceparent":"{{Agents}}-00","tracestate":"canary=canary-state","baggage":"canary=canary-baggage"}""";
        var parameters = $$$"""{"name":"read_note","arguments":{"id":1},"_meta":{{{Meta}}}}""";
        if (agent is HttpAgent http)
            await http.RequestAsync("tools/call", parameters, "read_note");
        else
            await ((LineConnection)agent).RequestAsync("tools/call", parameters);

        var span = await spans.AttemptAsync(task, "tools/call read_note");
        Assert.Equal(Agents, $"00-{span.TraceId}-{span.ParentSpanId}");
        Assert.True(span.Recorded);
        Assert.DoesNotContain("canary", spans.Text(), StringComparison.Ordinal);

        // What was judged is what was sent: the agent's own, and nothing of the trace's.
        Assert.Contains($"{Agents}-00", upstream.Script.Received.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain(upstream.Headers.Last().Keys, static name =>
            name.ToUpperInvariant() is "TRACEPARENT" or "TRACESTATE" or "BAGGAGE" or "REQUEST-ID" or "CORRELATION-CONTEXT");
    }

    [Theory]
    [InlineData($"{Agents}-01", true)]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false)]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false)]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false)]
    [InlineData("canary-that-is-no-traceparent", false)]
    public async Task A_header_names_the_parent_too_if_it_is_what_the_W3C_says(string header, bool isTaken)
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        host.Govern("http", upstream.Http);
        await using var agent = new HttpAgent(host, "http", isStateless: true);
        await agent.OpenAsync();
        var headers = agent.Headers("tools/call", "read_note");
        headers["traceparent"] = header;
        headers["tracestate"] = "canary=1";

        using var response = await agent.SendAsync(agent.Body("90", "tools/call", """{"name":"read_note","arguments":{"id":1}}"""), headers);

        var span = await spans.AttemptAsync(task, "tools/call read_note");
        Assert.Equal(isTaken, header.StartsWith($"00-{span.TraceId}-{span.ParentSpanId}", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", spans.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain(upstream.Headers.Last().Keys, static name => name.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Nothing_that_an_agent_made_up_is_told()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        await agent.CallAsync("read_note", """{"id":"canary-argument","canary-name":1}""");
        await agent.CallAsync("canary-tool", """{"a":1}""");
        await agent.RequestAsync("canary/method", """{"canary":1}""");
        await agent.RequestAsync("resources/read", """{"uri":"note:///canary"}""");
        await agent.RequestAsync("prompts/get", """{"name":"canary-prompt"}""");
        await agent.SendAsync("""{"jsonrpc":"2.0","id":"canary-id","method":"tools/list","params":{"cursor":"canary"}}""");
        await agent.AnswerAsync("\"canary-id\"");

        Assert.Equal("_other", Tag(await spans.AttemptAsync(task, "tools/call"), "gen_ai.tool.name"));
        Assert.Equal("_other", Tag(await spans.AttemptAsync(task, "_other"), "mcp.method.name"));
        await spans.AttemptAsync(task, "prompts/get");
        Assert.DoesNotContain("canary", spans.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_and_results_are_told_where_that_is_asked_for_and_secrets_in_them_are_not()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync(new McpGateOptions { TracesArguments = true });
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        await agent.CallAsync("read_note", $$"""{"id":1,"why":"asked for","token":"ghp_{{new string('a', 36)}}","long":"{{new string('x', 40_000)}}"}""");

        var span = await spans.AttemptAsync(task, "tools/call read_note");
        var arguments = (string)Tag(span, "gen_ai.tool.call.arguments")!;
        Assert.Contains("asked for", arguments, StringComparison.Ordinal);
        Assert.Contains("[GitHub token]", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_", spans.Text(), StringComparison.Ordinal);
        Assert.InRange(arguments.Length, 1000, 8193);
        Assert.Contains("read_note ran", (string)Tag(span, "gen_ai.tool.call.result")!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_an_error_tells_its_number()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        await agent.RequestAsync("prompts/list", "{}");

        var span = await spans.AttemptAsync(task, "prompts/list");
        Assert.Equal("-32601", Tag(span, "error.type"));
    }

    [Fact]
    public async Task What_a_server_asks_of_the_client_is_an_attempt_of_its_own()
    {
        using var spans = new Spans();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        await using var agent = new LineConnection(host, task, host.GovernProcess());
        await agent.OpenAsync();

        await agent.SendAsync("""{"jsonrpc":"2.0","id":70,"method":"tools/call","params":{"name":"read_sample","arguments":{}}}""");
        string? asked;
        while ((asked = await agent.ReceiveAsync()) is not null && !asked.Contains("sampling/createMessage", StringComparison.Ordinal))
            continue;
        var id = JsonNode.Parse(asked!)!["id"]!.ToJsonString();
        await agent.SendAsync($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-1,"message":"canary"}}""");
        await agent.AnswerAsync("70");

        var span = await spans.AttemptAsync(task, "sampling/createMessage");
        await GateHost.EventuallyAsync(() => spans.Of(task).Any(static span => span.OperationName.StartsWith("tools/call", StringComparison.Ordinal)));
        Assert.Contains(
            spans.Of(task), static span => span.OperationName == "sampling/createMessage" && Equals(Tag(span, "vetopoint.direction"), "to-client"));
        Assert.NotNull(Tag(span, "vetopoint.verdict"));
        Assert.DoesNotContain("canary", spans.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_is_told_by_a_digest_that_does_not_open_it()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        host.Govern("http", upstream.Http);
        await using var agent = new HttpAgent(host, "http", isStateless: false);
        await agent.OpenAsync();

        await agent.CallAsync("read_note", """{"id":1}""");

        var session = Tag(await spans.AttemptAsync(task, "tools/call read_note"), "mcp.session.id");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(agent.SessionId!)))[..16], session);
        Assert.DoesNotContain(agent.SessionId!, spans.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_trace_is_current_where_a_call_is_made()
    {
        using var spans = new Spans();
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        using var outside = new Activity("outside").Start();
        await using var agent = new LineConnection(host, task, host.Govern("http", upstream.Http));
        await agent.OpenAsync();

        await agent.CallAsync("read_note", """{"id":1}""");

        var span = await spans.AttemptAsync(task, "tools/call read_note");
        Assert.NotEqual(outside.TraceId, span.TraceId);
        Assert.Equal(default, span.ParentSpanId);
        Assert.Same(outside, Activity.Current);
    }

    private static object? Tag(Activity span, string name) => span.GetTagItem(name);
}
