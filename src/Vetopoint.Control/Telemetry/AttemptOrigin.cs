using System.Diagnostics;
using Vetopoint.Control.Attempts;

namespace Vetopoint.Control.Telemetry;

/// <summary>
/// Where an attempt comes from, as traces and measurements show it. INVARIANT: no text in here was made up by an agent: an unknown method or tool is not
/// named, and ids of requests are left out.
/// </summary>
public readonly record struct AttemptOrigin
{
    /// <summary>The kind of gate, such as <c>mcp</c>.</summary>
    public required string Gate { get; init; }

    public required TaskId Task { get; init; }

    public required string Agent { get; init; }

    public required string Server { get; init; }

    /// <summary>The method where it is known, else <c>_other</c>.</summary>
    public required string Method { get; init; }

    public bool IsToolCall { get; init; }

    /// <summary>The tool, where it is pinned; null for any other.</summary>
    public string? Tool { get; init; }

    public Direction Direction { get; init; }

    /// <summary>The revision of the protocol, where it is a known one.</summary>
    public string? ProtocolVersion { get; init; }

    /// <summary>A name for the session that opens nothing; null where there is none.</summary>
    public string? Session { get; init; }

    /// <summary>
    /// The span the message says it belongs to. An agent's word: it decides where the trace hangs, and nothing else, least of all
    /// whether there is one.
    /// </summary>
    public ActivityContext Parent { get; init; }
}
