using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Vetopoint.Api.Messages;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Mcp;

[UnsupportedOSPlatform("windows")]
public sealed class StdioSessionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrapped_server_answers_and_what_destroys_is_held()
    {
        await using var home = await EngineHome.StartAsync();
        using var client = await StdioClient.OpenAsync(home);

        var tools = await client.ListAsync(1);
        var read = await client.CallAsync(2, "read_note", """{"id":1}""");

        Assert.Contains(tools["result"]!["tools"]!.AsArray(), tool => (string?)tool!["name"] == "delete_note");
        Assert.NotEqual(true, (bool?)read["result"]!["isError"]);
        Assert.Contains((await home.Client.ToolsAsync(Cancellation)).Tools, tool => tool is { Server: "notes", Tool: "delete_note", Reviewed: false });
    }

    [Fact]
    public async Task A_secret_that_is_the_name_of_what_is_asked_for_is_not_recorded()
    {
        await using var home = await EngineHome.StartAsync();
        using (var client = await StdioClient.OpenAsync(home))
        {
            await client.AskAsync("""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"postgres://admin:S3cretPassw0rd@db.internal/prod"}}""");
            await home.WaitForAsync(status => status.Ledger.Position > 2);
        }

        await home.StopEngineAsync();

        var record = string.Concat(Directory.EnumerateFiles(home.Home.StateFolder, "ledger.db*").Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        Assert.Contains("db.internal", record, StringComparison.Ordinal);
        Assert.DoesNotContain("S3cretPassw0rd", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_counts_the_tasks_that_are_live_and_how_far_the_record_reaches()
    {
        await using var home = await EngineHome.StartAsync();
        Assert.Equal(0, (await home.Client.StatusAsync(Cancellation)).LiveTasks);
        using var first = await StdioClient.OpenAsync(home);
        EngineStatus status;
        using (await StdioClient.OpenAsync(home, "other"))
            status = await home.Client.StatusAsync(Cancellation);

        Assert.Equal(2, status.LiveTasks);
        Assert.InRange(status.Ledger.Position, 1, long.MaxValue);
        await home.WaitForAsync(now => now.LiveTasks == 1);
    }

    [Fact]
    public async Task A_tool_that_the_operator_mapped_is_listed_as_the_mapping_says()
    {
        await using var home = await EngineHome.StartAsync(new JsonObject
        {
            ["servers"] = JsonNode.Parse("""{"notes":{"tools":{"purge_notes":{"effect":"update","target":{"kind":"note","name":"{id}"},"when":[{"argument":"dry_run","equals":true,"effect":"read"}]}}}}"""),
        });
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);

        var tools = (await home.Client.ToolsAsync(Cancellation)).Tools;

        var mapped = Assert.Single(tools, tool => tool.Tool == "purge_notes");
        Assert.True(mapped.Understood);
        Assert.Equal(["update", "read"], mapped.Effects);
        Assert.Contains("The operator's mapping", mapped.Evidence[0], StringComparison.Ordinal);
        Assert.Contains(tools, tool => tool is { Tool: "delete_note", Understood: false });
    }

    [Fact]
    public async Task A_destroying_call_waits_for_a_person_and_is_told_by_its_id()
    {
        await using var home = await EngineHome.StartAsync(new JsonObject { ["holds"] = new JsonObject { ["wait"] = "00:00:00" } });
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);

        var answer = await client.CallAsync(2, "delete_note", """{"id":1}""");

        var hold = Assert.Single((await home.Client.HoldsAsync(Cancellation)).Holds);
        Assert.True((bool?)answer["result"]!["isError"]);
        Assert.Contains(hold.Attempt, answer.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(client.Task, hold.Task);
        Assert.Equal(EngineHome.Approver, hold.Owner);
        Assert.Contains("delete_note", hold.Request, StringComparison.Ordinal);
        var explained = await home.Client.AttemptAsync(hold.Attempt, Cancellation);
        Assert.Equal("hold", explained.Judgement.Verdict);
        Assert.Equal("wrap:notes", explained.Judgement.Agent);
        Assert.NotEmpty(explained.DecidedBy);
        Assert.All(explained.DecidedBy, policy => Assert.NotEmpty(policy.Reason));
        Assert.NotEmpty(explained.WouldChange);

        await home.Client.DenyAsync(hold.Attempt, Cancellation);

        Assert.Empty((await home.Client.HoldsAsync(Cancellation)).Holds);
        Assert.Equal("denied", (await home.Client.AttemptAsync(hold.Attempt, Cancellation)).Resolution!.Resolution);
    }

    [Fact]
    public async Task A_running_session_is_read_with_the_mapping_that_is_active_now()
    {
        var config = new JsonObject { ["holds"] = new JsonObject { ["wait"] = "00:00:00" } };
        await using var home = await EngineHome.StartAsync(config);
        await home.EnrollApproverAsync();
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        Assert.NotEqual(true, (bool?)(await client.CallAsync(2, "read_note", """{"id":1}"""))["result"]!["isError"]);

        config["servers"] = JsonNode.Parse("""{"notes":{"tools":{"read_note":{"effect":"delete","target":{"kind":"note","name":"{id}"}}}}}""");
        home.WriteConfig(config);
        await home.ActAsync(ActNames.Activate, (await home.Client.PoliciesAsync(Cancellation)).Staged!.Digest);

        Assert.True((bool?)(await client.CallAsync(3, "read_note", """{"id":1}"""))["result"]!["isError"]);
        Assert.Single((await home.Client.HoldsAsync(Cancellation)).Holds);
    }

    [Theory]
    [InlineData("""{"v":2,"kind":"server","server":"notes"}""", "VP5110")]
    [InlineData("""{"v":1,"kind":"server"}""", "VP5110")]
    [InlineData("""{"v":1,"kind":"wrap","name":"x","command":[],"cwd":"/","env":{}}""", "VP5110")]
    [InlineData("""{"v":1,"kind":"server","server":"notes","observe":true}""", "VP5110")]
    [InlineData("""{"v":1,"kind":"server","kind":"wrap","server":"notes"}""", "VP5110")]
    [InlineData("GET / HTTP/1.1", "VP5110")]
    [InlineData("""{"v":1,"kind":"server","server":"absent"}""", "VP5105")]
    [InlineData("""{"v":1,"kind":"server","server":"secretive"}""", "VP5102")]
    [InlineData("""{"v":1,"kind":"wrap","name":"x","command":["no-such-program"],"cwd":"/","env":{"PATH":"/bin"}}""", "VP5001")]
    [InlineData("""{"v":1,"kind":"wrap","name":"x","command":["/no/such/program"],"cwd":"/","env":{}}""", "VP5001")]
    [InlineData("""{"v":1,"kind":"wrap","name":"crm","command":["/bin/true"],"cwd":"/","env":{}}""", "VP5101")]
    public async Task A_greeting_that_cannot_be_met_is_refused_with_its_reason(string greeting, string code)
    {
        await using var home = await EngineHome.StartAsync(new JsonObject
        {
            ["mcpServers"] = JsonNode.Parse("""
                { "crm": { "command": "/bin/true" }, "secretive": { "command": "/bin/true", "env": { "T": "${VETOPOINT_TEST_ABSENT}" } } }
                """),
        });
        using var client = await StdioClient.ConnectAsync(home);

        var answer = await client.AskAsync(greeting);

        Assert.False((bool)answer["ok"]!);
        Assert.Equal(code, (string?)answer["code"]);
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task A_server_of_the_config_is_reached_by_its_name_with_the_environment_the_config_gives()
    {
        await using var home = EngineHome.Make(new JsonObject
        {
            ["mcpServers"] = new JsonObject { ["notes"] = new JsonObject { ["command"] = EngineHome.Upstream } },
        });
        await home.StartEngineAsync(new Dictionary<string, string> { ["A_SECRET_OF_THE_ENGINE"] = "s3cr3t" });
        using var client = await StdioClient.ConnectAsync(home);

        var answer = await client.AskAsync("""{"v":1,"kind":"server","server":"notes"}""");

        Assert.True((bool)answer["ok"]!);
        var initialized = await client.AskAsync("""
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
            """);
        Assert.NotNull(initialized["result"]);
        var child = Assert.Single(ChildrenOf(home.Engine.Id));
        Assert.DoesNotContain("s3cr3t", await File.ReadAllTextAsync($"/proc/{child}/environ", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_ends_with_its_client_and_so_does_its_server()
    {
        await using var home = await EngineHome.StartAsync();
        using (await StdioClient.OpenAsync(home))
            Assert.Single(ChildrenOf(home.Engine.Id));

        await home.Engine.ExpectAsync(" ended: ");

        Assert.Empty(ChildrenOf(home.Engine.Id));
    }

    [Fact]
    public async Task A_stopping_engine_takes_its_servers_with_it()
    {
        await using var home = await EngineHome.StartAsync();
        using var client = await StdioClient.OpenAsync(home);
        var child = Assert.Single(ChildrenOf(home.Engine.Id));

        Assert.Equal(0, (await home.StopEngineAsync()).ExitCode);

        Assert.Null(await client.ReadAsync());
        Assert.False(Directory.Exists($"/proc/{child}"));
    }

    [Fact]
    public async Task Pins_and_holds_survive_a_killed_engine()
    {
        await using var home = await EngineHome.StartAsync(new JsonObject { ["holds"] = new JsonObject { ["wait"] = "00:00:00" } });
        string held;
        using (var client = await StdioClient.OpenAsync(home))
        {
            await client.ListAsync(1);
            await client.CallAsync(2, "delete_note", """{"id":7}""");
            held = Assert.Single((await home.Client.HoldsAsync(Cancellation)).Holds).Attempt;
            await home.StopEngineAsync(Signals.Kill);
        }

        await home.StartEngineAsync();

        Assert.Contains((await home.Client.ToolsAsync(Cancellation)).Tools, tool => tool.Tool == "delete_note");
        var hold = await home.Client.HoldAsync(held, Cancellation);
        Assert.Equal("waiting", hold.State);
        Assert.Contains("delete_note", hold.Request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_tell_of_judgements_as_they_are_made()
    {
        await using var home = await EngineHome.StartAsync();
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        await using var events = home.Client.EventsAsync(Cancellation).GetAsyncEnumerator(Cancellation);
        var first = events.MoveNextAsync();
        // The stream is live once the status after it was answered on the same engine.
        await home.Client.StatusAsync(Cancellation);

        _ = await client.CallAsync(2, "read_note", """{"id":1}""");

        Assert.True(await first);
        Assert.Equal("judgement", events.Current.Kind);
        Assert.Equal("read_note", events.Current.Judgement!.Name);
        Assert.Equal("allow", events.Current.Judgement.Verdict);
    }

    [Fact]
    public async Task What_a_server_writes_to_standard_error_is_kept_for_its_owner()
    {
        await using var home = await EngineHome.StartAsync();
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);

        var text = await File.ReadAllTextAsync(Path.Combine(home.Home.RunFolder, "servers", client.Task + ".log"), Cancellation);

        Assert.Contains("scripted upstream is ready", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_do_not_reach_the_log()
    {
        await using var home = await EngineHome.StartAsync();
        using (var client = await StdioClient.OpenAsync(home))
        {
            await client.ListAsync(1);
            await client.CallAsync(2, "read_note", """{"id":1,"password":"hunter2-hunter2"}""");
        }

        await home.StopEngineAsync();

        Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(home.Home.EngineLog, Cancellation), StringComparison.Ordinal);
    }

    private static int[] ChildrenOf(int process) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(thread =>
                File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse),
    ];
}
