using System.Collections.Concurrent;
using Vetopoint.Control.Decisions;
using Vetopoint.Gates.Mcp.Exchanges;
using Vetopoint.Gates.Mcp.Judging;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>What is known of one client and one upstream between requests over HTTP: a session of the protocol, or all that a task does without one.</summary>
internal sealed class Conversation(Checkpoint checkpoint, string? sessionId)
{
    private Checkpoint _checkpoint = checkpoint; // swapped when the config changes
    private int _underWay;

    public Checkpoint Checkpoint => Volatile.Read(ref _checkpoint);

    /// <summary>The upstream's session; null where there is none.</summary>
    public string? SessionId => sessionId;

    /// <summary>The revision of the opening handshake; null until there was one.</summary>
    public string? Revision { get; set; }

    /// <summary>True when the client said that it can show links.</summary>
    public bool ShowsLinks { get; set; }

    /// <summary>The list of tools that the gate fetched itself.</summary>
    public ListedOnce Listed { get; } = new();

    /// <summary>Requests whose stream broke off, that a later stream may still answer.</summary>
    public ConcurrentDictionary<string, Exchange> Unanswered { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests under way, to find the one a notification on another stream belongs to.</summary>
    public ConcurrentDictionary<string, Exchange> UnderWay { get; } = new(StringComparer.Ordinal);

    /// <summary>What the server asked of the client and is not answered yet.</summary>
    public ConcurrentDictionary<string, AskedOfClient> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of events that the server gave: only with one of these may a stream be resumed.</summary>
    public GivenEvents Given { get; } = new();

    /// <summary>Goes on with the server as the config has it now.</summary>
    public void Renew(Checkpoint checkpoint) => Volatile.Write(ref _checkpoint, checkpoint);

    /// <summary>Ends a request whose answer nobody comes back for.</summary>
    public void ForgetLater(string key, TimeSpan after, TimeProvider time) => _ = ForgetAsync(key, after, time);

    public bool TryBegin()
    {
        if (Interlocked.Increment(ref _underWay) <= McpGateLimits.CallsInFlightMax)
            return true;
        Interlocked.Decrement(ref _underWay);
        return false;
    }

    public void End() => Interlocked.Decrement(ref _underWay);

    /// <summary>The request a progress notification belongs to; null when none is known.</summary>
    public Exchange? Find(McpMessage notification)
    {
        if (notification.Method != "notifications/progress")
            return null;
        var token = notification.Param("progressToken");
        foreach (var exchange in UnderWay.Values)
        {
            if (!token.IsEmpty && exchange.Request.ProgressToken.Span.SequenceEqual(token.Span))
                return exchange;
        }

        return null;
    }

    private async Task ForgetAsync(string key, TimeSpan after, TimeProvider time)
    {
        await Task.Delay(after, time, Checkpoint.Task.Stopped).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Unanswered.TryRemove(key, out var exchange))
            await exchange.EndAsync(OutcomeStatus.Unknown, "nobody came back for the answer");
    }
}

/// <summary>A request of a server that its client has been given.</summary>
internal sealed record AskedOfClient(McpMessage Request, Permit Permit);
