namespace Vetopoint.Gates.Mcp;

/// <summary>Every limit of the MCP gate that is not configured. Sizes and waits that a user may set are in <see cref="McpGateOptions"/>.</summary>
public static class McpGateLimits
{
    /// <summary>Requests of one session that may be judged, held or under way at once; more are refused.</summary>
    public const int CallsInFlightMax = 128;

    /// <summary>Requests of a server to its client that may wait for an answer at once; more are refused.</summary>
    public const int ServerCallsInFlightMax = 32;

    /// <summary>Messages of an upstream that wait to be judged; a faster upstream is not read until there is room.</summary>
    public const int UpstreamQueueMax = 256;

    /// <summary>Notifications that one call may bring before its answer; a call that floods is cut.</summary>
    public const int NotificationsPerCallMax = 100_000;

    /// <summary>Kinds of notifications (a method and what it is about) that one call may bring besides progress; more are dropped.</summary>
    public const int NoticesPerCallMax = 64;

    /// <summary>Refused messages in a row after which a peer is cut off: it does not speak the protocol.</summary>
    public const int RefusalsInRowMax = 100;

    /// <summary>Bytes of an upstream's standard error that are kept, newest last.</summary>
    public const int StandardErrorBytesMax = 64 * 1024;

    /// <summary>Bytes read from a pipe at once.</summary>
    public const int PipeBytesMin = 16 * 1024;

    /// <summary>HTTP sessions one caller may have open in front of an upstream that is not HTTP; the idlest is ended for a new one.</summary>
    public const int SessionsPerCallerMax = 32;

    /// <summary>Bytes of a session id.</summary>
    public const int SessionIdBytes = 24;

    /// <summary>Bytes of one server-sent event beyond the message in it.</summary>
    public const int EventOverheadBytesMax = 64 * 1024;

    /// <summary>Bytes of an upstream's answer that is not a message, such as the page of an error.</summary>
    public const int ForeignBodyBytesMax = 64 * 1024;

    /// <summary>How long a process may take to end after its input closed, before it is told to.</summary>
    public static readonly TimeSpan EndAfterInputClosed = TimeSpan.FromSeconds(2);

    /// <summary>How long a process may take to end after SIGTERM, before it is killed.</summary>
    public static readonly TimeSpan EndAfterTerminate = TimeSpan.FromSeconds(3);

    /// <summary>How often a waiting client hears that its call is still held.</summary>
    public static readonly TimeSpan HoldNoticeInterval = TimeSpan.FromSeconds(5);

    /// <summary>The longest id of an event that a stream can be resumed with.</summary>
    public const int EventIdCharsMax = 1024;

    /// <summary>The newest ids of events that one conversation remembers.</summary>
    public const int EventIdsMax = 1024;

    /// <summary>How long a stream may be silent before a comment keeps it alive.</summary>
    public static readonly TimeSpan StreamKeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>How long recording the end of a call may take once nobody waits for it any more.</summary>
    public static readonly TimeSpan ClosingMax = TimeSpan.FromSeconds(10);

    /// <summary>How long an HTTP session may be idle before it is ended.</summary>
    public static readonly TimeSpan SessionIdleMax = TimeSpan.FromMinutes(30);

    /// <summary>How long the gate's own list of a server's tools may take, all pages together. The call that needs it waits for it.</summary>
    public static readonly TimeSpan OwnListMax = TimeSpan.FromSeconds(10);

    /// <summary>Pages of such a list.</summary>
    public const int OwnListPagesMax = 64;

    /// <summary>How long connecting to an upstream may take.</summary>
    public static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(15);
}
