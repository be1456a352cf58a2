using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Tasks;

/// <summary>Opens, resumes and ends tasks.</summary>
public sealed class TaskDirectory
{
    /// <summary>Opens a task with the default mandate of the active policy set. Durable when it returns.</summary>
    /// <exception cref="TaskException">The agent is quarantined.</exception>
    /// <exception cref="Vetopoint.Ledger.Entries.LedgerException">It could not be recorded.</exception>
    public Task<TaskHandle> OpenAsync(TaskOpening opening, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Finds a task again, after a restart too; null when it ended, expired or never was.</summary>
    public Task<TaskHandle?> ResumeAsync(TaskId task, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>Ends a task: its permits are void, its holds are cancelled. Doing so twice is the same as once.</summary>
    /// <param name="reason">Why, in words, for the record.</param>
    public Task EndAsync(TaskId task, string reason, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

/// <summary>A task could not be opened or used. The message says why and what to do.</summary>
public sealed class TaskException : Exception
{
    internal TaskException(string message) : base(message) { }
}
