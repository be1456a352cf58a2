using Vetopoint.Control.Telemetry;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Attempts;

/// <summary>One message as it reached a gate, and what a reader made of it.</summary>
public sealed record Attempt
{
    public required TaskId Task { get; init; }

    /// <summary>The kind of gate, such as <c>mcp</c>.</summary>
    public required string Gate { get; init; }

    /// <summary>The upstream, by its name in the config.</summary>
    public required string Server { get; init; }

    /// <summary>The protocol's own name of the call, such as <c>tools/call</c>.</summary>
    public required string Method { get; init; }

    /// <summary>The tool, resource or prompt the call names; null where it names none.</summary>
    public string? Name { get; init; }

    public Direction Direction { get; init; }

    /// <summary>The message as it came.</summary>
    public required ReadOnlyMemory<byte> Bytes { get; init; }

    public required Reading Reading { get; init; }

    /// <summary>The version of the reader: an approval given on one version's reading is not used on another's.</summary>
    public required string ReaderVersion { get; init; }

    /// <summary>Digest of the pinned definition the call was read with; null when there is none.</summary>
    public string? ToolDefinition { get; init; }

    /// <summary>
    /// SHA-256 over server, method and the exact bytes of the parameters, without what changes from call to call: the id,
    /// the progress token, trace context and the protocol's own <c>_meta</c> keys. Equal for an identical retry.
    /// </summary>
    public required ReadOnlyMemory<byte> ActionDigest { get; init; }

    /// <summary>Who watches it; null when nobody does. It decides nothing.</summary>
    public AttemptSpan? Span { get; init; }
}

/// <summary>Which way a message goes. Zero is the way that can have an effect on an upstream.</summary>
public enum Direction
{
    ToServer = 0,
    ToClient,
}

internal static class DirectionNames
{
    public static string ToName(this Direction direction) => direction switch
    {
        Direction.ToServer => "to-server",
        Direction.ToClient => "to-client",
    };
}
