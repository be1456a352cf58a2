using System.Collections.Immutable;
using Vetopoint.Cedar.Values;
using Vetopoint.Control.Decisions;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>
/// A task among others: those above, whose mandates bind it and whose budgets it uses too, and those below.
/// INVARIANT: a turn asks only the task above, never one below, so no two tasks wait for each other.
/// </summary>
internal sealed partial class TaskGrain
{
    private const string AboveEnded = "The task above it ended.";

    private ITaskGrain? _above;
    private TaskTree? _tree; // what the tasks below did; null while there is none
    private ImmutableArray<TaskLink> _links = []; // as the turn that judges saw them
    private CancellationTokenRegistration _stopped;

    /// <summary>What this task used, with those below.</summary>
    private TaskUsage Used => new TaskUsage(_state.Calls, _state.Objects, _state.Sensitive).Add(_tree?.Usage ?? default);

    public async Task<ImmutableArray<TaskLink>> LookAsync()
    {
        var agent = _trust.Of(_state.Opened.Agent);
        var link = new TaskLink
        {
            Id = _state.Id.ToString(),
            Agent = _state.Opened.Agent,
            Owner = _state.Opened.Owner,
            Mandate = _state.Mandate,
            Trust = agent,
            AgentEpoch = agent.Epoch,
            Calls = Used.Calls,
            Objects = Used.Objects,
            Sensitive = Used.Sensitive,
            Bytes = _live?.BytesUsed ?? 0,
            Labels = [.. _state.LabelNames, .. _tree?.Labels ?? []],
            IsLive = IsUsable,
        };
        return [link, .. await LinksAsync()];
    }

    public async Task<bool> ReserveAsync(TaskUsage usage, ImmutableArray<string> labels, bool enforced)
    {
        if (!IsUsable || (enforced && !Fits(usage)))
            return false;
        if (_above is not null && !await _above.ReserveAsync(usage, labels, enforced))
            return false;

        // INVARIANT: no other turn of this task ran meanwhile, so what fitted still fits.
        (_tree ??= new TaskTree()).Add(usage, labels);
        return true;
    }

    public Task ExpireTaskAsync()
    {
        if (_failure is null && _state.IsOpened && !_state.IsEnded)
        {
            if (_time.GetUtcNow() >= _state.Mandate.ExpiresAt)
                Close("Its mandate expired.");
            else
                AwaitExpiry();
        }

        return Task.CompletedTask;
    }

    private bool IsUsable => _failure is null && _live is { IsLive: true } && _time.GetUtcNow() < _state.Mandate.ExpiresAt;

    private bool Fits(TaskUsage usage)
    {
        var mandate = _state.Mandate;
        return usage.Calls <= mandate.CallsMax - Used.Calls && usage.Objects <= mandate.ObjectsMax - Used.Objects
            && (usage.Sensitive == 0 || usage.Sensitive <= mandate.SensitiveMax - Used.Sensitive);
    }

    private ValueTask<ImmutableArray<TaskLink>> LinksAsync() => _above is null ? ValueTask.FromResult<ImmutableArray<TaskLink>>([]) : new(_above.LookAsync());

    /// <summary>Takes what is going to run out of the budgets above. True for what does not run, and for a task that no other created.</summary>
    private async ValueTask<bool> ReserveAboveAsync(AttemptFacts attempt, Derivation derivation, bool observed)
    {
        if (_above is null || !(observed || derivation.Verdict is Verdict.Allow or Verdict.Downgrade))
            return true;
        var form = observed ? attempt.Full : derivation.Form;
        var labels = form.Entries.SelectMany(entry => entry.Target.Sensitivity).Distinct(StringComparer.Ordinal);
        return await _above.ReserveAsync(new TaskUsage(1, form.Objects, form.Sensitive), [.. labels], enforced: !observed);
    }

    /// <summary>Labels go up and down: what a task below touched may be known above, and from there everywhere below.</summary>
    private CedarSet Labels()
    {
        if (_links.IsEmpty && (_tree is null || _tree.Labels.Count == 0))
            return _state.Labels;
        var names = new SortedSet<string>(_state.LabelNames, StringComparer.Ordinal);
        names.UnionWith(_tree?.Labels ?? []);
        foreach (var link in _links)
            names.UnionWith(link.Labels);
        return CedarSet.Of(names.Select(name => (CedarValue)new CedarString(name)));
    }

    private Ruling Over() => _state.IsOpened && _time.GetUtcNow() >= _state.Mandate.ExpiresAt
        ? Ruling.Unrecorded(ControlCodes.TaskExpired, "The task's mandate expired. Start a new task.")
        : Ruling.Unrecorded(ControlCodes.TaskOver, "The task is over. Start a new one.");

    private TotalsEntry Totals() => new(
        _state.Attempts, _state.Denied, _state.Held, _state.Outside, Used.Calls, _state.Mandate.CallsMax, Used.Objects, _state.Mandate.ObjectsMax,
        _live?.BytesUsed ?? _state.Bytes, _state.Mandate.BytesMax, Used.Sensitive,
        _state.Mandate.SensitiveMax == long.MaxValue ? null : _state.Mandate.SensitiveMax);

    /// <summary>Finds the tasks above and below, and begins to wait for the expiry.</summary>
    private async Task PutIntoTreeAsync(CancellationToken cancellationToken)
    {
        if (_state.Children.Count > 0)
        {
            _tree = await TaskTree.ReadAsync(_ledger, _state, cancellationToken);
            _live!.CountAtLeast(TaskBudget.Sum(_state.Bytes, _tree.Bytes));
        }

        if (_state.Parent.IsValid)
        {
            _above = GrainFactory.GetGrain<ITaskGrain>(_state.Parent.Task.ToString());
            if (await _above.DescribeAsync() is { IsOver: false } && _liveTasks.TryGet(_state.Parent.Task, out var above))
                _live!.PutBelow(above);
            else
                _live!.End();

            // Called at once where the task above is over already.
            var self = GrainFactory.GetGrain<ITaskGrain>(_state.Id.ToString());
            _stopped = _live.Ended.Register(() => _ = EndBelowAsync(self));
        }

        AwaitExpiry();
    }

    /// <summary>Its end is recorded by whoever ends it now.</summary>
    private void LeaveTree() => _stopped.Unregister();

    /// <summary>The task's live state keeps the timer: a grain that is put away as idle still ends in time.</summary>
    private void AwaitExpiry()
    {
        var left = _state.Mandate.ExpiresAt - _time.GetUtcNow();
        var wait = left <= TimeSpan.Zero ? TimeSpan.Zero : left < ControlLimits.ExpiryWaitMax ? left : ControlLimits.ExpiryWaitMax;
        var self = GrainFactory.GetGrain<ITaskGrain>(_state.Id.ToString());
        _live?.ExpireBy(_time.CreateTimer(_ => _ = ExpireAsync(self), null, wait, Timeout.InfiniteTimeSpan));
    }

    private static async Task EndBelowAsync(ITaskGrain task)
    {
        try
        {
            await task.EndAsync(AboveEnded);
        }
#pragma warning disable CA1031 // Its permits are void already. What could not be recorded now is recorded at the next start, which finds the task above over.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static async Task ExpireAsync(ITaskGrain task)
    {
        try
        {
            await task.ExpireTaskAsync();
        }
#pragma warning disable CA1031 // Nothing runs after the expiry, recorded or not. What could not be recorded now is recorded at the next start.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
