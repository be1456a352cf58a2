using System.Collections.Immutable;
using System.Text;
using Vetopoint.Api.Configuration;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Policies;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Server.Witnesses;

namespace Vetopoint.Server.Policies;

/// <summary>Turns the config of a set into what decisions take from it, and checks the parts that only readers understand.</summary>
internal static class ConfigReading
{
    /// <summary>What stands in a server's object and is not its mapping.</summary>
    private static readonly string[] OwnMembers = ["mode"];

    /// <param name="homeFolder">What relative folders in the config start from.</param>
    public static ReadPolicySettings For(string homeFolder) => config => Read(config, homeFolder);

    /// <summary>The operator's mapping of one server. It was checked before its set became active.</summary>
    public static (ServerMapping? Mapping, ImmutableArray<MappingProblem> Problems) MappingOf(EngineSettings settings, string server) =>
        settings.Servers.TryGetValue(server, out var own)
            ? ServerMapping.Parse(own.Mapping, $"servers.{server}", OwnMembers, settings.Environments)
            : (ServerMapping.Empty, []);

    private static PolicySettingsReading Read(PolicyFile config, string homeFolder)
    {
        var file = ConfigFile.Check(config.Name, config.Content.Span, homeFolder);
        var problems = file.Problems.Select(ToCedar).ToImmutableArray();
        if (file.Settings is null)
            return new PolicySettingsReading(null, problems);
        problems = [.. file.Settings.Servers.Keys.Order(StringComparer.Ordinal).SelectMany(server => MappingProblems(file.Settings, server))];
        problems =
        [
            .. problems,
            .. EngineWitnesses.KeyProblems(file.Settings).Select(problem => new Problem(
                WitnessCodes.KeyInvalid, ProblemSeverity.Error, config.Name, 0, 0, 0, problem.Message, "Give each witness the key that `vetopoint witness` prints when it starts.")),
        ];
        return new PolicySettingsReading(problems.IsEmpty ? ToPolicySettings(file.Settings) : null, problems);
    }

    private static IEnumerable<Problem> MappingProblems(EngineSettings settings, string server)
    {
        foreach (var problem in MappingOf(settings, server).Problems)
        {
            var (line, column) = PlaceOf(settings.Servers[server].Mapping.Span, problem.Offset);
            yield return new Problem(
                problem.Code, ProblemSeverity.Error, PolicySetLoader.ConfigName, line, column, 0,
                $"`{problem.Path}`: {problem.Message}", problem.Help);
        }
    }

    private static (int Line, int Column) PlaceOf(ReadOnlySpan<byte> inPlace, int offset)
    {
        var before = inPlace[..Math.Clamp(offset, 0, inPlace.Length)];
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }

    private static Control.Policies.PolicySettings ToPolicySettings(EngineSettings settings) => new()
    {
        Owner = settings.Owner,
        Environments = settings.Environments,
        Servers = settings.McpServers.Keys.Union(settings.Servers.Keys, StringComparer.Ordinal).ToImmutableDictionary(
            name => name,
            name => settings.Servers.TryGetValue(name, out var server)
                ? new Control.Policies.ServerSettings(server.Environment, server.Mode == ServerMode.Observe)
                : new Control.Policies.ServerSettings(null, false),
            StringComparer.Ordinal),
        AgentOwners = settings.Agents.ToImmutableDictionary(agent => agent.Key, agent => agent.Value.Owner, StringComparer.Ordinal),
        AgentAccounts = settings.Agents.ToImmutableDictionary(agent => agent.Key, agent => agent.Value.Accounts, StringComparer.Ordinal),
        LocalAccounts = [Environment.UserName],
        Mandate = new DefaultMandate(
            settings.Task.Purpose, settings.Task.Effects, settings.Task.Environments, settings.Task.Servers,
            settings.Task.CallsMax, settings.Task.ObjectsMax, settings.Task.BytesMax, settings.Task.ExpiresAfter)
        {
            Depth = settings.Task.Depth,
            ChildrenMax = settings.Task.ChildrenMax,
        },
        Outside = settings.Mandate.HoldOutside ? OutsideMandate.Hold : OutsideMandate.Deny,
        Agents = settings.Agents.ToImmutableDictionary(agent => agent.Key, agent => ToRegistration(agent.Value), StringComparer.Ordinal),
        First = settings.Policies.HoldFirst ? FirstResort.Hold : FirstResort.Downgrade,
        ActivatesAutomatically = settings.Policies.ActivateAutomatically,
        HoldsExpireAfter = settings.Holds.Expire,
        Payloads = settings.Record.Payloads switch
        {
            "arguments" => RecordedPayloads.Arguments,
            "arguments-and-results" => RecordedPayloads.ArgumentsAndResults,
            _ => RecordedPayloads.None,
        },
    };

    private static AgentRegistration ToRegistration(AgentSettings agent) => new(agent.Owner)
    {
        Team = agent.Team,
        Purpose = agent.Purpose,
        Environments = agent.Environments,
        ReviewBy = agent.ReviewBy,
        Runbook = agent.Runbook,
    };

    private static Problem ToCedar(Vetopoint.Api.Problem problem) => new(
        problem.Code, ProblemSeverity.Error, problem.File ?? PolicySetLoader.ConfigName, problem.Line, problem.Column, 0,
        problem.Message, problem.Help.Length == 0 ? null : problem.Help);
}
