using System.Collections.Concurrent;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Agents;

/// <summary>How far each agent is trusted, from the engine's chain.</summary>
internal sealed class AgentTrust
{
    public const string QuarantineAct = "quarantine";
    public const string RestoreAct = "restore";
    public const string AgentSubject = "agent ";

    private readonly ConcurrentDictionary<string, AgentState> _agents = new(StringComparer.Ordinal);

    public AgentTrust(EngineChain chain) => chain.Follow(Apply);

    /// <summary>The state of an agent; permits keep it and compare its epoch.</summary>
    public AgentState Of(string agent) => _agents.GetOrAdd(agent, static _ => new AgentState());

    private void Apply(Entry entry)
    {
        if (entry.Body is OperatorAct { Act: QuarantineAct or RestoreAct } act && act.Subject.StartsWith(AgentSubject, StringComparison.Ordinal))
            Of(act.Subject[AgentSubject.Length..]).Change(quarantined: act.Act == QuarantineAct);
    }
}

/// <summary>The trust of one agent.</summary>
internal sealed class AgentState
{
    private long _epoch = 1; // INVARIANT: even exactly while the agent is quarantined

    /// <summary>Changes with every change of trust.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    public bool IsQuarantined => Epoch % 2 == 0;

    /// <summary>As policies spell it.</summary>
    public string Trust => IsQuarantined ? "quarantined" : "trusted";

    public void Change(bool quarantined)
    {
        if (quarantined != IsQuarantined)
            Interlocked.Increment(ref _epoch);
    }
}
