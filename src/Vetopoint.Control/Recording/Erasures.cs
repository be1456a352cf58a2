using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Holds;
using Vetopoint.Control.Tasks;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Control.Recording;

/// <summary>
/// Erases what is kept of a task's calls.
/// 1. The task is ended, so that nothing more comes to it. 2. The engine's chain says who has it erased and why, and that is durable.
/// 3. The key is destroyed: from here on nothing opens. 4. The ciphertexts are removed. 5. The outcome in the chain confirms it.
/// Whatever keeps 3. to 5. from being done, they are done when the engine starts the next time.
/// </summary>
internal sealed class Erasures
{
    private readonly Lock _lock = new();
    private readonly EngineChain _chain;
    private readonly ITaskKeys _keys;
    private readonly IPayloads _payloads;
    private readonly ILedger _ledger;
    private readonly HeldCalls _heldCalls;
    private readonly TaskDirectory _tasks;

    /// <summary>The tasks whose erasing is recorded and not confirmed, by the attempt that its outcome will name.</summary>
    private readonly Dictionary<string, string> _unfinished = new(StringComparer.Ordinal);

    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private string _newestAttempt = "";

    public Erasures(EngineChain chain, ITaskKeys keys, IPayloads payloads, ILedger ledger, HeldCalls heldCalls, TaskDirectory tasks)
    {
        _chain = chain;
        _keys = keys;
        _payloads = payloads;
        _ledger = ledger;
        _heldCalls = heldCalls;
        _tasks = tasks;
        chain.Follow(Follow);
    }

    /// <summary>What there is to erase of a task; null when there is no such task.</summary>
    public async Task<ErasableTask?> FindAsync(TaskId task, CancellationToken cancellationToken)
    {
        TaskOpened? opened = null;
        var isEnded = false;
        var payloads = 0L;
        await foreach (var entry in _ledger.ReadTaskAsync(task.ToString(), 1, cancellationToken))
        {
            opened ??= entry.Body as TaskOpened;
            isEnded |= entry.Body is TaskEnded;
            payloads += entry.Payload is null ? 0 : 1;
        }

        lock (_lock)
            return opened is null ? null : new ErasableTask(opened, isEnded, payloads, _done.Contains(task.ToString()));
    }

    /// <summary>Ends a task, within a change of the engine's chain that is going to record that its payloads are erased.</summary>
    /// <exception cref="LedgerException">It could not be recorded: nothing is erased.</exception>
    public async Task EndAsync(TaskId task) // 1.
    {
        await _tasks.EndAsync(task, "What is kept of its calls is erased.", CancellationToken.None);
        await _tasks.ForgetKeyAsync(task);
    }

    /// <summary>Does what the chain says is to be done, within a change of the chain.</summary>
    /// <exception cref="LedgerException">It is recorded, but not done.</exception>
    public async Task FinishAsync(EngineChain.EngineTurn turn)
    {
        (string Attempt, string Task)[] unfinished;
        lock (_lock)
            unfinished = [.. _unfinished.Select(item => (item.Key, item.Value))];
        foreach (var (attempt, task) in unfinished)
        {
            _keys.Destroy(task); // 3.
            _heldCalls.ForgetTask(task);
            await _payloads.EraseAsync(task); // 4.
            await turn.AppendAsync(new Outcome(attempt, OutcomeStatus.Completed.ToName(), 0, null, null)); // 5.
        }
    }

    /// <summary>Finishes what an earlier engine began, and destroys again what a backup brought back.</summary>
    /// <exception cref="LedgerException">It cannot be finished.</exception>
    public Task FinishAsync(CancellationToken cancellationToken) => _chain.ChangeAsync(
        async turn =>
        {
            await FinishAsync(turn);
            string[] done;
            lock (_lock)
                done = [.. _done];
            foreach (var task in done.Where(_keys.Has))
            {
                _keys.Destroy(task);
                await _payloads.EraseAsync(task);
            }

            return true;
        },
        cancellationToken);

    private void Follow(Entry entry)
    {
        lock (_lock)
        {
            switch (entry.Body)
            {
                case Intent intent:
                    _newestAttempt = intent.Attempt;
                    break;
                case PayloadsErased erased:
                    _unfinished[_newestAttempt] = erased.Task;
                    break;
                case Outcome outcome when _unfinished.Remove(outcome.Attempt, out var task):
                    _done.Add(task);
                    break;
            }
        }
    }
}

/// <summary>A task as it would be erased.</summary>
/// <param name="Payloads">How many of its entries have a payload.</param>
/// <param name="IsErased">True when that was done before.</param>
internal sealed record ErasableTask(TaskOpened Opened, bool IsEnded, long Payloads, bool IsErased);
