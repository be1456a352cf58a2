using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Vetopoint.Api.Configuration;

/// <summary>A config file, read and checked.</summary>
/// <param name="Settings">Null when there is any problem: half a config is none.</param>
/// <param name="Problems">All of them, in the order of the file.</param>
public sealed record ConfigFile(EngineSettings? Settings, ImmutableArray<Problem> Problems)
{
    /// <summary>Checks the bytes of a config.</summary>
    /// <param name="file">Named in problems.</param>
    /// <param name="homeFolder">What relative folders in the config start from.</param>
    public static ConfigFile Check(string file, ReadOnlySpan<byte> bytes, string homeFolder)
    {
        var text = ConfigText.Parse(file, bytes);
        EngineSettings? settings = null;
        if (text.Root is not null)
        {
            var top = new ConfigObject(text, text.Root, "", ConfigVocabulary.Top);
            settings = Check(text, top, homeFolder);
        }

        var problems = text.Problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ToImmutableArray();
        return new ConfigFile(problems.IsEmpty ? settings : null, problems);
    }

    /// <summary>Reads and checks a config file.</summary>
    public static ConfigFile Load(string file, string homeFolder)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length > ConfigLimits.FileBytesMax
                ? Refused("VP1011", file, $"The config has {length} bytes; it may have {ConfigLimits.FileBytesMax}.", "")
                : Check(file, File.ReadAllBytes(file), homeFolder);
        }
        catch (FileNotFoundException)
        {
            return Refused("VP1010", file, $"There is no config `{file}`.", "Make one with `vetopoint init`.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Refused("VP1010", file, $"The config `{file}` cannot be read: {fault.Message}", "");
        }
    }

    private static ConfigFile Refused(string code, string file, string message, string help) =>
        new(null, [new Problem(code, file, 0, 0, message, help)]);

    private static EngineSettings Check(ConfigText text, ConfigObject top, string homeFolder)
    {
        _ = top.Text("$schema");
        var environments = Environments(top);
        var leases = LeaseCheck.CheckAll(top);
        return new EngineSettings
        {
            Owner = top.Text("owner") ?? "",
            McpServers = Upstreams(top, leases.Keys),
            Leases = leases,
            Servers = Servers(text, top, environments),
            Environments = environments,
            Agents = Agents(top, environments),
            Task = Task(top, environments),
            Mandate = Mandate(top),
            Policies = Policies(top, homeFolder),
            Holds = Holds(top),
            Listen = Listen(top),
            Limits = Limits(top),
            Record = new RecordSettings(top.Child("record", ["payloads"]).Choice("payloads", ConfigVocabulary.Payloads)),
            Outputs = Outputs(top, homeFolder),
            Witnesses = WitnessCheck.Check(top),
            Telemetry = TelemetryCheck.Check(top),
            Identity = IdentityCheck.Check(top, homeFolder),
        };
    }

    private static ImmutableArray<string> Environments(ConfigObject top)
    {
        var names = top.Texts("environments", ["prod", "staging", "test", "dev"]);
        foreach (var name in names)
            CheckName(top, top.Find("environments")?.Offset ?? 0, "environment", name);
        return names.Contains(ConfigVocabulary.Production, StringComparer.Ordinal)
            ? names
            : names.Insert(0, ConfigVocabulary.Production);
    }

    private static FrozenDictionary<string, UpstreamSettings> Upstreams(ConfigObject top, IReadOnlyCollection<string> leases)
    {
        var servers = top.Child("mcpServers", []);
        var upstreams = new Dictionary<string, UpstreamSettings>(StringComparer.Ordinal);
        foreach (var member in servers.Members)
        {
            CheckName(servers, member.Offset, "server", member.Name);
            if (UpstreamCheck.Check(servers, member, leases) is { } upstream)
                upstreams[member.Name] = upstream;
        }

        return upstreams.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, ServerSettings> Servers(
        ConfigText text, ConfigObject top, ImmutableArray<string> environments)
    {
        var servers = top.Child("servers", []);
        var settings = new Dictionary<string, ServerSettings>(StringComparer.Ordinal);
        foreach (var member in servers.Members)
        {
            CheckName(servers, member.Offset, "server", member.Name);
            // Which keys are known is for the readers to say: all but `mode` is theirs, and they check what the engine loads.
            var server = servers.Child(member, []);
            foreach (var pasted in server.Members)
            {
                if (pasted.Name is "command" or "args" or "url" or "headers" or "env")
                {
                    server.Report("VP1003", pasted.Offset, $"`{server.PathOf(pasted.Name)}` does not stand here.",
                        "What a client needs to reach a server goes under `mcpServers`; `servers` has Vetopoint's own settings for it.");
                }
            }

            var environment = server.Text("environment");
            if (environment is not null)
                CheckEnvironment(server, server.Find("environment")!.Offset, environment, environments);
            settings[member.Name] = new ServerSettings
            {
                Environment = environment,
                Mode = server.Choice("mode", ConfigVocabulary.Modes) == "observe" ? ServerMode.Observe : ServerMode.Enforce,
                Mapping = text.InPlace(member.Value),
            };
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, AgentSettings> Agents(ConfigObject top, ImmutableArray<string> environments)
    {
        var agents = top.Child("agents", []);
        var settings = new Dictionary<string, AgentSettings>(StringComparer.Ordinal);
        foreach (var member in agents.Members)
        {
            CheckName(agents, member.Offset, "agent", member.Name);
            var agent = agents.Child(member, ["owner", "accounts", "team", "purpose", "environments", "reviewBy", "runbook"]);
            var owner = agent.Text("owner");
            if (string.IsNullOrWhiteSpace(owner))
            {
                agent.Report("VP1005", member.Offset, $"The agent `{member.Name}` has no owner.",
                    "Every agent has an accountable person: set `owner`.");
                continue;
            }

            settings[member.Name] = new AgentSettings(owner, agent.Texts("accounts", []))
            {
                Team = agent.Text("team") ?? "",
                Purpose = agent.Text("purpose") ?? "",
                Environments = agent.Find("environments") is null ? null : AgentEnvironments(agent, environments),
                ReviewBy = ReviewBy(agent),
                Runbook = agent.Text("runbook") ?? "",
            };
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static ImmutableArray<string> AgentEnvironments(ConfigObject agent, ImmutableArray<string> environments)
    {
        var names = agent.Texts("environments", []);
        foreach (var name in names)
            CheckEnvironment(agent, agent.Find("environments")!.Offset, name, environments);
        return names;
    }

    private static DateOnly? ReviewBy(ConfigObject agent)
    {
        if (agent.Text("reviewBy") is not { } written)
            return null;
        if (DateOnly.TryParseExact(written, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        agent.Report("VP1006", agent.Find("reviewBy")!.Offset, $"`{agent.PathOf("reviewBy")}` cannot be `{written}`.", "Give a day, such as `2027-03-31`.");
        return null;
    }

    private static TaskSettings Task(ConfigObject top, ImmutableArray<string> environments)
    {
        var task = top.Child(
            "task", ["purpose", "effects", "environments", "servers", "calls", "objects", "bytes", "expiresAfter", "depth", "children"]);
        var effects = task.Texts("effects", [ConfigVocabulary.All]);
        foreach (var effect in effects)
        {
            if (effect != ConfigVocabulary.All && !ConfigVocabulary.Effects.Contains(effect, StringComparer.Ordinal))
            {
                task.Report("VP1007", task.Find("effects")!.Offset, $"There is no effect `{effect}`.",
                    Suggestion.Help(effect, ConfigVocabulary.Effects));
            }
        }

        var where = task.Texts("environments", [ConfigVocabulary.All]);
        foreach (var environment in where)
        {
            if (environment != ConfigVocabulary.All)
                CheckEnvironment(task, task.Find("environments")!.Offset, environment, environments);
        }

        return new TaskSettings(
            task.Text("purpose") ?? "",
            effects,
            where,
            task.Texts("servers", [ConfigVocabulary.All]),
            task.Number("calls", 1_000, 0, ConfigLimits.CountMax),
            task.Number("objects", 10_000, 0, ConfigLimits.CountMax),
            task.Number("bytes", 100L * 1024 * 1024, 0, ConfigLimits.CountMax),
            task.Duration("expiresAfter", TimeSpan.FromHours(8), ConfigLimits.TaskExpireMin, ConfigLimits.TaskExpireMax))
        {
            Depth = (int)task.Number("depth", 0, 0, ConfigLimits.TaskDepthMax),
            ChildrenMax = (int)task.Number("children", 0, 0, ConfigLimits.TaskChildrenMax),
        };
    }

    private static MandateSettings Mandate(ConfigObject top) =>
        new(top.Child("mandate", ["outside"]).Choice("outside", ConfigVocabulary.Outside) == "hold");

    private static PolicySettings Policies(ConfigObject top, string homeFolder)
    {
        var policies = top.Child("policies", ["folder", "first", "activation"]);
        return new PolicySettings(
            Path.GetFullPath(policies.Text("folder") ?? "policies", homeFolder),
            policies.Choice("first", ConfigVocabulary.First) == "hold",
            policies.Choice("activation", ConfigVocabulary.Activations) == "automatic");
    }

    private static HoldSettings Holds(ConfigObject top)
    {
        var holds = top.Child("holds", ["wait", "expire"]);
        return new HoldSettings(
            holds.Duration("wait", TimeSpan.FromSeconds(50), TimeSpan.Zero, ConfigLimits.HoldWaitMax),
            holds.Duration("expire", TimeSpan.FromHours(1), ConfigLimits.HoldExpireMin, ConfigLimits.HoldExpireMax));
    }

    private static ListenSettings Listen(ConfigObject top)
    {
        var listen = top.Child("listen", ["http", "log", "hosts", "origins", "beyondLoopback"]);
        var beyondLoopback = listen.Flag("beyondLoopback");
        return new ListenSettings(
            Address(listen, "http", "127.0.0.1:7411", beyondLoopback), listen.Texts("hosts", []), listen.Texts("origins", []))
        {
            Log = Address(listen, "log", "off", beyondLoopback),
        };
    }

    private static IPEndPoint? Address(ConfigObject listen, string name, string otherwise, bool beyondLoopback)
    {
        var written = listen.Text(name) ?? otherwise;
        IPEndPoint? address = null;
        if (written == "off")
            return null;
        if (!written.Contains(':', StringComparison.Ordinal) || !IPEndPoint.TryParse(written, out address))
        {
            listen.Report("VP1006", listen.Find(name)!.Offset, $"`listen.{name}` cannot be `{written}`.",
                "Give an address and a port, such as `127.0.0.1:7411` or `[::1]:7411`, or `off`.");
        }
        else if (!IPAddress.IsLoopback(address.Address) && !beyondLoopback)
        {
            listen.Report("VP1012", listen.Find(name)!.Offset, $"`{written}` can be reached from other machines.",
                "Use a loopback address, or set `listen.beyondLoopback` to true if this is meant.");
        }

        return address;
    }

    private static LimitSettings Limits(ConfigObject top)
    {
        var limits = top.Child("limits", ["requestBytes", "resultBytes", "callTimeout"]);
        return new LimitSettings(
            (int)limits.Number("requestBytes", 4 * 1024 * 1024, ConfigLimits.RequestBytesMin, ConfigLimits.RequestBytesMax),
            limits.Number("resultBytes", 64 * 1024 * 1024, ConfigLimits.RequestBytesMin, ConfigLimits.ResultBytesMax),
            limits.Duration("callTimeout", TimeSpan.FromMinutes(10), ConfigLimits.CallTimeoutMin, ConfigLimits.CallTimeoutMax));
    }

    private static FrozenDictionary<string, OutputSettings> Outputs(ConfigObject top, string homeFolder)
    {
        var outputs = top.Child("outputs", []);
        var settings = new Dictionary<string, OutputSettings>(StringComparer.Ordinal);
        foreach (var member in outputs.Members)
        {
            // The name is also that of the file with the output's cursor.
            if (member.Name.Length is 0 or > ConfigLimits.NameLengthMax || !member.Name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                outputs.Report("VP1006", member.Offset, $"An output cannot be called `{member.Name}`.",
                    $"Use 1 to {ConfigLimits.NameLengthMax} letters, digits, `-` and `_`.");
            }
            else if (OutputCheck.Check(outputs, member, homeFolder) is { } output)
                settings[member.Name] = output;
        }

        return settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void CheckEnvironment(ConfigObject scope, int offset, string name, ImmutableArray<string> environments)
    {
        if (!environments.Contains(name, StringComparer.Ordinal))
        {
            scope.Report("VP1007", offset, $"There is no environment `{name}`.",
                $"{Suggestion.Help(name, environments)} Or add it to `environments`.");
        }
    }

    private static void CheckName(ConfigObject scope, int offset, string kind, string name)
    {
        if (name.Length is 0 or > ConfigLimits.NameLengthMax || name.Any(char.IsControl) || name is "." or ".." or "*"
            || char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]))
        {
            scope.Report("VP1006", offset, $"The {kind} cannot be called `{name}`.",
                $"Use 1 to {ConfigLimits.NameLengthMax} characters without control characters.");
        }
    }
}
