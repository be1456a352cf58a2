using System.Collections.Concurrent;
using System.Collections.Frozen;
using Vetopoint.Api;
using Vetopoint.Api.Configuration;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp;
using Vetopoint.Gates.Mcp.Callers;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Server.Policies;

namespace Vetopoint.Server.Mcp;

/// <summary>The servers of the active config, as the gate reaches them.</summary>
internal sealed class ActiveServers(ActiveConfig config, LeaseDesk lending, ILogger<ActiveServers> logger) : IGovernedServers
{
    /// <summary>What a server is given of the engine's environment, as MCP clients do: enough to find programs, nothing that is a secret.</summary>
    private static readonly string[] Inherited = ["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TERM", "TZ", "USER"];

    private Known? _known; // swapped whole with the config

    public GovernedServer? Find(string name)
    {
        try
        {
            return Open(name);
        }
        catch (ProblemException problem)
        {
            McpLog.ServerUnusable(logger, name, problem.Message);
            return null;
        }
    }

    /// <summary>A server of the config's <c>mcpServers</c>; null when it has none of this name.</summary>
    /// <exception cref="ProblemException">The server cannot be used; the problem says why.</exception>
    public GovernedServer? Open(string name)
    {
        var known = Current();
        var settings = known.Settings;
        if (known.Servers.TryGetValue(name, out var server))
            return server;
        if (!settings.McpServers.TryGetValue(name, out var upstream) || upstream.Disabled)
            return null;
        return known.Servers.GetOrAdd(name, Governed(name, AddressOf(name, upstream, NotLeased)) with { Lend = LendingOf(name, upstream) });
    }

    /// <summary>A server that its client names and starts through us.</summary>
    /// <exception cref="ProblemException">The name belongs to a server of the config.</exception>
    public GovernedServer Wrap(string name, UpstreamAddress.Stdio address)
    {
        var settings = config.Current;
        if (settings.McpServers.ContainsKey(name))
        {
            throw new ProblemException(new Problem("VP5101", null, 0, 0,
                $"The name `{name}` belongs to a server of the config, so another command cannot use it.",
                $"Reach that server with `vetopoint wrap --server {name}`, or wrap the command under another name."));
        }

        return Governed(name, address);
    }

    /// <summary>A session outlives a change of the config, so it asks for the mapping that is active at each message.</summary>
    private GovernedServer Governed(string name, UpstreamAddress address) =>
        new(name, address) { Mapping = Current().MappingOf(name), LiveMapping = () => Current().MappingOf(name) };

    private Known Current()
    {
        var settings = config.Current;
        var known = Volatile.Read(ref _known);
        if (known is null || !ReferenceEquals(known.Settings, settings))
            Volatile.Write(ref _known, known = new Known(settings));
        return known;
    }

    private static ServerMapping MappingOf(EngineSettings settings, string name) =>
        ConfigReading.MappingOf(settings, name).Mapping
        ?? throw new InvalidOperationException("The mappings of an active set were checked before it became active.");

    /// <summary>Where parts of leases stand, there is something only for a task.</summary>
    private static string? NotLeased(string inside) => Placeholder.TryLease(inside, out _, out _) ? "(leased)" : Environment.GetEnvironmentVariable(inside);

    /// <summary>Null when nothing of the server is leased.</summary>
    private Func<TaskHandle, CancellationToken, Task<UpstreamAddress>>? LendingOf(string name, UpstreamSettings upstream)
    {
        var leases = Placeholder.LeasesIn(upstream is StdioUpstream stdio ? stdio.Environment.Values : ((HttpUpstream)upstream).Headers.Values).ToList();
        return leases.Count == 0 ? null : (task, cancellationToken) => LendAsync(name, upstream, leases, task, cancellationToken);
    }

    /// <exception cref="UpstreamException">A lease cannot be had.</exception>
    private async Task<UpstreamAddress> LendAsync(
        string name, UpstreamSettings upstream, IReadOnlyList<string> leases, TaskHandle task, CancellationToken cancellationToken)
    {
        var credentials = new Dictionary<string, LeasedCredential>(StringComparer.Ordinal);
        try
        {
            foreach (var lease in leases)
                credentials[lease] = await lending.TakeAsync(task, lease, cancellationToken);
            return AddressOf(name, upstream, inside => Placeholder.TryLease(inside, out var lease, out var part)
                ? part is null ? credentials[lease].Main : credentials[lease].Field(part)
                : Environment.GetEnvironmentVariable(inside));
        }
        catch (LeaseException refused)
        {
            McpLog.ServerUnusable(logger, name, refused.Message);
            throw new UpstreamException("VP5061", "The server's credential for this task cannot be had. Ask the owner to look into the engine's log.", refused);
        }
        catch (LedgerException refused)
        {
            McpLog.ServerUnusable(logger, name, refused.Message);
            throw new UpstreamException("VP5104", "The record cannot be written, so no credential is given.", refused);
        }
        catch (ProblemException wrong)
        {
            McpLog.ServerUnusable(logger, name, wrong.Message);
            throw new UpstreamException("VP5061", "The server's credential for this task cannot be had. Ask the owner to look into the engine's log.", wrong);
        }
    }

    private static UpstreamAddress AddressOf(string name, UpstreamSettings upstream, Func<string, string?> variable) => upstream switch
    {
        StdioUpstream stdio => new UpstreamAddress.Stdio(
            stdio.Command, stdio.Arguments, EnvironmentOf(name, stdio, variable), stdio.WorkingDirectory ?? HomeFolder),
        HttpUpstream { Sse: true } sse => new UpstreamAddress.Sse(sse.Url, Filled(name, sse.Headers, variable)),
        HttpUpstream http => new UpstreamAddress.Http(http.Url, Filled(name, http.Headers, variable)),
        _ => throw new InvalidOperationException("There is no other kind of upstream."),
    };

    private static string HomeFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } folder ? folder : "/";

    private static Dictionary<string, string> EnvironmentOf(string name, StdioUpstream stdio, Func<string, string?> given)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in Inherited)
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
                environment[variable] = value;
        }

        foreach (var (variable, value) in Filled(name, stdio.Environment, given))
            environment[variable] = value;
        return environment;
    }

    private static FrozenDictionary<string, string> Filled(
        string server, FrozenDictionary<string, string> values, Func<string, string?> variable) =>
        Placeholder.FillAll(values, variable, (missing, name) => new Problem("VP5102", null, 0, 0,
            $"The server `{server}` needs the variable `{missing}` for `{name}`, and the engine's environment has none.",
            "Set it and start the engine again: `vetopoint stop`, then `vetopoint serve`."));

    /// <summary>What one config says, read once for each server.</summary>
    private sealed class Known(EngineSettings settings)
    {
        private readonly ConcurrentDictionary<string, ServerMapping> _mappings = new(StringComparer.Ordinal);

        public EngineSettings Settings => settings;

        public ConcurrentDictionary<string, GovernedServer> Servers { get; } = new(StringComparer.Ordinal);

        /// <summary>Kept only for servers the config names: a wrap may have any name.</summary>
        public ServerMapping MappingOf(string name) => settings.Servers.ContainsKey(name)
            ? _mappings.GetOrAdd(name, static (name, settings) => ActiveServers.MappingOf(settings, name), settings)
            : ServerMapping.Empty;
    }
}
