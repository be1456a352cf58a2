using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Servers;

/// <summary>The scripted server, which misbehaves by the name of the tool, behind Vetopoint; and another session beside it.</summary>
internal sealed class Scripted : IAsyncDisposable
{
    public const string Name = "scripted";
    public const string Bystander = "bystander";

    private Scripted(Installation installation) => Installation = installation;

    public Installation Installation { get; }

    /// <summary>A client of the misbehaving server.</summary>
    public AgentClient Agent { get; private set; } = null!;

    /// <summary>A client of another process of it.</summary>
    public AgentClient Other { get; private set; } = null!;

    /// <param name="change">Changes the config before the engine starts.</param>
    public static async Task<Scripted> StartAsync(Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["mcpServers"] = new JsonObject { [Name] = Command(), [Bystander] = Command() },
            // Its number is of notifications, not of objects.
            ["servers"] = new JsonObject
            {
                [Name] = JsonNode.Parse("""{ "tools": { "read_flood": { "effect": "read", "target": { "kind": "note", "name": "all" }, "objects": 1 } } }"""),
            },
            ["holds"] = OperationsConfig.Holds(TimeSpan.Zero),
        };
        change?.Invoke(config);
        var scripted = new Scripted(await Installation.StartUnattendedAsync(config));
        try
        {
            scripted.Agent = await scripted.ConnectAsync(Name);
            scripted.Other = await scripted.ConnectAsync(Bystander);
            await scripted.Agent.ListToolsAsync();
            await scripted.Other.ListToolsAsync();
            return scripted;
        }
        catch
        {
            await scripted.DisposeAsync();
            throw;
        }
    }

    public Task<AgentClient> ConnectAsync(string server) => AgentClient.ConnectAsync(
        AgentClient.Stdio(Installation.Shim, Installation.WrapServer(server)), Revisions.Stateful);

    /// <summary>The other session goes on, and the record is whole.</summary>
    public async Task OthersAreUndisturbedAsync()
    {
        Assert.NotEqual(true, (await Other.CallAsync("read_note", new { id = 1 })).IsError);
        await Installation.VerifyLedgerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
            await Agent.DisposeAsync();
        if (Other is not null)
            await Other.DisposeAsync();
        await Installation.DisposeAsync();
    }

    private static JsonObject Command() => new() { ["command"] = Repository.Built("Vetopoint.Testing.Upstream", "scripted-upstream") };
}
