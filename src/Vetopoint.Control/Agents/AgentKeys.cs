using Vetopoint.Control.Tasks;

namespace Vetopoint.Control.Agents;

/// <summary>Bearer keys of agents. One key is one task, found again after a restart, begun anew once it expired.</summary>
public sealed class AgentKeys
{
    /// <summary>The live task of a key; null when the key is not enrolled, or its agent is quarantined.</summary>
    /// <param name="key">As the caller sent it.</param>
    /// <param name="gate">The kind of gate.</param>
    /// <exception cref="Vetopoint.Ledger.Entries.LedgerException">A new task could not be recorded.</exception>
    public Task<TaskHandle?> ResolveAsync(string key, string gate, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The enrolled agents.</summary>
    public IReadOnlyList<EnrolledAgent> List() => throw new NotImplementedException();
}

/// <summary>An agent with a key.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Owner">The person who answers for it.</param>
/// <param name="Keys">Keys it has.</param>
/// <param name="EnrolledAt">When it got the newest.</param>
/// <param name="Quarantined">True when it is stopped everywhere.</param>
public sealed record EnrolledAgent(string Agent, string Owner, int Keys, DateTimeOffset EnrolledAt, bool Quarantined);
