using Vetopoint.Control.Tasks;
using Vetopoint.Gates.Mcp.Upstreams;
using Vetopoint.Readers.Mcp.Mapping;

namespace Vetopoint.Gates.Mcp;

/// <summary>A server behind the gate, as the active config has it. Immutable; a new one is made when the config changes.</summary>
/// <param name="Name">Its name in the config, or of the wrap.</param>
public sealed record GovernedServer(string Name, UpstreamAddress Address)
{
    /// <summary>What the operator says of the server and its tools, when this was made.</summary>
    public ServerMapping Mapping { get; init; } = ServerMapping.Empty;

    /// <summary>
    /// Gives the mapping of the config that is active now, for a session that outlives a change; null to keep
    /// <see cref="Mapping"/>. Called for each message, so it only reads a field.
    /// </summary>
    public Func<ServerMapping>? LiveMapping { get; init; }

    /// <summary>
    /// Gives the address with the credentials of one task, where the server needs some; null when it needs none. Then <see cref="Address"/>
    /// tells the kind only.
    /// </summary>
    public Func<TaskHandle, CancellationToken, Task<UpstreamAddress>>? Lend { get; init; }

    /// <exception cref="UpstreamException">The task gets no credential.</exception>
    internal ValueTask<UpstreamAddress> AddressForAsync(TaskHandle task, CancellationToken cancellationToken) =>
        Lend is null ? new ValueTask<UpstreamAddress>(Address) : new ValueTask<UpstreamAddress>(Lend(task, cancellationToken));

    internal ServerMapping CurrentMapping() => LiveMapping?.Invoke() ?? Mapping;
}
