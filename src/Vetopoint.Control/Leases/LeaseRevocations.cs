using System.Collections.Concurrent;
using Vetopoint.Control.Recording;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Leases;

/// <summary>Finds the broker of a lease by the lease's name in the active config; null when it has none of this name any more.</summary>
public delegate ILeaseBroker? FindBroker(string name);

/// <summary>
/// Ends leases: asks the broker until it says that the credential is dead, and records that. A lease that could not be ended some times is
/// recorded as stuck, once, and tried further.
/// </summary>
public sealed class LeaseRevocations : IAsyncDisposable
{
    private readonly EngineChain _chain;
    private readonly LeaseDirectory _directory;
    private readonly SealedFolder _receipts;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _atOnce = new(LeaseLimits.RevocationsAtOnce, LeaseLimits.RevocationsAtOnce);
    private readonly ConcurrentDictionary<LeaseId, Task> _running = new();
    private readonly CancellationTokenSource _stop = new(); // nothing new is begun, nothing is tried again
    private readonly CancellationTokenSource _cut = new(); // what is under way is given up
    private readonly FindBroker _find;

    internal LeaseRevocations(EngineChain chain, LeaseDirectory directory, SealedFolder receipts, ControlOptions options)
    {
        _chain = chain;
        _directory = directory;
        _receipts = receipts;
        _find = options.FindBroker;
        _time = options.Time;
    }

    /// <summary>
    /// Takes up what the record left: no credential outlives the engine that handed it out, because none is kept. Called once, when the config is active.
    /// </summary>
    internal void Start()
    {
        foreach (var lease in _directory.List())
            Begin(lease.Id);
    }

    /// <summary>Lets what is under way finish, for as long as a stopping engine may wait; nothing is tried again.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        // The system's own time: whatever time the engine goes by, it has to stop.
        await Task.WhenAll(_running.Values).WaitAsync(LeaseLimits.StopMax).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _cut.CancelAsync();
        _stop.Dispose();
    }

    /// <summary>Begins to end a lease. Asking twice is the same as once.</summary>
    internal void Begin(LeaseId lease)
    {
        if (_stop.IsCancellationRequested)
            return;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_running.TryAdd(lease, begun.Task))
            _ = RunAsync(lease, begun);
    }

    private async Task RunAsync(LeaseId id, TaskCompletionSource done)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var wait = LeaseLimits.RetryFirst;
        try
        {
            for (var failures = 1; _directory.Find(id) is { } lease; failures++)
            {
                if (await TryAsync(lease) is not { } problem)
                    break;
                _directory.Failed(id, failures, problem);
                if (failures == LeaseLimits.StuckAfter && lease.State != LeaseState.Stuck)
                    await RecordAsync(lease, LeaseState.Stuck, problem);
                if (_stop.IsCancellationRequested)
                    break;
                // A target tells nobody when it is back, so it is asked again. Stopping ends the wait, and the loop sees that itself.
                await Task.Delay(wait, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                wait = wait * 2 < LeaseLimits.RetryMax ? wait * 2 : LeaseLimits.RetryMax;
            }
        }
        finally
        {
            _running.TryRemove(id, out _);
            done.SetResult();
        }
    }

    /// <summary>Null when the lease is over and that is on record; else why not.</summary>
    private async Task<string?> TryAsync(Lease lease)
    {
        await _atOnce.WaitAsync(CancellationToken.None);
        try
        {
            if (_find(lease.Name) is not { } broker)
                return $"{ControlCodes.LeaseNotRevoked}: The active config has no lease `{lease.Name}` any more, so nobody knows where to end it. Put it back until this lease is over.";
            using var limit = new CancellationTokenSource(LeaseLimits.BrokerMax, _time);
            using var until = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _cut.Token);
            await broker.RevokeAsync(new LeaseToRevoke(lease.Id, lease.Name, lease.ExpiresAt, _receipts.Read(lease.Id.ToString())), until.Token);
            if (await RecordAsync(lease, LeaseState.Revoked, note: null) is { } refused)
                return refused;
            _receipts.Remove(lease.Id.ToString());
            return null;
        }
        catch (LeaseException fault)
        {
            return fault.Message;
        }
#pragma warning disable CA1031 // Another's code, and a loop that must go on: whatever it throws may hold a secret, so only its kind is told.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return $"{ControlCodes.LeaseNotRevoked}: The broker of `{lease.Name}` failed ({fault.GetType().Name}).";
        }
        finally
        {
            _atOnce.Release();
        }
    }

    private async Task<string?> RecordAsync(Lease lease, LeaseState state, string? note)
    {
        try
        {
            await LeaseRecord.AppendAsync(_chain, new LeaseChanged(
                lease.Id.ToString(), lease.Task.ToString(), lease.Agent, lease.Name, state.ToName(), lease.ExpiresAt, note));
            return null;
        }
        catch (LedgerException fault)
        {
            return fault.Message;
        }
    }
}
