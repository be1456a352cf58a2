using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Vetopoint.Control.Attempts;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>The sessions of clients over HTTP in front of upstreams that are not, each tied to the task that opened it.</summary>
internal sealed class HttpSessionTable : IAsyncDisposable
{
    /// <summary>The key of the session that a task's clients without sessions share.</summary>
    public const string Shared = "";

    private readonly ConcurrentDictionary<(TaskId Task, string Server, string Id), HttpSession> _sessions = new();
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;

    public HttpSessionTable(TimeProvider time)
    {
        _time = time;
        _sweep = time.CreateTimer(
            static table => _ = ((HttpSessionTable)table!).SweepAsync(), this,
            McpGateLimits.SessionIdleMax / 4, McpGateLimits.SessionIdleMax / 4);
    }

    public static string DrawId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(McpGateLimits.SessionIdBytes));

    /// <summary>The session; null for one that is not this task's, or is over.</summary>
    public HttpSession? Find(TaskId task, string server, string id) =>
        _sessions.TryGetValue((task, server, id), out var session) && !session.Closing.IsCancellationRequested ? session : null;

    /// <summary>Opens a session, or gives the one that is open under this id.</summary>
    public async Task<HttpSession> OpenAsync(
        TaskId task, string server, string id, Func<string, Task<HttpSession>> open, CancellationToken cancellationToken)
    {
        await MakeRoomAsync(task);
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (Find(task, server, id) is { } found)
                return found;
            if (_sessions.TryRemove((task, server, id), out var over))
                await over.DisposeAsync();
            var session = await open(id);
            _sessions[(task, server, id)] = session;
            return session;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Ends a session.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> CloseAsync(TaskId task, string server, string id)
    {
        if (!_sessions.TryRemove((task, server, id), out var session))
            return false;
        await session.DisposeAsync();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var key in _sessions.Keys)
            await CloseAsync(key.Task, key.Server, key.Id);
        _opening.Dispose();
    }

    private async Task MakeRoomAsync(TaskId task)
    {
        var own = _sessions.Where(pair => pair.Key.Task == task).OrderBy(static pair => pair.Value.UsedAt).ToArray();
        for (var i = 0; i <= own.Length - McpGateLimits.SessionsPerCallerMax; i++)
            await CloseAsync(own[i].Key.Task, own[i].Key.Server, own[i].Key.Id);
    }

    private async Task SweepAsync()
    {
        foreach (var (key, session) in _sessions)
        {
            if (session.Closing.IsCancellationRequested || _time.GetElapsedTime(session.UsedAt) > McpGateLimits.SessionIdleMax)
                await CloseAsync(key.Task, key.Server, key.Id);
        }
    }
}
