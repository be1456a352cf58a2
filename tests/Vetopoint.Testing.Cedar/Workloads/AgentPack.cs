using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Vetopoint.Cedar.Values;
using Vetopoint.Testing.Cedar.Cases;

namespace Vetopoint.Testing.Cedar.Workloads;

/// <summary>
/// A policy set as an operator of agents has: the shape of the default pack (permit, then holds by effect), and rules for single
/// agents, servers, tools and environments, whose number grows with the installation. However many there are, few can apply to
/// one call.
/// </summary>
public static class AgentPack
{
    private const ulong Seed = 20_261_122;
    private const int RequestCount = 512;
    private const int ResourceCount = 400;
    private const int ToolsPerServer = 5;

    private const string Schema = """
        entity Agent = { id: String, owner: String, trust: String };
        entity Environment;
        entity Server;
        entity Tool in [Server];
        entity Resource in [Tool, Server, Environment] = {
          kind: String, name: String, environment: String, environment_known: Bool, sensitivity: Set<String>, sensitive: Bool
        };
        type Destination = { kind: String, name: String, environment: String };
        type Attempt = {
          assurance: Long, understood: Bool, suspicious: Bool, method: String, cross_environment: Bool, bulk: Bool, labels: Set<String>,
          blast: { objects?: Long, bytes?: Long, reversibility: String }, destination?: Destination, task: { purpose: String, calls: Long, objects: Long }
        };
        action "destructive";
        action "privilege";
        action "disclosure";
        action "read", "create", "update", "execute" appliesTo { principal: Agent, resource: Resource, context: Attempt };
        action "send", "export" in ["disclosure"] appliesTo { principal: Agent, resource: Resource, context: Attempt };
        action "overwrite", "delete", "purge" in ["destructive"] appliesTo { principal: Agent, resource: Resource, context: Attempt };
        action "grant", "assign_role" in ["privilege"] appliesTo { principal: Agent, resource: Resource, context: Attempt };
        """;

    private static readonly string[] Core =
    [
        "permit (principal, action, resource);",
        """forbid (principal, action in Action::"destructive", resource) unless { context.assurance >= 2 || (context.understood && action != Action::"purge" && resource.environment_known && resource.environment != "prod" && context.blast has objects && context.blast.objects <= 100) };""",
        """forbid (principal, action == Action::"purge", resource) when { resource.environment == "prod" } unless { context.assurance >= 4 };""",
        """forbid (principal, action, resource) when { resource.sensitive && context.bulk } unless { context.assurance >= 2 };""",
        """forbid (principal, action in Action::"disclosure", resource) when { resource.sensitivity.contains("secret") };""",
        """forbid (principal, action == Action::"send", resource) when { resource.sensitive || !context.labels.isEmpty() } unless { context.assurance >= 2 };""",
        """forbid (principal, action, resource) when { context.cross_environment } unless { context.assurance >= 2 };""",
        """forbid (principal, action in Action::"privilege", resource) when { resource.name == principal.id || (context has destination && context.destination.name == principal.id) };""",
        """forbid (principal, action, resource) unless { context.understood || context.assurance >= 2 };""",
        """forbid (principal, action, resource) when { context.suspicious } unless { context.assurance >= 2 };""",
    ];

    private static readonly string[] Actions = ["read", "read", "read", "read", "create", "update", "update", "execute", "send", "export", "overwrite", "delete", "purge", "grant"];

    /// <param name="policies">How many; at least ten.</param>
    public static CedarCase Make(int policies)
    {
        var dice = new Dice(Seed + (ulong)policies);
        var servers = Math.Max(2, policies / 20);
        var agents = Math.Max(4, policies / 25);
        var texts = ImmutableArray.CreateBuilder<string>(policies);
        texts.AddRange(Core);
        while (texts.Count < policies)
            texts.Add(Rule(texts.Count, dice, servers, agents));
        var (entities, resources) = Entities(dice, servers, agents);
        var requests = Enumerable.Range(0, RequestCount).Select(_ => Request(dice, agents, resources));
        return new CedarCase(string.Create(CultureInfo.InvariantCulture, $"agent{policies}"), Schema, texts.DrainToImmutable(), entities, [.. requests]);
    }

    private static string Rule(int index, Dice dice, int servers, int agents)
    {
        var server = dice.Next(servers);
        var tool = $"""Tool::"s{server}/t{dice.Next(ToolsPerServer)}" """.TrimEnd();
        var agent = $"""Agent::"a{dice.Next(agents)}" """.TrimEnd();
        var number = dice.Next(1_000);
        return (index % 8) switch
        {
            0 => $$"""forbid (principal, action == Action::"delete", resource in {{tool}}) unless { context.assurance >= 2 || (context.blast has objects && context.blast.objects <= {{number}}) };""",
            1 => $$"""forbid (principal == {{agent}}, action in Action::"destructive", resource in Environment::"prod") unless { context.assurance >= 3 };""",
            2 => $$"""permit (principal == {{agent}}, action in [Action::"read", Action::"create"], resource in Server::"s{{server}}") when { context.understood && !context.suspicious };""",
            3 => $$"""forbid (principal, action in Action::"disclosure", resource in Server::"s{{server}}") when { resource.sensitivity.contains("pii") && context has destination && context.destination.environment != "prod" } unless { context.assurance >= 2 };""",
            4 => $$"""forbid (principal, action == Action::"update", resource in {{tool}}) when { context.task.objects + 10 > {{number * 100}} } unless { context.assurance >= 2 };""",
            5 => $$"""forbid (principal, action == Action::"send", resource in {{tool}}) unless { context.assurance >= 2 || (context has destination && context.destination.name like "*@team{{number}}.example") };""",
            6 => $$"""forbid (principal == {{agent}}, action, resource is Resource in Server::"s{{server}}") when { ["health", "financial"].containsAny(context.labels) } unless { context.assurance >= 2 };""",
            _ => $$"""forbid (principal, action == Action::"execute", resource == Resource::"r{{dice.Next(ResourceCount)}}-{{number}}") unless { context.assurance >= 3 };""",
        };
    }

    private static (JsonArray Entities, EntityUid[] Resources) Entities(Dice dice, int servers, int agents)
    {
        var entities = new JsonArray();
        string[] environments = ["dev", "staging", "prod"];
        foreach (var environment in environments)
            entities.Add((JsonNode)CaseJson.Entity(new EntityUid("Environment", environment), []));
        for (var i = 0; i < agents; i++)
        {
            var attributes = new JsonObject { ["id"] = $"a{i}", ["owner"] = $"person{i % 7}", ["trust"] = "trusted" };
            entities.Add((JsonNode)CaseJson.Entity(new EntityUid("Agent", $"a{i}"), attributes));
        }

        for (var i = 0; i < servers; i++)
        {
            var server = new EntityUid("Server", $"s{i}");
            entities.Add((JsonNode)CaseJson.Entity(server, []));
            for (var tool = 0; tool < ToolsPerServer; tool++)
                entities.Add((JsonNode)CaseJson.Entity(new EntityUid("Tool", $"s{i}/t{tool}"), [], server));
        }

        var resources = new EntityUid[ResourceCount];
        for (var i = 0; i < resources.Length; i++)
        {
            var environment = dice.Pick(environments);
            var sensitive = dice.Chance(25);
            resources[i] = new EntityUid("Resource", $"r{i}");
            var attributes = new JsonObject
            {
                ["kind"] = "table",
                ["name"] = $"orders_{i}",
                ["environment"] = environment,
                ["environment_known"] = true,
                ["sensitive"] = sensitive,
                ["sensitivity"] = sensitive ? new JsonArray(dice.Pick("pii", "financial", "health")) : [],
            };
            entities.Add((JsonNode)CaseJson.Entity(
                resources[i], attributes,
                new EntityUid("Tool", $"s{dice.Next(servers)}/t{dice.Next(ToolsPerServer)}"), new EntityUid("Environment", environment)));
        }

        return (entities, resources);
    }

    private static CaseRequest Request(Dice dice, int agents, EntityUid[] resources)
    {
        var context = new JsonObject
        {
            ["assurance"] = dice.Pick(0, 0, 0, 2, 2, 3, 4),
            ["understood"] = dice.Chance(90),
            ["suspicious"] = dice.Chance(3),
            ["method"] = "tools/call",
            ["cross_environment"] = dice.Chance(4),
            ["bulk"] = dice.Chance(10),
            ["labels"] = dice.Chance(15) ? new JsonArray(dice.Pick("pii", "health")) : [],
            ["blast"] = new JsonObject { ["objects"] = dice.Next(400), ["bytes"] = dice.Next(100_000), ["reversibility"] = dice.Pick("none", "window", "full") },
            ["task"] = new JsonObject { ["purpose"] = "clean up", ["calls"] = dice.Next(50), ["objects"] = dice.Next(5_000) },
        };
        if (dice.Chance(30))
            context["destination"] = new JsonObject { ["kind"] = "mail", ["name"] = $"x@team{dice.Next(1_000)}.example", ["environment"] = dice.Pick("dev", "prod") };
        return new CaseRequest(
            new EntityUid("Agent", $"a{dice.Next(agents)}"), new EntityUid("Action", dice.Pick(Actions)), dice.Pick(resources), context);
    }
}
