using System.Collections.Concurrent;

namespace Vetopoint.Gates.Mcp.Sessions;

/// <summary>The work a session has under way, so that its end can wait for it.</summary>
internal sealed class Running
{
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();

    public Task TrackAsync(Task task)
    {
        if (task.IsCompleted)
            return task;
        _tasks.TryAdd(task, 0);
        _ = task.ContinueWith(
            static (ended, tasks) => ((ConcurrentDictionary<Task, byte>)tasks!).TryRemove(ended, out _),
            _tasks, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    /// <summary>Waits for what is under way, up to a limit.</summary>
    public async Task EndAsync(TimeSpan limit, TimeProvider time)
    {
        try
        {
            await Task.WhenAll(_tasks.Keys).WaitAsync(limit, time);
        }
        catch (Exception fault) when (fault is TimeoutException or OperationCanceledException or IOException)
        {
            // What does not end in time is left to its own limits; what failed was told where it failed.
        }
    }
}
