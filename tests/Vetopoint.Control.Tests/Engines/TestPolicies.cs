using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Policies;

namespace Vetopoint.Control.Tests.Engines;

/// <summary>Policy sets for tests: the shipped pack, or policies of a test's own, always under the shipped contract.</summary>
internal static class TestPolicies
{
    /// <summary>Permits everything; add a forbid to it.</summary>
    public const string PermitAll = """
        @id("all")
        @reason("Everything is permitted.")
        permit (principal, action, resource);
        """;

    private static readonly ImmutableArray<string> ServerNames = ["ops", "crm"];

    private static string Folder { get; } = Path.Combine(RepositoryRoot(), "policies");

    /// <summary>A test's config: the members that decisions take, each with a default.</summary>
    public sealed record Config
    {
        public string First { get; init; } = "downgrade";
        public bool Automatic { get; init; }
        public ImmutableArray<string> Observed { get; init; } = [];
        public ImmutableArray<string> Effects { get; init; } = ["*"];
        public ImmutableArray<string> Environments { get; init; } = ["*"];
        public ImmutableArray<string> Servers { get; init; } = ["*"];
        public ImmutableDictionary<string, ImmutableArray<string>> Accounts { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;
        public long Calls { get; init; } = 1000;
        public long Objects { get; init; } = 10_000;
        public long Bytes { get; init; } = 100_000_000;
        public double Hours { get; init; } = 8;
        public double HoldHours { get; init; } = 1;
        public string Outside { get; init; } = "deny";
        public string Owner { get; init; } = "ada";
        public ImmutableDictionary<string, AgentRegistration> Agents { get; init; } = ImmutableDictionary<string, AgentRegistration>.Empty;
        public int Depth { get; init; }
        public int Children { get; init; }
        public RecordedPayloads Payloads { get; init; } = RecordedPayloads.Arguments;
    }

    /// <summary>The pack as it is shipped.</summary>
    public static IReadOnlyList<PolicyFile> Default(Config? config = null) =>
    [
        .. Directory.EnumerateFiles(Folder, "*.cedar").Select(path => new PolicyFile("policies/" + Path.GetFileName(path), File.ReadAllBytes(path))),
        SchemaFile(),
        ConfigFile(config ?? new Config()),
    ];

    /// <summary>Policies of a test's own.</summary>
    public static IReadOnlyList<PolicyFile> Of(string policies, Config? config = null) =>
        [new("policies/test.cedar", Encoding.UTF8.GetBytes(policies)), SchemaFile(), ConfigFile(config ?? new Config())];

    public static PolicyFile ConfigFile(Config config) =>
        new(PolicySetLoader.ConfigName, JsonSerializer.SerializeToUtf8Bytes(config));

    public static PolicySettingsReading ReadSettings(PolicyFile file)
    {
        try
        {
            var config = JsonSerializer.Deserialize<Config>(file.Content.Span)!;
            return new PolicySettingsReading(
                new PolicySettings
                {
                    Owner = config.Owner,
                    Agents = config.Agents,
                    AgentOwners = config.Agents.ToImmutableDictionary(agent => agent.Key, agent => agent.Value.Owner),
                    Environments = ["prod", "staging", "test", "dev"],
                    Servers = ServerNames.ToImmutableDictionary(name => name, name => new ServerSettings(null, config.Observed.Contains(name))),
                    Mandate = new DefaultMandate(
                        "tests", config.Effects, config.Environments, config.Servers, config.Calls, config.Objects, config.Bytes,
                        TimeSpan.FromHours(config.Hours))
                    {
                        Depth = config.Depth,
                        ChildrenMax = config.Children,
                    },
                    First = config.First == "hold" ? FirstResort.Hold : FirstResort.Downgrade,
                    AgentAccounts = config.Accounts,
                    Outside = config.Outside == "hold" ? OutsideMandate.Hold : OutsideMandate.Deny,
                    LocalAccounts = ["tester"],
                    ActivatesAutomatically = config.Automatic,
                    HoldsExpireAfter = TimeSpan.FromHours(config.HoldHours),
                    Payloads = config.Payloads,
                },
                []);
        }
        catch (JsonException exception)
        {
            return new PolicySettingsReading(
                null, [new Problem("VP1000", ProblemSeverity.Error, file.Name, 1, 1, 0, exception.Message, null)]);
        }
    }

    private static PolicyFile SchemaFile() =>
        new(PolicySetLoader.SchemaName, File.ReadAllBytes(Path.Combine(Folder, "vetopoint.cedarschema")));

    internal static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Vetopoint.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the checkout.");
    }
}
