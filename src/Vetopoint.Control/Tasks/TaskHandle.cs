using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Tasks;

/// <summary>A live task, as a gate holds it.</summary>
public sealed class TaskHandle
{
    private readonly LiveTask _live;

    internal TaskHandle(LiveTask live, string agent, string owner, DateTimeOffset expiresAt)
    {
        _live = live;
        Agent = agent;
        Owner = owner;
        ExpiresAt = expiresAt;
    }

    public TaskId Id => _live.Id;

    public string Agent { get; }

    public string Owner { get; }

    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Changes when the task is stopped.</summary>
    public long Epoch => _live.Epoch;

    /// <summary>False when it ended, or was stopped. An expired task is found out at its next attempt.</summary>
    public bool IsLive => _live.IsLive;

    /// <summary>Cancelled when the task ends or is stopped: cut what is in flight, close the session.</summary>
    public CancellationToken Stopped => _live.Ended;
}
