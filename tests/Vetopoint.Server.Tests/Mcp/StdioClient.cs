using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Server.Tests.Engines;

namespace Vetopoint.Server.Tests.Mcp;

/// <summary>What a shim does, in raw lines.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
internal sealed class StdioClient : IDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private StdioClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
        _reader = new StreamReader(_stream, new UTF8Encoding(false));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<StdioClient> ConnectAsync(EngineHome home)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(home.Home.StdioSocket), Cancellation);
        return new StdioClient(socket);
    }

    /// <summary>Greets for the scripted server and initializes a session with it.</summary>
    public static async Task<StdioClient> OpenAsync(EngineHome home, string name = "notes")
    {
        var client = await ConnectAsync(home);
        var answer = await client.AskAsync(Wrap(home, name));
        Assert.True((bool?)answer["ok"], answer.ToJsonString());
        client.Task = (string)answer["task"]!;
        var initialized = await client.AskAsync("""
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
            """);
        Assert.Equal("scripted", (string?)initialized["result"]!["serverInfo"]!["name"]);
        await client.SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return client;
    }

    public string Task { get; private set; } = "";

    public static string Wrap(EngineHome home, string name) => new JsonObject
    {
        ["v"] = 1,
        ["kind"] = "wrap",
        ["name"] = name,
        ["command"] = new JsonArray(EngineHome.Upstream),
        ["cwd"] = home.Outside,
        ["env"] = new JsonObject { ["PATH"] = Environment.GetEnvironmentVariable("PATH"), ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "" },
        ["client"] = "test",
    }.ToJsonString();

    public async Task SendAsync(string line) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(line.Trim() + "\n"), Cancellation);

    /// <summary>The next line that is not a notification; null when the engine closed.</summary>
    public async Task<JsonNode?> ReadAsync()
    {
        while (await _reader.ReadLineAsync(Cancellation) is { } line)
        {
            var message = JsonNode.Parse(line)!;
            if (message["method"] is null)
                return message;
        }

        return null;
    }

    public async Task<JsonNode> AskAsync(string line)
    {
        await SendAsync(line);
        return await ReadAsync() ?? throw new InvalidOperationException("The engine closed the connection without an answer.");
    }

    public Task<JsonNode> CallAsync(int id, string tool, string arguments = "{}") => AskAsync(
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""");

    public Task<JsonNode> ListAsync(int id) => AskAsync($$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/list","params":{}}""");

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _socket.Dispose();
    }
}
