using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp;

namespace Vetopoint.Gates.Tests.Harness;

/// <summary>A client in lines, on the other end of a connection that the gate serves.</summary>
internal sealed class LineConnection : IAgent
{
    private readonly Pipe _toGate = new();
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 1 << 26, resumeWriterThreshold: 1 << 25));
    private readonly StreamReader _lines;
    private readonly List<string> _aside = [];
    private int _id;

    public LineConnection(GateHost host, TaskHandle task, GovernedServer server)
    {
        _lines = new StreamReader(_toClient.Reader.AsStream(), new UTF8Encoding(false));
        Served = ServeAsync(host.Gate, task, server);
    }

    /// <summary>False for a client that calls what it knows from elsewhere.</summary>
    public bool ListsTools { get; init; } = true;

    /// <summary>Ends when the gate is done with the connection, and says why.</summary>
    public Task<string> Served { get; }

    /// <summary>Messages that came and were not what was waited for, in order.</summary>
    public IReadOnlyList<string> Aside => _aside;

    public async Task SendAsync(string line) => await _toGate.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The next line; null at the end.</summary>
    public async Task<string?> ReceiveAsync() => await _lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>The answer to a request; what comes before it goes aside.</summary>
    public async Task<string> AnswerAsync(string rawId)
    {
        while (await ReceiveAsync() is { } line)
        {
            var message = JsonNode.Parse(line)!;
            if (message["method"] is null && (message["id"]?.ToJsonString() ?? "null") == rawId)
                return line;
            _aside.Add(line);
        }

        throw new InvalidOperationException("the connection closed before the answer");
    }

    public async Task<JsonNode> RequestAsync(string method, string parameters)
    {
        var id = $"{Interlocked.Increment(ref _id)}";
        await SendAsync($$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"method":"{{{{method}}}}","params":{{{{parameters}}}}}""");
        return JsonNode.Parse(await AnswerAsync(id))!;
    }

    public async Task OpenAsync()
    {
        await RequestAsync("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}""");
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        if (ListsTools)
            await RequestAsync("tools/list", "{}");
    }

    public Task<JsonNode> CallAsync(string tool, string arguments) =>
        RequestAsync("tools/call", $$$$"""{"name":"{{{{tool}}}}","arguments":{{{{arguments}}}}}""");

    /// <summary>Closes the client's side.</summary>
    public async Task CloseAsync() => await _toGate.Writer.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Served.WaitAsync(TimeSpan.FromSeconds(60));
        _lines.Dispose();
    }

    private async Task<string> ServeAsync(McpGate gate, TaskHandle task, GovernedServer server)
    {
        var why = await gate.ServeLinesAsync(new Duplex(_toGate.Reader, _toClient.Writer), task, server, null, CancellationToken.None);
        await _toClient.Writer.CompleteAsync();
        return why;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>An agent's client, of any transport.</summary>
internal interface IAgent : IAsyncDisposable
{
    /// <summary>Begins as its revision has it, and lists the tools.</summary>
    Task OpenAsync();

    Task<JsonNode> CallAsync(string tool, string arguments);
}
