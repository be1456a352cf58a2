using System.Collections.Frozen;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// Everything known about where a message goes, besides the message. What it takes to read a tool's definition is done
/// once per <see cref="ToolDefinition"/>, so a gate keeps one for each pinned tool and reuses it.
/// </summary>
public sealed record ToolContext
{
    /// <summary>The server, by its name in the config.</summary>
    public required string Server { get; init; }

    public McpDirection Direction { get; init; }

    /// <summary>What the operator says of the server and its tools.</summary>
    public ServerMapping Mapping { get; init; } = ServerMapping.Empty;

    /// <summary>The schemes of the resources that the server has listed, in lower case; resources of others are not understood.</summary>
    public FrozenSet<string> ResourceSchemes { get; init; } = [];

    /// <summary>The definition of the called tool as it was pinned; null when it is not known, or not a tool call.</summary>
    public ToolDefinition? Definition { get; init; }

    /// <summary>True when the operator has looked at the pinned definition.</summary>
    public bool Reviewed { get; init; }

    /// <summary>Why a person should look at the tool first; null when there is nothing.</summary>
    public string? Suspicion { get; init; }
}
