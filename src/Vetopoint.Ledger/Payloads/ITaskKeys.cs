using Vetopoint.Ledger.Entries;

namespace Vetopoint.Ledger.Payloads;

/// <summary>Where the tasks' keys are kept, apart from the record: what is destroyed here is gone, whoever has copies of the record.</summary>
public interface ITaskKeys
{
    /// <summary>Draws a task's key and keeps it. It is on disk when this returns.</summary>
    /// <exception cref="LedgerException">It could not be kept, or the task has one.</exception>
    TaskKey Make(string task);

    /// <summary>A task's key; null when there is none.</summary>
    /// <param name="task">The task.</param>
    /// <param name="id">What the task's first entry names the key by.</param>
    /// <exception cref="LedgerException">What is kept is not that key, or others could have read it.</exception>
    TaskKey? Find(string task, string id);

    /// <summary>True when anything is kept for a task, usable or not.</summary>
    bool Has(string task);

    /// <summary>Destroys a task's key. Nothing of it is left when this returns; doing so twice is the same as once.</summary>
    /// <exception cref="LedgerException">It could not be destroyed.</exception>
    void Destroy(string task);
}
