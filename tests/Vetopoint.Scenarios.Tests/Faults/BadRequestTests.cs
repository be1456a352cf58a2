using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;

namespace Vetopoint.Scenarios.Tests.Faults;

/// <summary>What cannot be judged, and who cannot be known, get an error that says so; the server behind gets nothing.</summary>
public sealed class BadRequestTests(BadRequestTests.Governed governed) : IClassFixture<BadRequestTests.Governed>
{
    /// <summary>A body, the status it is refused with, and the JSON-RPC code.</summary>
    public static TheoryData<string, string, int, int> BadBodies => new()
    {
        { "malformed", """{"jsonrpc":"2.0","id":1,"method":"tools/call",""", 400, -32700 },
        { "batch", """[{"jsonrpc":"2.0","id":1,"method":"ping"}]""", 400, -32600 },
        { "duplicate", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tables","name":"purge_customers","arguments":{"environment":"prod"}}}""", 400, -32600 },
        { "escaped duplicate", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tables","na\u006de":"purge_customers","arguments":{"environment":"prod"}}}""", 400, -32600 },
        { "case twin", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tables","Name":"purge_customers","arguments":{"environment":"prod"}}}""", 400, -32600 },
        { "deep", "deep", 400, -32600 },
        { "oversized", "oversized", 413, -32600 },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_message_that_cannot_be_judged_is_refused_and_reaches_no_one(string name, string body, int status, int code)
    {
        await using var agent = await AgentClient.ConnectAsync(
            AgentClient.Http(governed.Endpoint, governed.Key), Revisions.Stateless);
        var before = governed.Server.Fingerprint();
        var sent = name switch
        {
            "deep" => """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":"""
                + new string('[', 200) + new string(']', 200) + "}}",
            "oversized" => """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"a":"""
                + '"' + new string('x', 5_000_000) + "\"}}}",
            _ => body,
        };

        using var answer = await PostAsync(governed.Endpoint, governed.Key, sent);
        var after = await agent.CallAsync("count_rows", new { environment = "staging", table = "roles" });

        Assert.Equal(status, (int)answer.StatusCode);
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
        Assert.Equal(code, (int)error["code"]!);
        Assert.Contains("VP3", (string)error["message"]!, StringComparison.Ordinal);
        Assert.NotEqual(true, after.IsError);
        Assert.Equal(before, governed.Server.Fingerprint());
        await governed.Installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task A_caller_without_a_known_key_gets_nothing()
    {
        const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

        using var anonymous = await PostAsync(governed.Endpoint, null, List);
        using var unknown = await PostAsync(governed.Endpoint, "vp_" + new string('A', 43), List);
        using var foreign = await PostAsync(governed.Endpoint, null, List, origin: "https://evil.example");

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        Assert.NotEmpty(anonymous.Headers.WwwAuthenticate);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        await governed.Installation.VerifyLedgerAsync();
    }

    private static async Task<HttpResponseMessage> PostAsync(Uri endpoint, string? key, string body, string? origin = null)
    {
        using var handler = new SocketsHttpHandler();
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        // What is refused by its size alone is refused before it is sent.
        request.Headers.ExpectContinue = true;
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", Revisions.Stateful);
        if (key is not null)
            request.Headers.Authorization = new("Bearer", key);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.LoadIntoBufferAsync(TestContext.Current.CancellationToken);
        return response;
    }

    /// <summary>One engine in front of one HTTP server, and an agent with a key.</summary>
    public sealed class Governed : IAsyncLifetime
    {
        public Installation Installation { get; private set; } = null!;

        internal OperationsServer Server { get; private set; } = null!;

        internal string Key { get; private set; } = "";

        internal Uri Endpoint => Installation.Endpoint(Scenario.ServerName);

        public async ValueTask InitializeAsync()
        {
            Server = await OperationsServer.SeedAsync();
            await Server.ListenAsync();
            Installation = await Installation.StartAsync(Scenario.Config(
                TimeSpan.Zero, config => config["mcpServers"]![Scenario.ServerName] = OperationsConfig.Http(Server)));
            Key = await Installation.EnrollAsync("deploy-bot");
        }

        public async ValueTask DisposeAsync()
        {
            await Installation.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
