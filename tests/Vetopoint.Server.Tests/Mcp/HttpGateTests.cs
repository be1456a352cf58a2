using System.Net;
using System.Net.Http.Headers;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Api.Messages;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Mcp;

[UnsupportedOSPlatform("windows")]
public sealed class HttpGateTests
{
    private const string Initialize =
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_enrolled_agent_works_over_http_in_one_task_that_a_restart_keeps()
    {
        await using var home = await StartAsync();
        var key = (await home.ActAsync(ActNames.Enroll, "deploy-bot")).Key!;
        using var http = await AgentAsync(home, key);

        var initialized = await PostAsync(http, Initialize);
        Assert.Equal(HttpStatusCode.OK, initialized.StatusCode);
        http.DefaultRequestHeaders.Add("Mcp-Session-Id", initialized.Headers.GetValues("Mcp-Session-Id"));
        await PostAsync(http, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        var list = await BodyAsync(await PostAsync(http, """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""));
        var read = await BodyAsync(await PostAsync(http,
            """{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"read_note","arguments":{"id":1}}}"""));

        Assert.Contains("delete_note", list, StringComparison.Ordinal);
        Assert.DoesNotContain("\"isError\":true", read, StringComparison.Ordinal);
        var agent = Assert.Single((await home.Client.AgentsAsync(Cancellation)).Agents);
        Assert.Equal(("deploy-bot", "bob@example.com", 1), (agent.Agent, agent.Owner, agent.Keys));

        await home.StopEngineAsync();
        await home.StartEngineAsync();
        using var again = await AgentAsync(home, key);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(again, Initialize)).StatusCode);
    }

    [Fact]
    public async Task A_key_finds_its_task_again_after_a_killed_engine()
    {
        await using var home = await StartAsync();
        var key = (await home.ActAsync(ActNames.Enroll, "deploy-bot")).Key!;
        await HoldAsync(home, key, 1);
        await home.StopEngineAsync(Signals.Kill);
        await home.StartEngineAsync();

        await HoldAsync(home, key, 2);

        var holds = (await home.Client.HoldsAsync(Cancellation)).Holds;
        Assert.Equal(2, holds.Length);
        Assert.Equal(holds[0].Task, holds[1].Task);
        Assert.All(holds, hold => Assert.Equal("deploy-bot", hold.Agent));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("vp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("")]
    public async Task An_agent_without_an_enrolled_key_is_refused(string? key)
    {
        await using var home = await StartAsync();
        using var http = await AgentAsync(home, key);

        var answer = await PostAsync(http, Initialize);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.NotEmpty(answer.Headers.WwwAuthenticate);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        await using var home = await StartAsync();
        var key = (await home.ActAsync(ActNames.Enroll, "deploy-bot")).Key!;
        using var http = await AgentAsync(home, key);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(http, Initialize)).StatusCode);

        await home.Client.RevokeAsync("deploy-bot", Cancellation);

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(http, Initialize)).StatusCode);
    }

    [Fact]
    public async Task A_key_is_not_in_the_state_nor_in_the_log()
    {
        await using var home = await StartAsync();
        var key = (await home.ActAsync(ActNames.Enroll, "deploy-bot")).Key!;
        using (var http = await AgentAsync(home, key))
            await PostAsync(http, Initialize);
        await home.StopEngineAsync();

        var files = Directory.EnumerateFiles(home.Home.Root, "*", SearchOption.AllDirectories).ToArray();
        Assert.Contains(home.Home.LedgerFile, files);
        foreach (var file in files)
            Assert.Equal(-1, (await File.ReadAllBytesAsync(file, Cancellation)).AsSpan().IndexOf(Encoding.ASCII.GetBytes(key["vp_".Length..])));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Host", "evil.example", HttpStatusCode.MisdirectedRequest)]
    public async Task A_web_page_cannot_reach_the_gate(string header, string value, HttpStatusCode expected)
    {
        await using var home = await StartAsync();
        var key = (await home.ActAsync(ActNames.Enroll, "deploy-bot")).Key!;
        using var http = await AgentAsync(home, key);
        http.DefaultRequestHeaders.Add(header, value);

        Assert.Equal(expected, (await PostAsync(http, Initialize)).StatusCode);
    }

    [Fact]
    public async Task A_server_that_the_config_does_not_have_is_not_found()
    {
        await using var home = await StartAsync();
        var key = (await home.ActAsync(ActNames.Enroll, "deploy-bot")).Key!;
        using var http = await AgentAsync(home, key, "absent");

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(http, Initialize)).StatusCode);
    }

    /// <summary>Has a call held in a session of its own.</summary>
    private static async Task HoldAsync(EngineHome home, string key, int note)
    {
        using var http = await AgentAsync(home, key);
        var initialized = await PostAsync(http, Initialize);
        Assert.Equal(HttpStatusCode.OK, initialized.StatusCode);
        http.DefaultRequestHeaders.Add("Mcp-Session-Id", initialized.Headers.GetValues("Mcp-Session-Id"));
        await PostAsync(http, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await BodyAsync(await PostAsync(http, """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""));
        var answer = await BodyAsync(await PostAsync(http,
            $$$"""{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"arguments":{"id":{{{note}}} },"name":"delete_note"}}"""));
        Assert.Contains("\"isError\":true", answer, StringComparison.Ordinal);
    }

    private static async Task<EngineHome> StartAsync()
    {
        var home = await EngineHome.StartAsync(new JsonObject
        {
            ["holds"] = new JsonObject { ["wait"] = "00:00:00" },
            ["mcpServers"] = new JsonObject { ["notes"] = new JsonObject { ["command"] = EngineHome.Upstream } },
            ["agents"] = JsonNode.Parse("""{ "deploy-bot": { "owner": "bob@example.com" } }"""),
        });
        await home.EnrollApproverAsync();
        return home;
    }

    private static async Task<HttpClient> AgentAsync(EngineHome home, string? key, string server = "notes")
    {
        var address = (await home.Client.StatusAsync(Cancellation)).Http;
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"{address}/mcp/{server}") };
        if (key is not null)
            http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return http;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string body) =>
        http.PostAsync((Uri?)null, new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

    private static Task<string> BodyAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(Cancellation);
}
