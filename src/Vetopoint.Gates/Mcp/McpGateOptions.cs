namespace Vetopoint.Gates.Mcp;

/// <summary>What a user may set about the MCP gate, checked and resolved.</summary>
public sealed record McpGateOptions
{
    /// <summary>How long a held call waits for a person before it is answered with the hold's id.</summary>
    public TimeSpan HoldWait { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>How long an upstream may take to answer one call. The outcome of a longer one is recorded as unknown.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most bytes of one message from a client.</summary>
    public int RequestBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>The most bytes of one message from an upstream, and of all messages that belong to one call.</summary>
    public int ResultBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// The console's address, to offer a person the approval of a hold as a link; null while there is no console. The
    /// link names the hold and is not a bearer: opening it proves nothing.
    /// </summary>
    public Uri? ApprovalUrl { get; init; }

    /// <summary>Values of <c>Host</c> the gate answers to, with the port; empty for the loopback names with any port.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Values of <c>Origin</c> that may call. A request without one is not from a browser and passes.</summary>
    public IReadOnlyList<string> Origins { get; init; } = [];

    /// <summary>Whether traces take arguments and results, with secrets of a known format masked.</summary>
    public bool TracesArguments { get; init; }
}
