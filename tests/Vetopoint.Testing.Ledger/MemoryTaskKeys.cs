using System.Collections.Concurrent;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Payloads;

namespace Vetopoint.Testing.Ledger;

/// <summary>The tasks' keys in memory, with faults on demand.</summary>
public sealed class MemoryTaskKeys : ITaskKeys
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    /// <summary>What every call is refused with; null for none.</summary>
    public string? Fault { get; set; }

    /// <summary>What only destroying is refused with; null for nothing.</summary>
    public string? DestroyFault { get; set; }

    public TaskKey Make(string task)
    {
        Check(Fault);
        var key = TaskKey.Draw();
        return _keys.TryAdd(task, key.ToBytes()) ? key : throw new LedgerException($"VP6458: The task `{task}` has a key.");
    }

    public TaskKey? Find(string task, string id)
    {
        Check(Fault);
        if (!_keys.TryGetValue(task, out var secret))
            return null;
        var key = TaskKey.Of(secret);
        return key.Id == id ? key : throw new LedgerException($"VP6457: The key of the task `{task}` is another.");
    }

    public bool Has(string task) => _keys.ContainsKey(task);

    public void Destroy(string task)
    {
        Check(DestroyFault);
        _keys.TryRemove(task, out _);
    }

    /// <summary>Loses a key, as if its file had been removed.</summary>
    public void Lose(string task) => _keys.TryRemove(task, out _);

    /// <summary>Puts a key back, as a backup does.</summary>
    public void PutBack(string task, TaskKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _keys[task] = key.ToBytes();
    }

    private static void Check(string? fault)
    {
        if (fault is not null)
            throw new LedgerException(fault);
    }
}
