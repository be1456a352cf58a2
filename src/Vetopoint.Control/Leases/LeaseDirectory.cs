using System.Collections.Concurrent;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Leases;

/// <summary>The leases that are not known to be over, as the record has them.</summary>
public sealed class LeaseDirectory
{
    private readonly ConcurrentDictionary<LeaseId, Lease> _open = new(); // the chain's turn adds and removes; revoking notes its failures

    internal LeaseDirectory(EngineChain chain) => chain.Follow(Apply);

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<Lease> List() => [.. _open.Values.OrderBy(lease => lease.Since).ThenBy(lease => lease.Id.ToString(), StringComparer.Ordinal)];

    internal IReadOnlyList<Lease> Of(TaskId task) => [.. _open.Values.Where(lease => lease.Task == task)];

    internal Lease? Find(LeaseId id) => _open.GetValueOrDefault(id);

    internal void Failed(LeaseId id, int failures, string problem)
    {
        while (_open.TryGetValue(id, out var lease) && !_open.TryUpdate(id, lease with { Failures = failures, Problem = problem }, lease))
        {
        }
    }

    private void Apply(Entry entry)
    {
        if (entry.Body is not LeaseChanged changed)
            return;
        if (!LeaseId.TryParse(changed.Lease, out var id) || !TaskId.TryParse(changed.Task, out var task)
            || !LeaseStateNames.TryParse(changed.State, out var state))
        {
            throw new LedgerException(
                $"{ControlCodes.ChainBroken}: Entry {entry.Sequence} of the engine's chain tells of a lease in a way this version does not know. Start the version that wrote it.");
        }

        if (state == LeaseState.Revoked)
        {
            _open.TryRemove(id, out _);
            return;
        }

        var known = _open.GetValueOrDefault(id);
        _open[id] = new Lease(
            id, task, changed.Agent, changed.Name, state, changed.ExpiresAt, entry.Time, known?.Failures ?? 0, changed.Note ?? known?.Problem);
    }
}
