using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Telemetry;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Holds;

/// <summary>Every hold that waits, over all tasks: lists them, wakes who waits for one, and ends them at their deadline.</summary>
/// <remarks>
/// The truth is in each task's grain and its record. This is the view of one process: grains fill it, also when they come back
/// after a restart.
/// </remarks>
[SuppressMessage("Usage", "VSTHRD003", Justification = "The record completes these tasks, and never waits for who awaits them.")]
public sealed class HoldDirectory : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AttemptId, HoldWatch> _holds = [];
    private readonly Queue<AttemptId> _ended = [];
    private readonly IGrainFactory _grains;
    private readonly HeldCalls _heldCalls;
    private readonly JudgementFeed _feed;
    private readonly TimeProvider _time;

    internal HoldDirectory(IGrainFactory grains, HeldCalls heldCalls, JudgementFeed feed, ControlOptions options)
    {
        _grains = grains;
        _heldCalls = heldCalls;
        _feed = feed;
        _time = options.Time;
    }

    /// <summary>The holds that wait, oldest first.</summary>
    public IReadOnlyList<Hold> List()
    {
        var now = _time.GetUtcNow();
        lock (_lock)
        {
            return
            [
                .. _holds.Values.Select(watch => watch.Hold)
                    .Where(hold => hold.State == HoldState.Waiting && now < hold.ExpiresAt)
                    .OrderBy(hold => hold.HeldAt).ThenBy(hold => hold.Attempt.Number),
            ];
        }
    }

    /// <summary>A hold that waits or waited, with the exact bytes it would send; null for anything else.</summary>
    public async Task<Hold?> GetAsync(AttemptId attempt, CancellationToken cancellationToken)
    {
        if (!attempt.IsValid || attempt.Task == TaskId.Engine)
            return null;
        Hold? hold;
        lock (_lock)
            hold = _holds.GetValueOrDefault(attempt)?.Hold;
        hold ??= await _grains.GetGrain<ITaskGrain>(attempt.Task.ToString()).FindHoldAsync(attempt.Number);
        if (hold is null)
            return null;
        if (hold.State == HoldState.Waiting && _time.GetUtcNow() >= hold.ExpiresAt)
            hold = hold with { State = HoldState.Expired };
        return hold with
        {
            Bytes = hold.Bytes ?? await _heldCalls.ReadAsync(attempt, hold.Intent, cancellationToken),
            Salt = _heldCalls.SaltOf(attempt, hold.Intent),
        };
    }

    /// <summary>Denies a hold. Needs no proof: narrowing is free.</summary>
    /// <param name="attempt">The hold.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <returns>The state it is in now; null when there is no such hold.</returns>
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    public async Task<HoldState?> DenyAsync(AttemptId attempt, CancellationToken cancellationToken)
    {
        if (await GetAsync(attempt, cancellationToken) is null)
            return null;
        var resolved = await ResolveAsync(attempt, new HoldResolved(attempt.ToString(), HoldState.Denied.ToName(), null, 0, null));
        return resolved.State;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var watch in _holds.Values)
                watch.Dispose();
            _holds.Clear();
        }
    }

    /// <summary>Ends a hold as its task allows. Durable when it returns.</summary>
    internal async Task<Resolved> ResolveAsync(AttemptId attempt, HoldResolved resolution)
    {
        var grain = _grains.GetGrain<ITaskGrain>(attempt.Task.ToString());
        var resolved = await grain.ResolveAsync(attempt.Number, resolution);
        if (resolved.ByThisCall && await resolved.Durable is { } refused)
            throw new LedgerException(refused);
        return resolved;
    }

    /// <summary>Waits until a hold ends, or the time is up.</summary>
    internal async Task<HoldState> WaitAsync(AttemptId attempt, TimeSpan upTo, CancellationToken cancellationToken)
    {
        Task<HoldState>? ended;
        lock (_lock)
            ended = _holds.GetValueOrDefault(attempt)?.Ended;
        if (ended is null)
            return (await GetAsync(attempt, cancellationToken))?.State ?? HoldState.Cancelled;
        try
        {
            return await ended.WaitAsync(upTo, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return HoldState.Waiting;
        }
    }

    /// <summary>Takes up a hold that waits, or that was approved and not used. Taking it up twice changes nothing.</summary>
    internal void Add(Hold hold)
    {
        lock (_lock)
        {
            if (_holds.ContainsKey(hold.Attempt))
                return;
            var watch = new HoldWatch(hold);
            _holds.Add(hold.Attempt, watch);
            if (hold.State == HoldState.Waiting)
                watch.ExpireAt(_time, () => Expire(hold.Attempt));
            else
                watch.End(hold.State);
        }
    }

    /// <summary>A hold ended in its task; who waits is told once that is durable.</summary>
    internal void Resolve(AttemptId attempt, HoldState state, HoldResolved resolution, Task<string?> durable)
    {
        _ = ResolveWhenAsync();

        async Task ResolveWhenAsync()
        {
            if (await durable is null)
                End(attempt, state, resolution);
        }
    }

    /// <summary>An approval was used up.</summary>
    internal void Used(AttemptId attempt)
    {
        _heldCalls.Forget(attempt);
    }

    /// <summary>A task's record failed: what is known here of its holds may not be in it. The task brings back what is.</summary>
    internal void Forget(TaskId task)
    {
        lock (_lock)
        {
            foreach (var (attempt, watch) in _holds.Where(item => item.Key.Task == task).ToList())
            {
                _holds.Remove(attempt);
                watch.End(HoldState.Cancelled);
                watch.Dispose();
            }
        }
    }

    private void End(AttemptId attempt, HoldState state, HoldResolved resolution)
    {
        string agent;
        lock (_lock)
        {
            if (!_holds.TryGetValue(attempt, out var watch) || watch.Hold.State != HoldState.Waiting)
                return;
            watch.End(state);
            agent = watch.Hold.Agent;
            Measurements.HoldEnded(state.ToName(), watch.Hold.Rung, _time.GetUtcNow() - watch.Hold.HeldAt);
            _ended.Enqueue(attempt);
            if (_ended.Count > ControlLimits.EndedHoldsMax && _holds.Remove(_ended.Dequeue(), out var oldest))
                oldest.Dispose();
        }

        _feed.Publish(new FeedEvent(_time.GetUtcNow(), attempt, agent, resolution));
        if (state != HoldState.Approved)
            _heldCalls.Forget(attempt);
    }

    private void Expire(AttemptId attempt) =>
        _ = _grains.GetGrain<ITaskGrain>(attempt.Task.ToString()).ExpireAsync(attempt.Number);
}
