using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Tests.Harness;

namespace Vetopoint.Gates.Tests.Mcp.Http;

public sealed class FrontDoorTests : IAsyncLifetime
{
    private GateHost _host = null!;
    private HttpUpstreamServer _upstream = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GateHost.StartAsync(new McpGateOptions { Hosts = ["gate.example:7411"], Origins = ["https://console.example"], RequestBytesMax = 5000 });
        _upstream = await HttpUpstreamServer.StartAsync();
        _host.Govern("http", _upstream.Http);
        await _host.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData("Host", "evil.example", 421)]
    [InlineData("Host", "evil.example:7411", 421)]
    [InlineData("Host", "127.0.0.1.evil.example", 421)]
    [InlineData("Host", "gate.example:7411", 200)]
    [InlineData("Host", "localhost:1", 200)]
    [InlineData("Host", "[::1]:1", 200)]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Origin", "https://console.example", 200)]
    [InlineData("Authorization", "Bearer wrong", 401)]
    [InlineData("Authorization", "", 401)]
    [InlineData("Authorization", "Basic key", 401)]
    [InlineData("MCP-Protocol-Version", "2031-01-01", 400)]
    [InlineData("Mcp-Session-Id", "guessed", 404)]
    public async Task Lets_in_whom_it_should_and_nobody_else(string header, string value, int status)
    {
        await using var agent = new HttpAgent(_host, "http", isStateless: false);
        var headers = new Dictionary<string, string> { ["MCP-Protocol-Version"] = "2025-11-25", [header] = value };

        using var response = await agent.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", headers);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 200 ? 1 : 0, _upstream.Script.Received.Count);
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"a","name":"b"}}""", 400, "VP3009")]
    [InlineData("""[]""", 400, "VP3005")]
    [InlineData("""nonsense""", 400, "VP3007")]
    public async Task Refuses_a_body_that_is_not_one_clear_message(string body, int status, string code)
    {
        await using var agent = new HttpAgent(_host, "http", isStateless: false);

        using var response = await agent.SendAsync(body);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(_upstream.Script.Received);
    }

    [Fact]
    public async Task Refuses_a_body_over_the_limit()
    {
        await using var agent = new HttpAgent(_host, "http", isStateless: false);

        using var response = await agent.SendAsync($$$$"""{"jsonrpc":"2.0","id":9,"method":"ping","params":{"x":"{{{{new string('x', 6000)}}}}"}}""");

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task Refuses_a_server_that_is_not_governed()
    {
        await using var agent = new HttpAgent(_host, "unknown", isStateless: false);

        using var response = await agent.SendAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");

        Assert.Equal(404, (int)response.StatusCode);
    }
}
