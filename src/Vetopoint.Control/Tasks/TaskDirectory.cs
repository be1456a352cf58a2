using Vetopoint.Control.Agents;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Policies;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Tasks;

/// <summary>Opens, resumes and ends tasks.</summary>
public sealed class TaskDirectory
{
    private readonly IGrainFactory _grains;
    private readonly LiveTasks _liveTasks;
    private readonly AgentTrust _trust;
    private readonly ActivePolicySet _policies;
    private readonly ITaskKeys _keys;
    private readonly TimeProvider _time;

    internal TaskDirectory(
        IGrainFactory grains, LiveTasks liveTasks, AgentTrust trust, ActivePolicySet policies, ITaskKeys keys, ControlOptions options)
    {
        _keys = keys;
        _grains = grains;
        _liveTasks = liveTasks;
        _trust = trust;
        _policies = policies;
        _time = options.Time;
    }

    /// <summary>How many tasks are neither over nor expired.</summary>
    public int LiveCount => _liveTasks.CountAt(_time.GetUtcNow());

    /// <summary>Opens a task with the default mandate of the active policy set. Durable when it returns.</summary>
    /// <exception cref="TaskException">The agent is quarantined.</exception>
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    public async Task<TaskHandle> OpenAsync(TaskOpening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentException.ThrowIfNullOrEmpty(opening.Agent);
        cancellationToken.ThrowIfCancellationRequested();
        if (_trust.Of(opening.Agent).IsQuarantined)
            throw new TaskException($"{ControlCodes.AgentQuarantined}: The agent `{opening.Agent}` is quarantined. Its owner has to look at it first.");

        var settings = _policies.Current.Settings;
        var mandate = AgentScope.Narrow(TaskStart.DefaultMandate(settings, _time.GetUtcNow()), settings.Agents.GetValueOrDefault(opening.Agent));
        var owner = opening.Owner ?? settings.AgentOwners.GetValueOrDefault(opening.Agent) ?? settings.Owner;
        if (string.IsNullOrWhiteSpace(owner))
            throw new TaskException($"{ControlCodes.NoOwner}: Nobody answers for the agent `{opening.Agent}`, so it gets no task. Set `owner` in the config, or one for the agent under `agents`.");
        var opened = new TaskOpened(
            opening.Agent, owner, opening.Gate, opening.Server, opening.Purpose ?? settings.Mandate.Purpose,
            mandate.ToEntry(), [opening.Agent], opening.KeyDigest, opening.Credential.ToName());

        return await OpenAsync(TaskId.Draw(), opened);
    }

    /// <summary>Opens a task. Durable when it returns.</summary>
    /// <exception cref="TaskException">It ended before it began.</exception>
    /// <exception cref="LedgerException">It could not be recorded.</exception>
    internal async Task<TaskHandle> OpenAsync(TaskId id, TaskOpened opened)
    {
        opened = opened with { PayloadKey = _keys.Make(id.ToString()).Id };
        var grain = Grain(id);
        var written = await grain.OpenAsync(opened);
        if (await written.Durable is { } refused)
        {
            if (_liveTasks.TryGet(id, out var failed))
                _liveTasks.Remove(failed);

            // INVARIANT: whoever has the key of a task finds the task in the record. If the entry is there after all, its task cannot be used.
            _keys.Destroy(id.ToString());
            throw new LedgerException(refused);
        }

        return Handle(id, opened) ?? throw new TaskException($"{ControlCodes.TaskOver}: The task ended while it was opened. Try again.");
    }

    /// <summary>How a live task was opened; null when it is over.</summary>
    internal async Task<TaskOpened?> FindAsync(TaskId task) => await Grain(task).DescribeAsync() is { IsOver: false } summary ? summary.Opened : null;

    /// <summary>Finds a task again, after a restart too; null when it ended, expired or never was.</summary>
    public async Task<TaskHandle?> ResumeAsync(TaskId task, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!task.IsValid || task == TaskId.Engine)
            return null;
        var summary = await Grain(task).DescribeAsync();
        return summary is null or { IsOver: true } ? null : Handle(task, summary.Opened);
    }

    /// <summary>Ends a task: its permits are void, its holds are cancelled. Doing so twice is the same as once.</summary>
    /// <param name="task">The task.</param>
    /// <param name="reason">Why, in words, for the record.</param>
    /// <param name="cancellationToken">Only before anything was done.</param>
    /// <exception cref="LedgerException">It could not be recorded. Its permits are void all the same.</exception>
    public async Task EndAsync(TaskId task, string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!task.IsValid || task == TaskId.Engine)
            return;

        // Stop means stop, also when the record cannot be written.
        if (_liveTasks.TryGet(task, out var live))
            live.Renew();
        if (await Grain(task).EndAsync(reason) is { } refused)
            throw new LedgerException(refused);
    }

    /// <summary>Makes a task forget its key, which is about to be destroyed.</summary>
    internal Task ForgetKeyAsync(TaskId task) => Grain(task).ForgetKeyAsync();

    private ITaskGrain Grain(TaskId id) => _grains.GetGrain<ITaskGrain>(id.ToString());

    private TaskHandle? Handle(TaskId id, TaskOpened opened) =>
        _liveTasks.TryGet(id, out var live)
            ? new TaskHandle(live, _trust.Of(opened.Agent), opened.Agent, opened.Owner, Mandate.FromEntry(opened.Mandate))
            {
                Credential = CredentialNames.Of(opened),
                Chain = opened.Chain,
                KeyDigest = opened.KeyDigest,
            }
            : null;
}

/// <summary>A task could not be opened or used. The message says why and what to do.</summary>
public sealed class TaskException : Exception
{
    internal TaskException(string message) : base(message) { }
}
