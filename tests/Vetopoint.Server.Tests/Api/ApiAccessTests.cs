using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Api;

[UnsupportedOSPlatform("windows")]
public sealed class ApiAccessTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/status")]
    [InlineData("/v1/stop")]
    [InlineData("/mcp/../v1/status")]
    [InlineData("/mcp/%2e%2e/v1/status")]
    [InlineData("//v1/status")]
    public async Task The_port_of_agents_does_not_lead_to_the_api(string path)
    {
        await using var home = await EngineHome.StartAsync();
        var port = new Uri((await home.Client.StatusAsync(Cancellation)).Http!);

        foreach (var method in new[] { "GET", "POST" })
        {
            var answer = await SendAsync(port, $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            Assert.Matches("^HTTP/1.1 (401|404|405|400)", answer);
            Assert.DoesNotContain("policySet", answer, StringComparison.Ordinal);
        }

        Assert.Equal(home.Engine.Id, (await home.Client.StatusAsync(Cancellation)).Pid);
    }

    [Fact]
    public async Task Another_user_is_refused_even_when_the_sockets_are_open_to_all()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only a privileged user can become another one.");
        await using var home = await EngineHome.StartAsync();
        Open(home.Outside, home.Home.Root, home.Home.RunFolder, home.Home.EngineSocket, home.Home.StdioSocket);

        var own = await ChildProcess.RunAsync("/usr/bin/curl", Curl(home));
        var other = await ChildProcess.RunAsync(
            "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/curl", .. Curl(home)]);

        Assert.Contains("policySet", own.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, other.ExitCode);
        Assert.DoesNotContain("policySet", other.Output, StringComparison.Ordinal);
        await home.Engine.ExpectAsync("another user (id 65534)");
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_refused()
    {
        await using var home = await EngineHome.StartAsync();
        var body = new string(' ', ServerLimits.ApiRequestBytesMax + 1);

        var answer = await SendToApiAsync(home,
            $"POST /v1/acts HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("VP79", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"act":"approve","subject":"t-0000000000.1","approver":"a","approved":true}""")]
    [InlineData("""{"act":"approve","act":"deny","subject":"t-0000000000.1","approver":"a"}""")]
    [InlineData("""{"act":"approve"}""")]
    [InlineData("""{"act":"approve","subject":null,"approver":"a"}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task A_request_that_is_not_exactly_what_an_address_takes_is_refused(string body)
    {
        await using var home = await EngineHome.StartAsync();

        var answer = await SendToApiAsync(home,
            $"POST /v1/challenges HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("VP7902", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_does_not_exist_says_so()
    {
        await using var home = await EngineHome.StartAsync();

        var answer = await SendToApiAsync(home, "GET /v1/approve-everything HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Contains("VP7901", answer, StringComparison.Ordinal);
    }

    private static string[] Curl(EngineHome home) =>
        ["--silent", "--show-error", "--max-time", "10", "--unix-socket", home.Home.EngineSocket, "http://engine/v1/status"];

    private static void Open(params string[] paths)
    {
        foreach (var path in paths)
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    private static async Task<string> SendToApiAsync(EngineHome home, string request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(home.Home.EngineSocket), Cancellation);
        return await ExchangeAsync(socket, request);
    }

    private static async Task<string> SendAsync(Uri address, string request)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, Cancellation);
        return await ExchangeAsync(socket, request);
    }

    private static async Task<string> ExchangeAsync(Socket socket, string request)
    {
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), Cancellation);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancellation);
    }
}
