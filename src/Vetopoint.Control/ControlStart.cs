using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Leases;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control;

/// <summary>Brings the state of the engine back from the record.</summary>
public sealed class ControlStart
{
    private readonly EngineChain _chain;
    private readonly ToolPins _pins;
    private readonly ActivePolicySet _policies;
    private readonly AgentKeys _keys;
    private readonly TaskCredentials _credentials;
    private readonly ILedger _ledger;
    private readonly IGrainFactory _grains;
    private readonly HeldCalls _heldCalls;
    private readonly Erasures _erasures;
    private readonly LeaseRevocations _leases;
    private readonly ControlOptions _options;

    internal ControlStart(
        EngineChain chain, ToolPins pins, ActivePolicySet policies, AgentKeys keys, TaskCredentials credentials, ILedger ledger, IGrainFactory grains, HeldCalls heldCalls,
        Erasures erasures, LeaseRevocations leases, ControlOptions options)
    {
        _erasures = erasures;
        _chain = chain;
        _pins = pins;
        _policies = policies;
        _keys = keys;
        _credentials = credentials;
        _ledger = ledger;
        _grains = grains;
        _heldCalls = heldCalls;
        _leases = leases;
        _options = options;
    }

    /// <summary>
    /// 1. Replays the engine's chain (approvers, pins, keys, quarantines, observe modes), and finishes what it says is to be erased. 2. Takes up the active policy set. 3. Finds the tasks that
    /// are not over, and with them the holds that wait. 4. Stages the files when they differ from what is active. 5. Records the start.
    /// 6. Removes held calls that nobody can run any more, now and from time to time. 7. Revokes leases that an engine before left.
    /// </summary>
    /// <param name="files">The policy files as they are on disk now.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="PolicySetException">There is no set that can decide: refuse to start.</exception>
    /// <exception cref="LedgerException">The start could not be recorded: refuse to start.</exception>
    public async Task StartAsync(IReadOnlyList<PolicyFile> files, CancellationToken cancellationToken)
    {
        await _chain.ReplayAsync(cancellationToken); // 1.
        await _erasures.FinishAsync(cancellationToken);
        await _pins.LoadAsync(cancellationToken);
        await _policies.StartAsync(files, cancellationToken); // 2.
        await WakeTasksAsync(cancellationToken); // 3.
        await _policies.StageAsync(files, cancellationToken); // 4.
        await _chain.ChangeAsync( // 5.
            async turn =>
            {
                await turn.AppendAsync(new EngineStarted(_options.Version, _policies.Current.Digest));
                return true;
            },
            cancellationToken);
        _heldCalls.Start(); // 6.
        _leases.Start(); // 7.
    }

    private async Task WakeTasksAsync(CancellationToken cancellationToken)
    {
        var now = _options.Time.GetUtcNow();
        var open = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in _ledger.ReadKindsAsync([EntryKinds.TaskOpened, EntryKinds.TaskEnded], cancellationToken))
        {
            // One that expired while no engine ran is woken too: that writes its last entry.
            if (entry.Body is TaskOpened opened)
            {
                open.Add(entry.Task);
                if (now < opened.Mandate.ExpiresAt && opened.KeyDigest is { } key && TaskId.TryParse(entry.Task, out var task))
                {
                    _keys.Remember(key, task);
                    _credentials.Remember(key, task);
                }
            }
            else
            {
                open.Remove(entry.Task);
            }
        }

        foreach (var task in open)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _grains.GetGrain<ITaskGrain>(task).DescribeAsync();
        }
    }
}
