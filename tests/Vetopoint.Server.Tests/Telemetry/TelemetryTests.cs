using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Server.Tests.Mcp;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Telemetry;

/// <summary>The real engine and what really leaves it for a collector. No decision follows from it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TelemetryTests
{
    private const string Secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyzAB";

    /// <summary>The standard variables, so that no test waits for the usual intervals.</summary>
    private static readonly Dictionary<string, string> Soon = new()
    {
        ["OTEL_BSP_SCHEDULE_DELAY"] = "50",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "100",
        ["VETOPOINT_TEST_TOKEN"] = "token-of-the-collector",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Traces_metrics_and_logs_arrive_and_hold_no_argument_and_no_secret()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var home = await StartAsync(receiver.Address, """ "headers": { "x-token": "${VETOPOINT_TEST_TOKEN}" } """);
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        await client.CallAsync(2, "read_note", """{"id":1}""");
        await client.CallAsync(5, "read_note", $$"""{"id":"canary-value","canary-member":"{{Secret}}"}""");
        await client.CallAsync(3, "canary_tool", """{"a":1}""");
        await client.AskAsync("""{"jsonrpc":"2.0","id":4,"method":"canary/method","params":{"_meta":{"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00","tracestate":"canary=1","baggage":"canary=2"}}}""");
        await UntilAsync(() => receiver.Spans.Any(static span => span.Name == "_other" && span.Kind == ReceivedSpan.ServerKind) && receiver.Records.Count > 0
            && receiver.Metrics.Contains("vetopoint.telemetry.lost") && receiver.Metrics.Contains("mcp.server.operation.duration"));

        var calls = receiver.Spans.Where(static span => span.Name == "tools/call read_note" && span.Kind == ReceivedSpan.ServerKind).ToList();
        Assert.Equal(["allow", "hold"], calls.Select(static span => span.Attributes["vetopoint.verdict"]));
        Assert.Equal([0, ReceivedSpan.Error], calls.Select(static span => span.Status));
        var call = calls[0];
        Assert.Equal("vetopoint", call.Service);
        Assert.Equal("execute_tool", call.Attributes["gen_ai.operation.name"]);
        Assert.Equal("wrap:notes", call.Attributes["gen_ai.agent.id"]);
        Assert.Equal(client.Task, call.Attributes["vetopoint.task"]);
        var parts = receiver.Spans.Where(span => span.Parent == call.SpanId && span.TraceId == call.TraceId).ToList();
        Assert.Equal(
            ["decide", "read", "record intent", "record outcome", "tools/call read_note"],
            parts.Select(static span => span.Name).Order(StringComparer.Ordinal));

        // An agent says where its span hangs, and neither that it is not traced nor anything else.
        var other = receiver.Spans.Single(static span => span.Name == "_other" && span.Kind == ReceivedSpan.ServerKind);
        Assert.Equal(("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"), (other.TraceId, other.Parent));

        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "vetopoint.attempts", "vetopoint.decision.duration", "mcp.server.operation.duration", "mcp.client.operation.duration",
                "vetopoint.ledger.commit.duration", "vetopoint.ledger.commit.entries", "vetopoint.ledger.queue.depth", "vetopoint.ledger.entries",
                "vetopoint.tasks.live", "vetopoint.holds.waiting", "vetopoint.agents.quarantined", "vetopoint.log.behind", "vetopoint.log.checkpoint.age",
                "vetopoint.telemetry.lost",
            },
            receiver.Metrics.ToHashSet(StringComparer.Ordinal));
        Assert.Contains(receiver.Records, static record => record.StartsWith("Listening on ", StringComparison.Ordinal));
        Assert.All(receiver.Tokens, static token => Assert.Equal("token-of-the-collector", token));

        // What was planted is nowhere in anything that left, in any encoding of its characters that this is.
        await home.StopEngineAsync();
        Assert.All(receiver.Bodies, static body =>
        {
            var text = Encoding.Latin1.GetString(body);
            Assert.DoesNotContain("canary", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("token-of-the-collector", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Arguments_leave_where_the_config_says_so_and_secrets_in_them_do_not()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var home = await StartAsync(receiver.Address + "/tenant", """ "arguments": true """);
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);

        await client.CallAsync(2, "read_note", """{"id":1}""");
        await client.CallAsync(3, "read_note", $$"""{"id":"wanted","token":"{{Secret}}"}""");

        await UntilAsync(() => receiver.Spans.Count(static span => span.Name == "tools/call read_note" && span.Kind == ReceivedSpan.ServerKind) == 2);
        var calls = receiver.Spans.Where(static span => span.Name == "tools/call read_note" && span.Kind == ReceivedSpan.ServerKind).ToList();
        Assert.Contains("read_note ran", calls[0].Attributes["gen_ai.tool.call.result"], StringComparison.Ordinal);
        Assert.Equal("""{"id":"wanted","token":"[GitHub token]"}""", calls[1].Attributes["gen_ai.tool.call.arguments"]);
        Assert.Subset(new HashSet<string>(StringComparer.Ordinal) { "/tenant/v1/traces", "/tenant/v1/metrics", "/tenant/v1/logs" }, receiver.Paths.ToHashSet(StringComparer.Ordinal));
        Assert.All(receiver.Bodies, static body => Assert.DoesNotContain(Secret, Encoding.Latin1.GetString(body), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Traces_metrics_and_logs_arrive_over_grpc()
    {
        await using var receiver = await OtlpReceiver.StartAsync(isGrpc: true);
        await using var home = await StartAsync(receiver.Address, """ "protocol": "grpc" """);
        using var client = await StdioClient.OpenAsync(home);

        await client.ListAsync(1);

        await UntilAsync(() => receiver.Spans.Any(static span => span.Name == "tools/list") && receiver.Records.Count > 0 && receiver.Metrics.Count > 0);
        await home.WaitForAsync(status => status.Telemetry.Length == 3 && status.Telemetry.All(static signal => signal is { Delivered: > 0, Lost: 0, Problem: null }));

        receiver.AnswerBytes = 1024 * 1024;
        await client.ListAsync(3);
        await home.WaitForAsync(status => status.Telemetry.Single(static signal => signal.Signal == "traces") is { FailingSince: not null, Problem: not null });
        receiver.AnswerBytes = 0;
        await client.ListAsync(4);
        await home.WaitForAsync(status => status.Telemetry.Single(static signal => signal.Signal == "traces") is { FailingSince: null });

        receiver.GrpcStatus = "16";
        await client.ListAsync(2);
        await home.WaitForAsync(status => status.Telemetry.Where(static signal => signal.Signal != "logs").All(
            static signal => signal.Problem is { } problem && problem.StartsWith("VP6231", StringComparison.Ordinal) && problem.Contains("16", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_collector_that_never_answers_delays_no_call_and_no_stop_and_what_it_costs_is_counted()
    {
        await using var receiver = await OtlpReceiver.StartAsync(hangs: true);
        await using var home = await StartAsync(receiver.Address);
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        await receiver.Asked.Task.WaitAsync(Cancellation);

        // Its socket is open and has our export, and each of these is answered while it waits.
        for (var id = 2; id < 700; id++)
            Assert.NotNull((await client.CallAsync(id, "read_note", """{"id":1}"""))["result"]);

        await home.WaitForAsync(status => status.Telemetry.Single(static signal => signal.Signal == "traces").Lost > 0);
        Assert.Equal(0, (await home.StopEngineAsync()).ExitCode);
    }

    [Fact]
    public async Task A_collector_that_is_down_or_refuses_is_shown_and_told_when_it_is_back()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        await using (var home = await StartAsync($"http://127.0.0.1:{port}"))
        {
            using var client = await StdioClient.OpenAsync(home);
            Assert.NotNull((await client.ListAsync(1))["result"]);
            await home.WaitForAsync(status => status.Telemetry.Length == 3 && status.Telemetry.All(
                static signal => signal is { FailingSince: not null, Problem: { } problem } && problem.StartsWith("VP6230", StringComparison.Ordinal)));
        }

        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Status = 401;
        await using var refused = await StartAsync(receiver.Address);
        using var again = await StdioClient.OpenAsync(refused);
        await refused.WaitForAsync(status => status.Telemetry.Any(static signal => signal is { Signal: "traces", Lost: > 0, Problem: { } problem } && problem.Contains("401", StringComparison.Ordinal)));
        receiver.Status = 200;
        await again.ListAsync(1);
        await refused.WaitForAsync(status => status.Telemetry.Single(static signal => signal.Signal == "traces") is { Delivered: > 0, FailingSince: null, Problem: null });
    }

    [Fact]
    public async Task Everything_is_measured_also_where_nothing_is_traced()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var home = await StartAsync(receiver.Address, """ "sampling": 0 """);
        using var client = await StdioClient.OpenAsync(home);

        await client.ListAsync(1);
        await UntilAsync(() => receiver.Metrics.Contains("mcp.client.operation.duration"));
        await home.StopEngineAsync();

        Assert.Empty(receiver.Spans);
    }

    [Fact]
    public async Task Nothing_is_exported_unless_the_config_says_where()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var home = EngineHome.Make();
        await home.StartEngineAsync(new Dictionary<string, string>(Soon)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        using var client = await StdioClient.OpenAsync(home);

        await client.ListAsync(1);
        Assert.Empty((await home.Client.StatusAsync(Cancellation)).Telemetry);
        await home.StopEngineAsync();

        Assert.Empty(receiver.Bodies);
    }

    [Fact]
    public async Task Where_it_goes_is_not_for_the_environment_to_say()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var elsewhere = await OtlpReceiver.StartAsync();
        await using var home = EngineHome.Make(Config(receiver.Address, ""));
        await home.StartEngineAsync(new Dictionary<string, string>(Soon)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = elsewhere.Address,
            ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = elsewhere.Address,
            ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-token=from-the-environment",
            ["OTEL_TRACES_SAMPLER"] = "always_off",
            ["OTEL_SERVICE_NAME"] = "gatekeeper",
        });
        using var client = await StdioClient.OpenAsync(home);

        await client.ListAsync(1);
        await UntilAsync(() => receiver.Spans.Count > 0);
        await home.StopEngineAsync();

        Assert.Empty(elsewhere.Bodies);
        Assert.All(receiver.Tokens, static token => Assert.Equal("", token));
        Assert.Equal("gatekeeper", receiver.Spans[0].Service);
    }

    [Fact]
    public async Task An_engine_does_not_start_without_the_secret_a_collector_needs()
    {
        await using var home = EngineHome.Make(Config("http://127.0.0.1:9", """ "headers": { "x-token": "${VETOPOINT_TEST_NO_SUCH_VARIABLE}" } """));

        var finished = await home.RunEngineAsync();

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains("VP6232", finished.Output, StringComparison.Ordinal);
        Assert.Contains("VETOPOINT_TEST_NO_SUCH_VARIABLE", finished.Output, StringComparison.Ordinal);
    }

    private static async Task<EngineHome> StartAsync(string otlp, string members = "")
    {
        var home = EngineHome.Make(Config(otlp, members));
        try
        {
            await home.StartEngineAsync(Soon);
            return home;
        }
        catch
        {
            await home.DisposeAsync();
            throw;
        }
    }

    private static JsonObject Config(string otlp, string members) => new()
    {
        ["holds"] = new JsonObject { ["wait"] = "00:00:00" },
        ["telemetry"] = JsonNode.Parse($$"""{ "otlp": "{{otlp}}"{{(members.Length > 0 ? "," : "")}} {{members}} }"""),
    };

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(ChildProcess.WaitMax);
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
    }
}
