using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tools;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>Reads the messages of one server with its pinned tools and the mapping of the active config, never with what the server says now.</summary>
internal sealed class ServerReader(GovernedServer server, ToolPins pins)
{
    private readonly Lock _observing = new();
    private Contexts _contexts = new(server.Name, server.CurrentMapping(), []); // swapped whole with the mapping or the schemes

    public GovernedServer Server => server;

    /// <summary>What a message does, and the digest of the pinned definition it was read with.</summary>
    /// <param name="answers">The request the message answers; null for a message that answers none.</param>
    public (Reading Reading, string? Definition) Read(McpMessage message, Direction direction, McpMessage? answers)
    {
        var contexts = Current();
        if (direction == Direction.ToClient)
            return (McpReader.Read(message, contexts.ToClient), null);
        if (message.Kind is McpMessageKind.Response or McpMessageKind.ErrorResponse)
            return (McpReader.ReadAnswer(message, answers?.Method, contexts.ToServer), null);
        if (message.Method == "tools/call" && message.NameText is { } name && pins.Find(server.Name, name) is { } pin)
            return (McpReader.Read(message, contexts.Of(pin)), pin.Digest);
        return (McpReader.Read(message, contexts.ToServer), null);
    }

    /// <summary>True when a definition of the tool is known.</summary>
    public bool IsPinned(string tool) => Pin(tool) is not null;

    /// <summary>The pin a tool's calls are read with; null when it was never offered.</summary>
    public PinnedTool? Pin(string tool) => pins.Find(server.Name, tool);

    /// <summary>True when a pinned tool promises a shape for its structured content.</summary>
    public bool HasOutputSchema(string tool)
    {
        if (pins.Find(server.Name, tool) is not { } pin)
            return false;
        using var json = JsonDocument.Parse(pin.Definition);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("outputSchema", out _);
    }

    /// <summary>Remembers which schemes the server's own resources have: only those are read without a doubt.</summary>
    public void ObserveResources(McpMessage answer)
    {
        var listed = ResourceSchemes.Of(answer.Result);
        lock (_observing)
        {
            var contexts = Current();
            var known = contexts.ToServer.ResourceSchemes;
            if (!listed.IsSubsetOf(known) && known.Count < McpLimits.ResourceSchemesMax)
                Volatile.Write(ref _contexts, new Contexts(server.Name, contexts.ToServer.Mapping, known.Union(listed).ToFrozenSet(StringComparer.Ordinal)));
        }
    }

    private Contexts Current()
    {
        var contexts = Volatile.Read(ref _contexts);
        var mapping = server.CurrentMapping();
        if (!ReferenceEquals(contexts.ToServer.Mapping, mapping))
            Volatile.Write(ref _contexts, contexts = new Contexts(server.Name, mapping, contexts.ToServer.ResourceSchemes));
        return contexts;
    }

    /// <summary>What it takes to read a tool's definition is done once for each pin as it is.</summary>
    private sealed class Contexts
    {
        private readonly ConcurrentDictionary<string, (PinnedTool Pin, ToolContext Context)> _tools = new(StringComparer.Ordinal);

        public Contexts(string server, ServerMapping mapping, FrozenSet<string> schemes)
        {
            ToServer = new ToolContext { Server = server, Mapping = mapping, Direction = McpDirection.ToServer, ResourceSchemes = schemes };
            ToClient = ToServer with { Direction = McpDirection.ToClient };
        }

        public ToolContext ToServer { get; }

        public ToolContext ToClient { get; }

        public ToolContext Of(PinnedTool pin)
        {
            if (_tools.TryGetValue(pin.Name, out var known) && ReferenceEquals(known.Pin, pin))
                return known.Context;
            var definition = ToolDefinition.TryParse(pin.Definition, out var parsed, out _) ? parsed : null;
            var context = ToServer with { Definition = definition, Reviewed = pin.Reviewed, Suspicion = pin.Suspicion };
            _tools[pin.Name] = (pin, context);
            return context;
        }
    }
}
