namespace Vetopoint.Shim;

/// <summary>Every limit of the shim, in one place.</summary>
internal static class Limits
{
    /// <summary>One read from the client or the engine.</summary>
    public const int CopyBytes = 64 * 1024;

    /// <summary>The engine's one-line answer to the greeting.</summary>
    public const int GreetingAnswerBytesMax = 64 * 1024;

    /// <summary>A path in <c>sockaddr_un</c>, without its closing zero.</summary>
    public const int SocketPathBytesMax = 107;

    /// <summary>A JSON-RPC id longer than this is not remembered: its request goes unanswered if the engine is lost.</summary>
    public const int RequestIdBytesMax = 256;

    /// <summary>Requests remembered at once; further ones go unanswered if the engine is lost.</summary>
    public const int PendingRequestsMax = 4096;

    /// <summary>What is shown of a failed engine start.</summary>
    public const int StartLogBytesShown = 4096;

    /// <summary>From asking for an engine until it answers on its socket.</summary>
    public static readonly TimeSpan EngineStart = TimeSpan.FromSeconds(30);

    /// <summary>Between two tries to connect to an engine that is starting.</summary>
    public static readonly TimeSpan ConnectRetry = TimeSpan.FromMilliseconds(10);

    /// <summary>For the engine to answer the greeting. It starts the server behind the gate in that time.</summary>
    public static readonly TimeSpan Greeting = TimeSpan.FromSeconds(60);

    /// <summary>For the last results after the client has closed its side.</summary>
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);
}
