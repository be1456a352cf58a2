using System.Collections.Immutable;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Control.Agents;

namespace Vetopoint.Control.Policies;

/// <summary>What decisions take from the config of a policy set: checked and resolved.</summary>
public sealed record PolicySettings
{
    /// <summary>How the id of an agent begins that a client starts on this machine; its server follows.</summary>
    public const string LocalAgentPrefix = "wrap:";

    /// <summary>The person who answers for agents the config does not name.</summary>
    public required string Owner { get; init; }

    public required ImmutableArray<string> Environments { get; init; }

    public required ImmutableDictionary<string, ServerSettings> Servers { get; init; }

    /// <summary>Owners by agent.</summary>
    public ImmutableDictionary<string, string> AgentOwners { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The agents that the config registers.</summary>
    public ImmutableDictionary<string, AgentRegistration> Agents { get; init; } = ImmutableDictionary<string, AgentRegistration>.Empty;

    /// <summary>Other names of an agent in the systems it acts on, by agent.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> AgentAccounts { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>What the agents that a client starts on this machine act as there: its operating-system user.</summary>
    public ImmutableArray<string> LocalAccounts { get; init; } = [];

    public required DefaultMandate Mandate { get; init; }

    /// <summary>Which is tried first when the full form is not permitted.</summary>
    public FirstResort First { get; init; }

    /// <summary>What becomes of a call outside the task's mandate.</summary>
    public OutsideMandate Outside { get; init; }

    /// <summary>True when an edit activates itself (a development setting). It counts only in the set that is active.</summary>
    public bool ActivatesAutomatically { get; init; }

    /// <summary>What is kept, encrypted, beside the entries.</summary>
    public RecordedPayloads Payloads { get; init; } = RecordedPayloads.Arguments;

    /// <summary>When a hold expires by itself.</summary>
    public TimeSpan HoldsExpireAfter { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>What decisions know of one server.</summary>
/// <param name="Environment">The environment it belongs to; null when it is not known or differs by call.</param>
/// <param name="Observe">True when verdicts are recorded and not enforced.</param>
public sealed record ServerSettings(string? Environment, bool Observe);

/// <summary>The mandate of a task that brings none.</summary>
public sealed record DefaultMandate(
    string Purpose, ImmutableArray<string> Effects, ImmutableArray<string> Environments, ImmutableArray<string> Servers,
    long Calls, long Objects, long Bytes, TimeSpan ExpiresAfter)
{
    /// <summary>Levels of tasks that may stand below it.</summary>
    public int Depth { get; init; }

    /// <summary>Tasks that it may create.</summary>
    public int ChildrenMax { get; init; }
}

/// <summary>What is kept of calls, encrypted, beside the entries of the record.</summary>
public enum RecordedPayloads
{
    /// <summary>Nothing: entries commit to the bytes, and nobody can read them.</summary>
    None = 0,

    /// <summary>Messages as they came.</summary>
    Arguments,

    /// <summary>Results as well, as they left.</summary>
    ArgumentsAndResults,
}

/// <summary>What a policy set tries first when the full form is not permitted.</summary>
public enum FirstResort
{
    /// <summary>A weaker form that is permitted at once; only then a person.</summary>
    Downgrade = 0,

    /// <summary>A person; a weaker form only where no person's approval could help.</summary>
    Hold,
}

/// <summary>What becomes of a call outside its task's mandate, even where policies allow it.</summary>
public enum OutsideMandate
{
    /// <summary>It is denied.</summary>
    Deny = 0,

    /// <summary>It waits for one person.</summary>
    Hold,
}

/// <summary>Reads the settings out of the config file of a set. The engine gives this: only it knows the config's format.</summary>
public delegate PolicySettingsReading ReadPolicySettings(PolicyFile config);

/// <summary>What came of reading a config.</summary>
/// <param name="Settings">Null when a problem is an error.</param>
/// <param name="Problems">All of them.</param>
public sealed record PolicySettingsReading(PolicySettings? Settings, ImmutableArray<Problem> Problems);
