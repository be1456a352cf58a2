using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Mandates;

namespace Vetopoint.Control.Tasks;

/// <summary>The live tasks of this process. Grains put them here; gates and permits read them.</summary>
internal sealed class LiveTasks
{
    private readonly ConcurrentDictionary<TaskId, LiveTask> _tasks = new();

    public bool TryGet(TaskId id, [NotNullWhen(true)] out LiveTask? task) => _tasks.TryGetValue(id, out task);

    /// <summary>The task as it is known here already, so that what permits used meanwhile stays counted; else a new one.</summary>
    public LiveTask Take(TaskId id, string agent, Mandate mandate) =>
        _tasks.GetOrAdd(id, static (id, made) => new LiveTask(id, made.agent, made.mandate.BytesMax, made.mandate.ExpiresAt), (agent, mandate));

    /// <summary>How many are neither over nor expired.</summary>
    public int CountAt(DateTimeOffset now) => _tasks.Values.Count(task => task.IsLive && now < task.ExpiresAt);

    /// <summary>The live tasks of an agent.</summary>
    public IReadOnlyList<LiveTask> OfAgent(string agent) => [.. _tasks.Values.Where(task => task.Agent == agent)];

    public void Remove(LiveTask task)
    {
        task.End();
        task.Above?.Forget(task);
        _tasks.TryRemove(new KeyValuePair<TaskId, LiveTask>(task.Id, task));
    }
}
