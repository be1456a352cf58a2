using Vetopoint.Ledger.Entries;

namespace Vetopoint.Storage.Sqlite;

/// <summary>The newest entry of a task, as far as the next one must know it.</summary>
internal readonly record struct TaskHead(long Sequence, ReadOnlyMemory<byte> Hash)
{
    public static TaskHead None { get; } = new(0, Entry.NoPrevious);
}

/// <summary>
/// The newest entries of the tasks that wrote lately. Two generations: when the young one is full, the old one is forgotten.
/// </summary>
internal sealed class TaskHeads(int remembered)
{
    private Dictionary<string, TaskHead> _young = new(StringComparer.Ordinal);
    private Dictionary<string, TaskHead> _old = new(StringComparer.Ordinal);

    public bool TryGet(string task, out TaskHead head) => _young.TryGetValue(task, out head) || _old.TryGetValue(task, out head);

    public void Set(string task, TaskHead head)
    {
        if (_young.Count >= remembered / 2 && !_young.ContainsKey(task))
        {
            _old = _young;
            _young = new(StringComparer.Ordinal);
        }

        _young[task] = head;
    }

    public void Clear()
    {
        _young.Clear();
        _old.Clear();
    }
}
