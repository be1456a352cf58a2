using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vetopoint.Api.Configuration;

/// <summary>The config, checked: every value is present, in range and refers to something that exists.</summary>
public sealed record EngineSettings
{
    /// <summary>The accountable person of tasks that name no agent; empty when the config names none.</summary>
    public required string Owner { get; init; }

    /// <summary>Upstream servers by name, as MCP clients write them.</summary>
    public required FrozenDictionary<string, UpstreamSettings> McpServers { get; init; }

    /// <summary>Vetopoint's own settings for servers, also for wrapped ones that stand in no config.</summary>
    public required FrozenDictionary<string, ServerSettings> Servers { get; init; }

    /// <summary>The environments that policies may name; <c>prod</c> is always one.</summary>
    public required ImmutableArray<string> Environments { get; init; }

    /// <summary>Accountable owners by agent id.</summary>
    public required FrozenDictionary<string, AgentSettings> Agents { get; init; }

    /// <summary>The default mandate.</summary>
    public required TaskSettings Task { get; init; }

    public required MandateSettings Mandate { get; init; }

    public required PolicySettings Policies { get; init; }

    public required HoldSettings Holds { get; init; }

    public required ListenSettings Listen { get; init; }

    public required LimitSettings Limits { get; init; }

    public required RecordSettings Record { get; init; }

    /// <summary>How credentials for single tasks are made, by name.</summary>
    public required FrozenDictionary<string, LeaseSettings> Leases { get; init; }

    /// <summary>Where the record's events go, by name.</summary>
    public required FrozenDictionary<string, OutputSettings> Outputs { get; init; }

    /// <summary>Who is asked to cosign the record's log, by name.</summary>
    public required FrozenDictionary<string, WitnessSettings> Witnesses { get; init; }

    /// <summary>Where traces, metrics and logs go; null for nowhere.</summary>
    public TelemetrySettings? Telemetry { get; init; }

    /// <summary>Null when agents have keys and no task tokens.</summary>
    public IdentitySettings? Identity { get; init; }
}

/// <summary>One entry of <c>mcpServers</c>.</summary>
public abstract record UpstreamSettings
{
    private protected UpstreamSettings() { }

    /// <summary>True when the entry is to be skipped.</summary>
    public bool Disabled { get; init; }
}

/// <summary>A server started as a child process that speaks over its standard input and output.</summary>
/// <param name="Environment">Variables for the child. Values may hold <c>${NAME}</c>; they may be secrets.</param>
/// <param name="WorkingDirectory">Null for the home directory of the user.</param>
public sealed record StdioUpstream(
    string Command, ImmutableArray<string> Arguments, FrozenDictionary<string, string> Environment, string? WorkingDirectory)
    : UpstreamSettings;

/// <summary>A server reached over HTTP.</summary>
/// <param name="Headers">Sent with every request. Values may hold <c>${NAME}</c>; they may be secrets.</param>
/// <param name="Sse">True for the older HTTP with SSE transport, false for Streamable HTTP.</param>
public sealed record HttpUpstream(Uri Url, FrozenDictionary<string, string> Headers, bool Sse) : UpstreamSettings;

/// <summary>Vetopoint's settings for one server.</summary>
public sealed record ServerSettings
{
    /// <summary>The environment of everything behind the server; null when it is not known.</summary>
    public string? Environment { get; init; }

    public ServerMode Mode { get; init; }

    /// <summary>
    /// The whole object as written, <c>mode</c> included, for the readers: JSON with comments and trailing commas, blank before it,
    /// so that places in it are places in the file.
    /// </summary>
    public ReadOnlyMemory<byte> Mapping { get; init; }
}

/// <summary>Whether verdicts are enforced. Zero enforces.</summary>
public enum ServerMode
{
    Enforce = 0,

    /// <summary>Judge and record, but let the full form run.</summary>
    Observe,
}

/// <summary>A witness of the record's log.</summary>
/// <param name="Key">Its verifier key, as it prints it.</param>
/// <param name="Url">What its addresses begin with, ending with a slash.</param>
public sealed record WitnessSettings(string Key, Uri Url);

/// <summary>One known agent.</summary>
public sealed record AgentSettings(string Owner, ImmutableArray<string> Accounts)
{
    public string Team { get; init; } = "";

    public string Purpose { get; init; } = "";

    /// <summary>Where it may act, whatever its task says; null is everywhere.</summary>
    public ImmutableArray<string>? Environments { get; init; }

    /// <summary>The last day on which it needs no new look; null when none is set.</summary>
    public DateOnly? ReviewBy { get; init; }

    /// <summary>Whom to reach, or what to read, when it misbehaves.</summary>
    public string Runbook { get; init; } = "";
}

/// <summary>What a task may do that has been given nothing else. <c>*</c> allows all; an empty list allows nothing.</summary>
public sealed record TaskSettings(
    string Purpose, ImmutableArray<string> Effects, ImmutableArray<string> Environments, ImmutableArray<string> Servers,
    long CallsMax, long ObjectsMax, long BytesMax, TimeSpan ExpiresAfter)
{
    /// <summary>Levels of tasks that may stand below it.</summary>
    public int Depth { get; init; }

    /// <summary>Tasks that it may create.</summary>
    public int ChildrenMax { get; init; }
}

/// <param name="HoldOutside">True when a call outside its task's mandate waits for a person instead of being denied.</param>
public sealed record MandateSettings(bool HoldOutside);

/// <param name="Folder">Absolute path of the folder with <c>.cedar</c> files.</param>
/// <param name="HoldFirst">True when a hold for the full form is tried before a weaker form without one.</param>
/// <param name="ActivateAutomatically">True activates an edited set without a person: for development only.</param>
public sealed record PolicySettings(string Folder, bool HoldFirst, bool ActivateAutomatically);

/// <param name="Wait">How long a call waits for a person before it answers with the hold's id.</param>
/// <param name="Expire">How long a hold may be approved.</param>
public sealed record HoldSettings(TimeSpan Wait, TimeSpan Expire);

/// <param name="Payloads">What is kept of calls, encrypted, beside the entries: <c>none</c>, <c>arguments</c> or <c>arguments-and-results</c>.</param>
public sealed record RecordSettings(string Payloads);

/// <param name="Http">Where agents reach MCP over HTTP; null when that is off.</param>
/// <param name="Hosts">Host names accepted besides the loopback ones.</param>
/// <param name="Origins">Origins of browsers accepted besides none.</param>
public sealed record ListenSettings(System.Net.IPEndPoint? Http, ImmutableArray<string> Hosts, ImmutableArray<string> Origins)
{
    /// <summary>Where auditors read the record's log; null when nowhere. Whoever reaches it may read all of it.</summary>
    public System.Net.IPEndPoint? Log { get; init; }
}

/// <param name="RequestBytes">Largest message towards a server.</param>
/// <param name="ResultBytes">Largest result of one call.</param>
/// <param name="CallTimeout">How long a server may take to answer one call.</param>
public sealed record LimitSettings(int RequestBytes, long ResultBytes, TimeSpan CallTimeout);
