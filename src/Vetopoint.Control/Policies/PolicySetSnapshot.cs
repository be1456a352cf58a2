using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Policies;

/// <summary>A checked policy set, ready to decide. Immutable; swapped whole.</summary>
public sealed class PolicySetSnapshot
{
    /// <summary>The annotation that names a policy.</summary>
    internal const string IdAnnotation = "id";

    /// <summary>The annotation that says, to an agent and a person, why.</summary>
    internal const string ReasonAnnotation = "reason";

    private readonly ConcurrentDictionary<string, CedarSet> _accounts = new(StringComparer.Ordinal);

    internal PolicySetSnapshot(
        string digest, ImmutableArray<PolicyFile> files, PolicySet policies, CompiledPolicySet compiled, CedarSchema schema,
        PolicySettings settings)
    {
        Digest = digest;
        Files = files;
        Policies = policies;
        Compiled = compiled;
        Schema = schema;
        Settings = settings;
    }

    /// <summary>SHA-256 over the sorted names and bytes of its files, lower-case hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>As written, sorted by name.</summary>
    public ImmutableArray<PolicyFile> Files { get; }

    public PolicySet Policies { get; }

    public CedarSchema Schema { get; }

    public PolicySettings Settings { get; }

    /// <summary>Mandates that tasks can be given, by name.</summary>
    public FrozenDictionary<string, MandateTemplate> Templates { get; internal init; } = FrozenDictionary<string, MandateTemplate>.Empty;

    internal CompiledPolicySet Compiled { get; }

    /// <summary>An agent as policies see it.</summary>
    internal CedarEntity AgentOf(string agent, string owner, string trust, DateTimeOffset now)
    {
        var known = Settings.Agents.GetValueOrDefault(agent, AgentRegistration.Unknown);
        return new CedarEntity(
            new EntityUid(Contract.AgentType, agent),
            CedarRecord.Of(
                ("id", agent), ("owner", owner), ("trust", trust), ("accounts", AccountsOf(agent)), ("team", known.Team),
                ("review_overdue", known.IsReviewOverdue(now))));
    }

    /// <summary>Every name an agent is known by, its id first of all.</summary>
    internal CedarSet AccountsOf(string agent)
    {
        if (_accounts.TryGetValue(agent, out var known))
            return known;
        var names = ImmutableSortedSet.Create(StringComparer.Ordinal, agent).Union(Settings.AgentAccounts.GetValueOrDefault(agent, []));
        if (agent.StartsWith(PolicySettings.LocalAgentPrefix, StringComparison.Ordinal))
            names = names.Union(Settings.LocalAccounts);
        var accounts = CedarSet.Of(names.Select(name => (CedarValue)new CedarString(name)));
        if (_accounts.Count < ControlLimits.AgentsCachedMax)
            _accounts.TryAdd(agent, accounts);
        return accounts;
    }
}
