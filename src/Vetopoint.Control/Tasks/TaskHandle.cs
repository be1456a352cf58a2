using System.Collections.Immutable;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Tasks;

/// <summary>A live task, as a gate holds it.</summary>
public sealed class TaskHandle
{
    private readonly LiveTask _live;
    private readonly AgentState _trust;

    internal TaskHandle(LiveTask live, AgentState trust, string agent, string owner, Mandate mandate)
    {
        _live = live;
        _trust = trust;
        Agent = agent;
        Owner = owner;
        Mandate = mandate;
    }

    public TaskId Id => _live.Id;

    /// <summary>How whoever works in it proves itself.</summary>
    public Credential Credential { get; init; }

    /// <summary>The agents from the one that the first task was given to, to this one.</summary>
    public ImmutableArray<string> Chain { get; init; } = [];

    /// <summary>True while its agent is stopped everywhere.</summary>
    public bool IsQuarantined => _trust.IsQuarantined;

    /// <summary>Changes with every change of its agent's trust, and is the same after a restart.</summary>
    public long TrustEpoch => _trust.Epoch;

    internal string? KeyDigest { get; init; }

    public string Agent { get; }

    public string Owner { get; }

    /// <summary>What the task may do.</summary>
    public Mandate Mandate { get; }

    public DateTimeOffset ExpiresAt => Mandate.ExpiresAt;

    /// <summary>Changes when the task is stopped.</summary>
    public long Epoch => _live.Epoch;

    /// <summary>False when it ended, or was stopped. An expired task is found out at its next attempt.</summary>
    public bool IsLive => _live.IsLive;

    /// <summary>Whether this workload opened it.</summary>
    public bool IsOf(string workload) => KeyDigest == TaskOpening.DigestOf(workload);

    /// <summary>Cancelled when the task ends or is stopped: cut what is in flight, close the session.</summary>
    public CancellationToken Stopped => _live.Ended;
}
