using System.Text.Json;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Tools;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>Reads the messages of one server with its pinned tools, never with what the server says now.</summary>
internal sealed class ServerReader(GovernedServer server, ToolPins pins)
{
    public const string Version = "mcp-0";

    public GovernedServer Server => server;

    /// <summary>What a message does, and the digest of the pinned definition it was read with.</summary>
    /// <param name="answers">The request the message answers; null for a message that answers none.</param>
    public (Reading Reading, string? Definition) Read(McpMessage message, Direction direction, McpMessage? answers) =>
        throw new NotSupportedException(
            $"the reader for calls is not joined yet: {server.Name} {message.Method} {direction} {answers?.Method}");

    /// <summary>True when a pinned tool promises a shape for its structured content.</summary>
    public bool HasOutputSchema(string tool) =>
        pins.Find(Server.Name, tool) is { } pin && HasOutputSchema(pin.Definition);

    private static bool HasOutputSchema(ReadOnlyMemory<byte> definition)
    {
        using var json = JsonDocument.Parse(definition);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("outputSchema", out _);
    }
}
