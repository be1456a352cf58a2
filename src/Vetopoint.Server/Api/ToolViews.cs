using System.Text;
using System.Text.Json;
using Vetopoint.Api.Messages;
using Vetopoint.Control.Tools;

namespace Vetopoint.Server.Api;

/// <summary>Turns pinned tools into what the API shows.</summary>
internal static class ToolViews
{
    public static ToolView Of(PinnedTool pin)
    {
        using var definition = JsonDocument.Parse(pin.Definition);
        return new ToolView(
            pin.Server, pin.Name, pin.Digest, pin.Reviewed, pin.Suspicion,
            Text(definition.RootElement, "title"), Text(definition.RootElement, "description"), [], false, []);
    }

    public static ToolDiff DiffOf(PinnedTool pin) => new(
        pin.Server, pin.Name, pin.Digest, Encoding.UTF8.GetString(pin.Definition.Span), pin.OfferedDigest,
        pin.Offered is { } offered ? Encoding.UTF8.GetString(offered.Span) : null, pin.Suspicion, []);

    private static string? Text(JsonElement definition, string name) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
