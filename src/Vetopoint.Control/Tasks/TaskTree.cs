using Vetopoint.Control.Attempts;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tasks;

/// <summary>What the tasks below one did, from the record. Read when a task comes back; from then on it is told.</summary>
internal sealed class TaskTree
{
    private readonly SortedSet<string> _labels = new(StringComparer.Ordinal);

    public TaskUsage Usage { get; private set; }

    /// <summary>Bytes of results; attempts without an outcome count as <see cref="ControlLimits.UnknownOutcomeBytes"/>.</summary>
    public long Bytes { get; private set; }

    public IReadOnlyCollection<string> Labels => _labels;

    /// <summary>Reads every chain below. The tasks there are not woken: one of them may wait for this one.</summary>
    /// <exception cref="InvalidDataException">A chain is not one.</exception>
    public static async Task<TaskTree> ReadAsync(ILedger ledger, TaskState root, CancellationToken cancellationToken)
    {
        var tree = new TaskTree();
        var left = new Queue<TaskId>(root.Children);
        while (left.TryDequeue(out var id))
        {
            var state = new TaskState(id);
            await foreach (var entry in ledger.ReadTaskAsync(id.ToString(), 1, cancellationToken))
                state.Apply(entry);
            tree.Add(new TaskUsage(state.Calls, state.Objects, state.Sensitive), state.LabelNames);
            tree.Bytes = TaskBudget.Sum(tree.Bytes, state.Bytes);
            foreach (var child in state.Children)
                left.Enqueue(child);
        }

        return tree;
    }

    /// <summary>Counts what a task below does.</summary>
    public void Add(TaskUsage usage, IEnumerable<string> labels)
    {
        Usage = Usage.Add(usage);
        _labels.UnionWith(labels);
    }
}
