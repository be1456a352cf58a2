using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Gates.Mcp.Callers;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Http;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Gates.Mcp.Sessions;
using Vetopoint.Gates.Mcp.Upstreams;

namespace Vetopoint.Gates.Mcp;

/// <summary>
/// The gate for the Model Context Protocol. Two ways in, one connection in lines and HTTP, and every message through the
/// decision point before it reaches a server or a client.
/// </summary>
public sealed class McpGate : IAsyncDisposable
{
    private readonly DecisionPoint _decisions;
    private readonly ToolPins _pins;
    private readonly McpGateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpUpstreams _upstreams = new();
    private readonly HttpSessionTable _sessions;
    private readonly ConditionalWeakTable<GovernedServer, ServerReader> _readers = []; // one for each server as configured
    private readonly FrontDoor _door;
    private readonly HttpGate _http;

    public McpGate(
        DecisionPoint decisions, ToolPins pins, IMcpCallers callers, IGovernedServers servers, McpGateOptions options,
        TimeProvider time, ILogger<McpGate> logger)
    {
        _decisions = decisions;
        _pins = pins;
        _options = options;
        _time = time;
        _logger = logger;
        _sessions = new HttpSessionTable(time);
        _door = new FrontDoor(callers, servers, options);
        _http = new HttpGate(
            _door, CheckpointFor, _upstreams, new ConversationTable(time), _sessions, pins, options,
            time, logger);
    }

    /// <summary>Tells before anything begins that a server's program is missing, while its client can still be told why.</summary>
    /// <exception cref="UpstreamException">It is missing.</exception>
    public static void RequireProgram(GovernedServer server)
    {
        if (server.Address is UpstreamAddress.Stdio address && !File.Exists(Executables.Find(address)))
        {
            throw new UpstreamException(
                "VP5001", $"There is no program `{address.Command}`. Install it, or write its full path.");
        }
    }

    /// <summary>Serves one client that speaks in lines, until it or its server closes or its task is stopped.</summary>
    /// <param name="client">The connection to the client, after any greeting of our own.</param>
    /// <param name="task">The task all of it belongs to.</param>
    /// <param name="server">The server; one connection or process is started for this client alone.</param>
    /// <param name="standardError">Given what a server's process writes to standard error; must not block. Null to drop it.</param>
    /// <returns>Why it ended, in words.</returns>
    /// <exception cref="UpstreamException">The server cannot be started or reached.</exception>
    public async Task<string> ServeLinesAsync(
        IDuplexPipe client, TaskHandle task, GovernedServer server, Action<ReadOnlyMemory<byte>>? standardError,
        CancellationToken cancellationToken)
    {
        await using var upstream = await ConnectAsync(task, server, standardError, cancellationToken);
        using var lines = new LineClient(client, _options.RequestBytesMax);
        await using var session = new McpSession(CheckpointFor(task, server), upstream, lines, _options, _time, _logger);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = session.RunAsync(closing.Token);
        var reading = lines.FeedAsync(session, _options.RequestBytesMax, closing.Token);
        await Task.WhenAny(running, reading);
        await closing.CancelAsync();
        await reading;
        return await running;
    }

    /// <summary>Serves one request over HTTP for a server by its name. Host, origin and caller are checked here.</summary>
    public Task HandleAsync(HttpContext context, string server) => _http.HandleAsync(context, server, ConnectAsync);

    /// <summary>The task of whoever sends a request that is for no server. Host, origin and caller are checked here.</summary>
    /// <returns>Null when the request was answered already.</returns>
    public ValueTask<TaskHandle?> CallerAsync(HttpContext context) => _door.CallerAsync(context, "");

    /// <summary>Ends every session over HTTP and closes the connections to servers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sessions.DisposeAsync();
        _upstreams.Dispose();
    }

    private Checkpoint CheckpointFor(TaskHandle task, GovernedServer server)
    {
        var reader = _readers.GetValue(server, known => new ServerReader(known, _pins));
        return new Checkpoint(
            _decisions, reader, new Releases(new OfferedTools(server.Name, _pins), reader), task, _options, _time, _logger);
    }

    private async Task<IUpstream> ConnectAsync(
        TaskHandle task, GovernedServer server, Action<ReadOnlyMemory<byte>>? standardError, CancellationToken cancellationToken) =>
        await server.AddressForAsync(task, cancellationToken) switch
        {
            UpstreamAddress.Stdio stdio => ProcessUpstream.Start(stdio, _options.ResultBytesMax, standardError, _time),
            var address => await SdkUpstream.ConnectAsync(address, _upstreams, _options.ResultBytesMax, _logger, cancellationToken),
        };
}
