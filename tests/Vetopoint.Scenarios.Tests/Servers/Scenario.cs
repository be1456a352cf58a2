using System.Text.Json.Nodes;
using ModelContextProtocol.Client;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Servers;

/// <summary>One operations server behind one Vetopoint of its own. The record is verified when a scenario ends well.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    /// <summary>The name the server has in the config and in policies.</summary>
    public const string ServerName = "operations";

    private Scenario(OperationsServer server, Installation installation)
    {
        Server = server;
        Installation = installation;
    }

    public OperationsServer Server { get; }

    public Installation Installation { get; }

    /// <param name="wait">How long a held call waits for a person.</param>
    /// <param name="change">Changes the config before the engine starts.</param>
    /// <param name="policies">Files beside the default pack.</param>
    /// <param name="hasApprover">False where no person has to do anything.</param>
    public static async Task<Scenario> StartAsync(
        TimeSpan wait, Action<JsonObject>? change = null, IReadOnlyDictionary<string, string>? policies = null,
        bool hasApprover = true)
    {
        var server = await OperationsServer.SeedAsync();
        try
        {
            var config = Config(wait, change);
            return new Scenario(server, hasApprover
                ? await Installation.StartAsync(config, policies)
                : await Installation.StartUnattendedAsync(config, policies));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public static JsonObject Config(TimeSpan wait, Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["mcpServers"] = new JsonObject(),
            ["servers"] = new JsonObject { [ServerName] = OperationsConfig.Mapping() },
            ["holds"] = OperationsConfig.Holds(wait),
        };
        change?.Invoke(config);
        return config;
    }

    /// <summary>A client that starts the server through <c>vetopoint wrap</c>: one task for each.</summary>
    public Task<AgentClient> ConnectAsync(string revision = Revisions.Stateful, Action<string>? errors = null) =>
        AgentClient.ConnectAsync(Transport(errors), revision);

    public IClientTransport Transport(Action<string>? errors = null) => AgentClient.Stdio(
        Installation.Shim,
        Installation.Wrap(ServerName, Repository.OperationsServer, Server.StdioArguments),
        errors);

    /// <summary>Checks the record; called at the end of each scenario.</summary>
    public Task VerifyAsync() => Installation.VerifyLedgerAsync();

    public async ValueTask DisposeAsync()
    {
        await Installation.DisposeAsync();
        await Server.DisposeAsync();
    }
}
