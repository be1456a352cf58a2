using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Tools;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;
using Vetopoint.Server.Policies;

namespace Vetopoint.Server.Api;

/// <summary>Turns pinned tools into what the API shows, with what a reader makes of a call without arguments.</summary>
internal static class ToolViews
{
    public static ImmutableArray<ToolView> Of(IReadOnlyList<PinnedTool> pins, EngineSettings settings)
    {
        var mappings = new Dictionary<string, ServerMapping>(StringComparer.Ordinal);
        var views = ImmutableArray.CreateBuilder<ToolView>(pins.Count);
        foreach (var pin in pins)
        {
            if (!mappings.TryGetValue(pin.Server, out var mapping))
                mappings[pin.Server] = mapping = ConfigReading.MappingOf(settings, pin.Server).Mapping ?? ServerMapping.Empty;
            views.Add(Of(pin, mapping));
        }

        return views.ToImmutable();
    }

    public static ToolDiff DiffOf(PinnedTool pin) => new(
        pin.Server, pin.Name, pin.Digest, Encoding.UTF8.GetString(pin.Definition.Span), pin.OfferedDigest,
        pin.Offered is { } offered ? Encoding.UTF8.GetString(offered.Span) : null, pin.Suspicion, ChangesOf(pin));

    private static ToolView Of(PinnedTool pin, ServerMapping mapping)
    {
        var definition = DefinitionOf(pin.Definition);
        var operations = OperationsOf(pin, definition, mapping);
        return new ToolView(
            pin.Server, pin.Name, pin.Digest, pin.Reviewed, pin.Suspicion, definition?.Title, definition?.Description,
            [.. operations.Select(operation => operation.Effect.ToName()).Distinct(StringComparer.Ordinal)],
            !operations.IsEmpty && operations.All(operation => operation.Understood),
            [.. operations.SelectMany(operation => operation.Evidence).Select(evidence => evidence.Text).Distinct(StringComparer.Ordinal)]);
    }

    private static ImmutableArray<Operation> OperationsOf(PinnedTool pin, ToolDefinition? definition, ServerMapping mapping)
    {
        var name = JsonEncodedText.Encode(pin.Name);
        byte[] call =
        [
            .. "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"tools/call\",\"params\":{\"arguments\":{},\"name\":\""u8,
            .. name.EncodedUtf8Bytes,
            .. "\"}}"u8,
        ];
        if (!McpMessage.TryParse(call, long.MaxValue, out var message, out _))
            return [];
        var reading = McpReader.Read(message, new ToolContext
        {
            Server = pin.Server,
            Direction = McpDirection.ToServer,
            Mapping = mapping,
            Definition = definition,
            Reviewed = pin.Reviewed,
            Suspicion = pin.Suspicion,
        });
        return reading.Forms[0].Operations;
    }

    private static ImmutableArray<string> ChangesOf(PinnedTool pin) =>
        DefinitionOf(pin.Definition) is { } before && pin.Offered is { } offered && DefinitionOf(offered) is { } after
            ? [.. ToolDifference.Between(before, after).Select(change => change.ToString())]
            : [];

    private static ToolDefinition? DefinitionOf(ReadOnlyMemory<byte> json) =>
        ToolDefinition.TryParse(json, out var definition, out _) ? definition : null;
}
