using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp.Mapping;

namespace Vetopoint.Gates.Mcp;

/// <summary>A server behind the gate, as the active config has it. Immutable; a new one is made when the config changes.</summary>
/// <param name="Name">Its name in the config, or of the wrap.</param>
public sealed record GovernedServer(string Name, UpstreamAddress Address)
{
    /// <summary>What the operator says of the server and its tools.</summary>
    public ServerMapping Mapping { get; init; } = ServerMapping.Empty;
}
