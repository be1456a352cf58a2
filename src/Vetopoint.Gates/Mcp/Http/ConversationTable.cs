using System.Collections.Concurrent;
using Vetopoint.Control.Attempts;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// Which session of an upstream belongs to which task. Upstreams see one credential, Vetopoint's, so the session's id alone
/// keeps callers apart there: here it is tied to the task it was given to.
/// </summary>
internal sealed class ConversationTable(TimeProvider time)
{
    private const int Max = 8_192;

    private readonly ConcurrentDictionary<(TaskId, string, string), Known> _known = new();

    /// <summary>The conversation of a session, or of a task without one; null for a session that is not this task's.</summary>
    public Conversation? Find(TaskId task, string server, string sessionId)
    {
        if (!_known.TryGetValue((task, server, sessionId), out var known))
            return null;
        known.UsedAt = time.GetTimestamp();
        return known.Conversation;
    }

    public Conversation GetOrAdd(TaskId task, string server, string sessionId, Func<Conversation> make)
    {
        if (Find(task, server, sessionId) is { } found)
            return found;
        if (_known.Count >= Max)
            Forget();
        return _known.GetOrAdd((task, server, sessionId), _ => new Known(make()) { UsedAt = time.GetTimestamp() }).Conversation;
    }

    public void Remove(TaskId task, string server, string sessionId) => _known.TryRemove((task, server, sessionId), out _);

    /// <summary>Makes room: the longer half unused is forgotten. Its clients start a new session, as the protocol has it.</summary>
    private void Forget()
    {
        var byAge = _known.OrderBy(static pair => pair.Value.UsedAt).Take(Max / 2).ToArray();
        foreach (var pair in byAge)
            _known.TryRemove(pair);
    }

    private sealed class Known(Conversation conversation)
    {
        public Conversation Conversation => conversation;

        public long UsedAt { get; set; }
    }
}
