using System.Collections.Concurrent;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Recording;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Leases;

/// <summary>
/// Gives tasks their credentials. For each name a task has one lease at a time:
/// 1. that it is asked for becomes durable; 2. the broker makes it; 3. its receipt becomes durable; 4. that it was issued becomes durable;
/// 5. it is handed out, if its task still lives. Whatever fails after 1. has the lease revoked. When the task is over, so are its leases.
/// </summary>
public sealed class LeaseDesk
{
    private readonly EngineChain _chain;
    private readonly LeaseDirectory _directory;
    private readonly LeaseRevocations _revocations;
    private readonly SealedFolder _receipts;
    private readonly FindBroker _find;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(TaskId Task, string Name), SemaphoreSlim> _turns = new();
    private readonly ConcurrentDictionary<(TaskId Task, string Name), (LeaseId Id, LeasedCredential Credential)> _current = new();
    private readonly ConcurrentDictionary<TaskId, byte> _followed = new();

    internal LeaseDesk(EngineChain chain, LeaseDirectory directory, LeaseRevocations revocations, SealedFolder receipts, ControlOptions options)
    {
        _chain = chain;
        _directory = directory;
        _revocations = revocations;
        _receipts = receipts;
        _find = options.FindBroker;
        _time = options.Time;
    }

    /// <summary>The credential of a task by the lease's name. The same one until it nears its end.</summary>
    /// <exception cref="LeaseException">There is none to be had.</exception>
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    public async Task<LeasedCredential> TakeAsync(TaskHandle task, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var place = (task.Id, name);
        if (Usable(task, place) is { } known)
            return known;
        FollowEnd(task);
        var turn = _turns.GetOrAdd(place, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (Usable(task, place) is { } taken)
                return taken;
            RequireLive(task);
            if (_current.TryRemove(place, out var spent))
                _revocations.Begin(spent.Id);

            var broker = _find(name) ?? throw new LeaseException(
                $"{ControlCodes.LeaseUnknown}: The active config has no lease `{name}`. Add it to `leases`, and activate the config.");

            // Begun, it is finished, whoever waits: a credential that nobody knows of would be worse than one that nobody uses.
            return await IssueAsync(task, name, broker);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<LeasedCredential> IssueAsync(TaskHandle task, string name, ILeaseBroker broker)
    {
        if (_directory.Of(task.Id).Count >= LeaseLimits.PerTaskMax)
        {
            throw new LeaseException(
                $"{ControlCodes.LeaseTooMany}: The task has {LeaseLimits.PerTaskMax} leases that are not over. Look at `vetopoint leases --stuck`.");
        }

        var request = new LeaseRequest(LeaseId.Draw(), name, task.Id, task.Agent, task.Owner, task.Mandate, task.ExpiresAt);
        await RecordAsync(request, LeaseState.Requested, request.ExpiresAt); // 1.
        try
        {
            using var limit = new CancellationTokenSource(LeaseLimits.BrokerMax, _time);
            var credential = await AskAsync(broker, request, limit.Token); // 2.
            if (!credential.Receipt.IsEmpty)
                _receipts.Write(request.Id.ToString(), credential.Receipt.Span); // 3.
            await RecordAsync(request, LeaseState.Issued, credential.ExpiresAt); // 4.
            _current[(task.Id, name)] = (request.Id, credential);
            RequireLive(task); // 5.
            return credential;
        }
        catch
        {
            _current.TryRemove((task.Id, name), out _);
            _revocations.Begin(request.Id);
            throw;
        }
    }

    private static async Task<LeasedCredential> AskAsync(ILeaseBroker broker, LeaseRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await broker.IssueAsync(request, cancellationToken);
        }
        catch (OperationCanceledException fault) when (cancellationToken.IsCancellationRequested)
        {
            throw new LeaseException(
                $"{ControlCodes.LeaseNotIssued}: The broker of `{request.Name}` did not answer within {LeaseLimits.BrokerMax.TotalSeconds:0} seconds. Look whether its target can be reached.", fault);
        }
#pragma warning disable CA1031 // Another's code: whatever it throws may hold a secret, so only its kind is told.
        catch (Exception fault) when (fault is not LeaseException)
#pragma warning restore CA1031
        {
            throw new LeaseException($"{ControlCodes.LeaseNotIssued}: The broker of `{request.Name}` failed ({fault.GetType().Name}).", fault);
        }
    }

    private LeasedCredential? Usable(TaskHandle task, (TaskId, string) place) =>
        task.IsLive && _current.TryGetValue(place, out var current)
            && current.Credential.ExpiresAt - _time.GetUtcNow() >= LeaseLimits.RemainingMin
            ? current.Credential
            : null;

    private void RequireLive(TaskHandle task)
    {
        if (!task.IsLive || _time.GetUtcNow() >= task.ExpiresAt)
            throw new LeaseException($"{ControlCodes.TaskOver}: The task is over, so it gets no credential. Start a new one.");
    }

    /// <summary>The end of a task ends its leases: told by the task itself, or by its time.</summary>
    private void FollowEnd(TaskHandle task)
    {
        if (!_followed.TryAdd(task.Id, 0))
            return;
        _ = EndWithAsync(task);
    }

    private async Task EndWithAsync(TaskHandle task)
    {
        while (!task.Stopped.IsCancellationRequested && task.ExpiresAt - _time.GetUtcNow() is { } left && left > TimeSpan.Zero)
        {
            // Until its time is over, or it ends before, which ends the wait: what counts is looked at again. A timer takes no more than some weeks.
            var wait = left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1);
            await Task.Delay(wait, _time, task.Stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var place in _turns.Keys.Where(place => place.Task == task.Id))
        {
            // In its turn, so that a lease that is being made is not missed.
            if (!_turns.TryGetValue(place, out var turn))
                continue;
            await turn.WaitAsync(CancellationToken.None);
            _current.TryRemove(place, out _);
            turn.Release();
            _turns.TryRemove(place, out _);
        }

        foreach (var lease in _directory.Of(task.Id))
            _revocations.Begin(lease.Id);
        _followed.TryRemove(task.Id, out _);
    }

    private Task RecordAsync(LeaseRequest request, LeaseState state, DateTimeOffset expiresAt) => LeaseRecord.AppendAsync(
        _chain, new LeaseChanged(request.Id.ToString(), request.Task.ToString(), request.Agent, request.Name, state.ToName(), expiresAt, Note: null));
}
