using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Server.Tests.Mcp;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Outputs;

/// <summary>The real engine with real outputs: they follow the record, and no decision follows them.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EngineOutputTests
{
    [Fact]
    public async Task A_file_gets_every_entry_of_the_record_once_also_when_the_engine_is_killed()
    {
        await using var home = await EngineHome.StartAsync(new JsonObject { ["outputs"] = JsonNode.Parse("""{"local":{"file":"events/ocsf.jsonl"}}""") });
        using (var client = await StdioClient.OpenAsync(home))
        {
            await client.ListAsync(1);
            await client.CallAsync(2, "read_note", """{"id":1,"password":"hunter2-hunter2"}""");
            await home.WaitForAsync(status => status.Outputs is [{ Behind: 0, Problem: null }]);
        }

        await home.StopEngineAsync(Signals.Kill);
        await home.StartEngineAsync();
        await home.WaitForAsync(status => status.Outputs is [{ Behind: 0, Problem: null }]);
        var last = (await home.Client.StatusAsync(TestContext.Current.CancellationToken)).Outputs[0].Position;

        var file = Path.Combine(home.Home.Root, "events", "ocsf.jsonl");
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var events = lines.Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(
            Enumerable.Range(1, (int)last).Select(position => (long)position),
            events.Select(item => item.GetProperty("metadata").GetProperty("sequence").GetInt64()));
        var call = Assert.Single(events, item =>
            item.GetProperty("metadata").GetProperty("event_code").GetString() == "intent"
            && item.GetProperty("api").GetProperty("operation").GetString() == "tools/call read_note");
        Assert.Equal("wrap:notes", call.GetProperty("actor").GetProperty("app_name").GetString());
        Assert.DoesNotContain("hunter2", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_nobody_takes_delays_no_call_and_shows_that_it_is_behind()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        await using var home = await EngineHome.StartAsync(new JsonObject
        {
            ["outputs"] = JsonNode.Parse($$"""{ "siem": { "http": "http://127.0.0.1:{{port}}/" }, "log": { "syslog": "tcp://127.0.0.1:{{port}}" } }"""),
        });
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);

        var read = await client.CallAsync(2, "read_note", """{"id":1}""");

        Assert.NotNull(read["result"]);
        await home.WaitForAsync(status => status.Outputs is [{ Name: "log", Problem: not null, Behind: > 0 }, { Name: "siem", Problem: not null, Behind: > 0 }]);
    }

    [Fact]
    public async Task An_engine_does_not_start_without_the_secret_an_output_needs()
    {
        await using var home = EngineHome.Make(new JsonObject
        {
            ["outputs"] = JsonNode.Parse("""{"siem":{"http":"http://127.0.0.1:9/","headers":{"Authorization":"Bearer ${VETOPOINT_TEST_NO_SUCH_VARIABLE}"}}}"""),
        });

        var finished = await home.RunEngineAsync();

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains("VETOPOINT_TEST_NO_SUCH_VARIABLE", finished.Output, StringComparison.Ordinal);
    }
}
