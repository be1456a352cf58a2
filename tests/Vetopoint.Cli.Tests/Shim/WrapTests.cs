using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Shim;

public sealed class WrapTests : IDisposable
{
    private readonly StdioSocket _engine = new();

    [Fact]
    public async Task Greets_with_what_the_client_would_have_started()
    {
        await using var shim = ChildProcess.Start(
            Installation.Shim, ["wrap", "--home", _engine.Home, "--name", "ops", "--", "ops-server", "--db", "a b\"ö"],
            new Dictionary<string, string> { ["TOKEN"] = "for the server" }, _engine.Folder);

        var (connection, greeting) = await _engine.AcceptAsync();
        using var _ = connection;

        Assert.Equal(1, greeting.GetProperty("v").GetInt32());
        Assert.Equal("wrap", greeting.GetProperty("kind").GetString());
        Assert.Equal("ops", greeting.GetProperty("name").GetString());
        Assert.Equal(["ops-server", "--db", "a b\"ö"], greeting.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal(_engine.Folder, greeting.GetProperty("cwd").GetString());
        Assert.Equal("for the server", greeting.GetProperty("env").GetProperty("TOKEN").GetString());
    }

    [Fact]
    public async Task Names_a_server_of_the_config_without_directory_and_environment()
    {
        await using var shim = _engine.Wrap("--server", "crm");

        var (connection, greeting) = await _engine.AcceptAsync();
        using var _ = connection;

        Assert.Equal("server", greeting.GetProperty("kind").GetString());
        Assert.Equal("crm", greeting.GetProperty("server").GetString());
        Assert.False(greeting.TryGetProperty("env", out var _));
        Assert.False(greeting.TryGetProperty("cwd", out var _));
    }

    [Fact]
    public async Task Hands_on_every_byte_both_ways()
    {
        await using var shim = _engine.Wrap("--", "x");
        var (connection, _) = await _engine.AcceptAsync();
        using var held = connection;
        var large = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":\"" + new string('é', 300_000) + "\"}";

        // Read while it is written: the pipes between hold less than the line.
        var read = connection.ReadLineAsync();
        await shim.Input.WriteAsync(large + "\n");
        Assert.Equal(large, await read);

        await connection.WriteAsync(large + "\n");
        Assert.Equal(large, await shim.ReadLineAsync());
    }

    [Fact]
    public async Task Answers_what_is_pending_when_the_engine_is_lost()
    {
        await using var shim = _engine.Wrap("--", "x");
        var (connection, _) = await _engine.AcceptAsync();
        string[] messages =
        [
            """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""",
            """{"jsonrpc":"2.0","params":{"id":77,"method":"no"},"method":"tools/call","id":"two \"2\""}""",
            """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""",
            """{"jsonrpc":"2.0","id":99,"result":{"method":"no"}}""",
            """  { "id" : -3 , "method" : "a\\" , "params" : [ { "id": 4 }, "\"" ] }""",
        ];
        foreach (var message in messages)
        {
            // Byte by byte: a message may come in any pieces.
            foreach (var character in message + "\n")
            {
                await shim.Input.WriteAsync(character);
            }

            Assert.Equal(message, await connection.ReadLineAsync());
        }

        await connection.WriteAsync("""{"jsonrpc":"2.0","id":1,"result":{"tools":[{"id":"two \"2\""}]}}""" + "\n" + """{"jsonrpc":"2.0","id":-3,"resul""");
        await shim.ExpectAsync("resul");
        connection.Dispose();

        var finished = await shim.WaitForExitAsync();
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("VP1902", finished.Output, StringComparison.Ordinal);
        var errors = finished.Output.Split('\n').Where(line => line.Contains("\"error\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, line => line.StartsWith("""{"jsonrpc":"2.0","id":"two \"2\"","error":{"code":-32603,""", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.StartsWith("""{"jsonrpc":"2.0","id":-3,"error":""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lets_the_last_results_through_after_the_client_closed_its_side()
    {
        await using var shim = _engine.Wrap("--", "x");
        var (connection, _) = await _engine.AcceptAsync();
        await shim.Input.WriteAsync("""{"jsonrpc":"2.0","id":1,"method":"ping"}""" + "\n");
        shim.Input.Close();

        Assert.Contains("ping", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.True(await connection.EndsAsync());
        await connection.WriteAsync("""{"jsonrpc":"2.0","id":1,"result":{}}""" + "\n");
        connection.Dispose();

        var finished = await shim.WaitForExitAsync();
        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("result", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_why_the_engine_refused_and_makes_it_safe_to_show()
    {
        await using var shim = _engine.Wrap("--server", "crm");
        var (connection, _) = await _engine.AcceptAsync("""{"ok":false,"code":"VP5112","message":"There is no server `crm\u001b[2K`."}""");
        using var held = connection;

        var finished = await shim.WaitForExitAsync();

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("VP5112: There is no server `crm·[2K`.", finished.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Does_not_speak_MCP_to_what_is_no_engine(string answer)
    {
        await using var shim = _engine.Wrap("--", "x");
        var (connection, _) = await _engine.AcceptAsync(answer);
        using var held = connection;

        Assert.Equal(3, (await shim.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_terminated_shim_closes_its_connection()
    {
        await using var shim = _engine.Wrap("--", "x");
        var (connection, _) = await _engine.AcceptAsync();
        using var held = connection;

        shim.Signal(Signals.Terminate);

        Assert.True(await connection.EndsAsync());
        Assert.NotEqual(0, (await shim.WaitForExitAsync()).ExitCode);
    }

    [Theory]
    [InlineData]
    [InlineData("ops-server")]
    [InlineData("--server", "crm", "--", "x")]
    [InlineData("--server", "crm", "--name", "y")]
    [InlineData("--name")]
    [InlineData("--name", "--", "x")]
    [InlineData("--")]
    public async Task Refuses_a_wrong_command_line(params string[] arguments)
    {
        await using var shim = _engine.Wrap(arguments);

        Assert.Equal(2, (await shim.WaitForExitAsync()).ExitCode);
    }

    public void Dispose() => _engine.Dispose();
}
