using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Vetopoint.Control.Tools;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>Which arguments of a pinned tool travel as <c>Mcp-Param-*</c> headers too, as its schema says.</summary>
internal sealed class ParameterHeaders(ImmutableArray<ParameterHeader> all)
{
    private static readonly ConcurrentDictionary<string, ParameterHeaders> ByDigest = new(StringComparer.Ordinal);
    private const int CachedMax = 16_384;

    public static ParameterHeaders None { get; } = new([]);

    public ImmutableArray<ParameterHeader> All => all;

    /// <summary>Those of a pinned tool.</summary>
    public static ParameterHeaders Of(PinnedTool? tool)
    {
        if (tool is null)
            return None;
        if (ByDigest.TryGetValue(tool.Digest, out var known))
            return known;
        var found = new ParameterHeaders(Find(tool.Definition));
        if (ByDigest.Count < CachedMax)
            ByDigest.TryAdd(tool.Digest, found);
        return found;
    }

    public ParameterHeader? Find(string name) =>
        all.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase));

    private static ImmutableArray<ParameterHeader> Find(ReadOnlyMemory<byte> definition)
    {
        var found = ImmutableArray.CreateBuilder<ParameterHeader>();
        using var json = JsonDocument.Parse(definition);
        if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("inputSchema", out var schema))
            Walk(schema, [], found);
        return found.ToImmutable();
    }

    private static void Walk(JsonElement schema, ImmutableArray<string> path, ImmutableArray<ParameterHeader>.Builder found)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties)
            || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            var at = path.Add(property.Name);
            if (property.Value.ValueKind != JsonValueKind.Object)
                continue;
            if (property.Value.TryGetProperty("x-mcp-header", out var name) && name.ValueKind == JsonValueKind.String)
                found.Add(new ParameterHeader(name.GetString()!, at));
            Walk(property.Value, at, found);
        }
    }
}

/// <summary>One argument that is mirrored into a header.</summary>
/// <param name="Name">What follows <c>Mcp-Param-</c>.</param>
/// <param name="Path">The names that lead to it in the arguments.</param>
internal sealed record ParameterHeader(string Name, ImmutableArray<string> Path)
{
    /// <summary>The value in the arguments; null when there is none there.</summary>
    public JsonElement? In(JsonElement arguments)
    {
        foreach (var name in Path)
        {
            if (arguments.ValueKind != JsonValueKind.Object || !arguments.TryGetProperty(name, out arguments))
                return null;
        }

        return arguments.ValueKind is JsonValueKind.Null ? null : arguments;
    }
}
