using System.Net;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Homes;
using Vetopoint.Gates.Mcp;
using Vetopoint.Identity;
using Vetopoint.Server.Composition;
using Vetopoint.Server.Logging;
using Vetopoint.Server.Mcp;

namespace Vetopoint.Server.Listening;

/// <summary>
/// Everything the engine listens on. The user's own programs and agents have a server of their own each, so that no path leads from
/// the one to the other.
/// </summary>
internal sealed class Listeners : IAsyncDisposable
{
    private readonly HomeDirectory _home;
    private readonly McpGate _gate;
    private readonly TaskTokenService? _tokens;
    private readonly List<WebApplication> _apps = [];

    private Listeners(HomeDirectory home, McpGate gate, TaskTokenService? tokens)
    {
        _home = home;
        _gate = gate;
        _tokens = tokens;
    }

    /// <exception cref="ProblemException">An address is taken.</exception>
    public static async Task<Listeners> StartAsync(EngineParts parts, EngineControls controls, LogFile log)
    {
        var logger = parts.Loggers.CreateLogger<Listeners>();
        var config = parts.Config.Current;
        controls.Started = config;
        var servers = new ActiveServers(parts.Config, parts.Lending, parts.Loggers.CreateLogger<ActiveServers>());
#pragma warning disable CA2000 // The listeners own it.
        var tokens = TokensOf(parts, config);
        controls.SigningKeys = tokens?.Keys;
        var listeners = new Listeners(parts.Home, GateOf(parts, servers, tokens, config), tokens);
#pragma warning restore CA2000
        try
        {
            if (config.Listen.Http is { } address)
                await listeners.StartAgentsAsync(AgentListener.Build(parts, address, listeners._gate, tokens, log), address, controls, logger);

            if (config.Listen.Log is { } auditors)
                await listeners.StartAuditorsAsync(LogListener.Build(parts, auditors, log), auditors, controls, logger);

            var sessions = new StdioSessions(listeners._gate, servers, parts, controls, parts.Loggers.CreateLogger<StdioSessions>());
            var api = ApiListener.Build(parts, controls, sessions, log);
            listeners._apps.Add(api);
            await StartAsync(api, parts.Home.EngineSocket, controls.Stopping);
            UnixSockets.Narrow(parts.Home.EngineSocket);
            UnixSockets.Narrow(parts.Home.StdioSocket);
            ListeningLog.Listening(logger, parts.Home.EngineSocket);
            return listeners;
        }
        catch
        {
            await listeners.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// An address that is taken does not keep the engine from starting: nobody reaches a server past the gate by that, and a person
    /// could not activate another address without an engine.
    /// </summary>
    private async Task StartAgentsAsync(WebApplication agents, IPEndPoint address, EngineControls controls, ILogger logger)
    {
        try
        {
            await StartAsync(agents, address.ToString(), controls.Stopping);
            _apps.Add(agents);
            controls.HttpAddress = AgentListener.AddressOf(agents);
            if (_tokens is not null && (controls.Started?.Identity?.Url ?? UrlOf(controls.HttpAddress)) is { } url)
                _tokens.SetAddress(url);
            ListeningLog.Listening(logger, controls.HttpAddress ?? "");
        }
        catch (ProblemException taken)
        {
            controls.HttpProblem = taken.Problems[0];
            ListeningLog.NotListening(logger, taken.Message);
            await agents.DisposeAsync();
        }
    }

    /// <summary>As for agents: an address that is taken keeps nobody from being governed.</summary>
    private async Task StartAuditorsAsync(WebApplication auditors, IPEndPoint address, EngineControls controls, ILogger logger)
    {
        try
        {
            await StartAsync(auditors, address.ToString(), controls.Stopping);
            _apps.Add(auditors);
            controls.LogAddress = AgentListener.AddressOf(auditors);
            ListeningLog.Listening(logger, controls.LogAddress ?? "");
        }
        catch (ProblemException taken)
        {
            controls.LogProblem = taken.Problems[0];
            ListeningLog.LogNotListening(logger, taken.Message);
            await auditors.DisposeAsync();
        }
    }

    /// <summary>Takes no more connections, lets what is in flight finish within a limit, and cuts the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_apps.Select(app => app.StopAsync(CancellationToken.None)));
        foreach (var app in _apps)
            await app.DisposeAsync();
        await _gate.DisposeAsync();
        _tokens?.Dispose();
        UnixSockets.Remove(_home.EngineSocket);
        UnixSockets.Remove(_home.StdioSocket);
    }

    private static Uri? UrlOf(string? address) => address is null ? null : new Uri(address);

    /// <summary>Null without an identity in the config: then nothing of it is loaded.</summary>
    private static TaskTokenService? TokensOf(EngineParts parts, EngineSettings config)
    {
        if (config.Identity is not { } identity || config.Listen.Http is null)
            return null;
        try
        {
            return new TaskTokenService(
                new TaskTokenOptions
                {
                    KeysFolder = parts.Home.IdentityFolder,
                    Settings = () => parts.Config.Current.Identity,
                    IsServer = name => parts.Config.Current.McpServers.ContainsKey(name),
                    IsTls = identity.Tls is not null,
                },
                parts.Tasks, parts.Time, parts.Loggers.CreateLogger<TaskTokenService>());
        }
        catch (IOException fault)
        {
            throw new ProblemException(new Problem("VP7101", parts.Home.IdentityFolder, 0, 0, fault.Message, ""));
        }
    }

    private static McpGate GateOf(EngineParts parts, ActiveServers servers, TaskTokenService? tokens, EngineSettings config) => new(
        parts.Decisions, parts.Tools, new KeyCallers(parts.Keys, parts.TaskKeys, tokens), servers,
        new McpGateOptions
        {
            HoldWait = config.Holds.Wait,
            CallTimeout = config.Limits.CallTimeout,
            RequestBytesMax = config.Limits.RequestBytes,
            ResultBytesMax = (int)Math.Min(config.Limits.ResultBytes, Array.MaxLength),
            Hosts = config.Listen.Hosts,
            Origins = config.Listen.Origins,
            TracesArguments = config.Telemetry is { Arguments: true },
        },
        parts.Time, parts.Loggers.CreateLogger<McpGate>());

    private static async Task StartAsync(WebApplication app, string address, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException fault)
        {
            throw new ProblemException(new Problem("VP1206", null, 0, 0, $"The engine cannot listen on `{address}`: {fault.Message}",
                "Free the address, or set another in `listen` (`vetopoint policy activate` makes it count)."));
        }
        catch (System.Net.Sockets.SocketException fault)
        {
            throw new ProblemException(new Problem("VP1206", null, 0, 0, $"The engine cannot listen on `{address}`: {fault.Message}", ""));
        }
    }
}
