using System.Collections.Immutable;
using System.Text;
using Vetopoint.Api.Configuration;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Tools;
using Vetopoint.Readers.Mcp;
using Vetopoint.Readers.Mcp.Mapping;
using Vetopoint.Readers.Mcp.Tools;
using Vetopoint.Readers.Operations;
using Vetopoint.Server.Policies;

namespace Vetopoint.Server.Api;

/// <summary>Turns pinned tools into what the API shows, with what a reader makes of their calls.</summary>
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
        var known = McpReader.Classify(pin.Name, new ToolContext
        {
            Server = pin.Server,
            Direction = McpDirection.ToServer,
            Mapping = mapping,
            Definition = definition,
            Reviewed = pin.Reviewed,
            Suspicion = pin.Suspicion,
        });
        return new ToolView(
            pin.Server, pin.Name, pin.Digest, pin.Reviewed, pin.Suspicion, definition?.Title, definition?.Description,
            [.. known.Effects.Select(effect => effect.ToName())], known.Understood,
            [.. known.Evidence.Select(evidence => evidence.Text).Distinct(StringComparer.Ordinal)]);
    }

    private static ImmutableArray<string> ChangesOf(PinnedTool pin) =>
        DefinitionOf(pin.Definition) is { } before && pin.Offered is { } offered && DefinitionOf(offered) is { } after
            ? [.. ToolDifference.Between(before, after).Select(change => change.ToString())]
            : [];

    private static ToolDefinition? DefinitionOf(ReadOnlyMemory<byte> json) =>
        ToolDefinition.TryParse(json, out var definition, out _) ? definition : null;
}
