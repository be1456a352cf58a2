using System.Collections.Frozen;
using System.Collections.Immutable;
using Vetopoint.Readers.Mcp.Mapping;

namespace Vetopoint.Readers.Mcp.WellKnown;

/// <summary>
/// Exact knowledge of servers that many people run, in the same shape as an operator's mapping. A server is one of
/// these only because the operator says so in the config: never by the name it gives itself.
/// </summary>
public static class WellKnownServers
{
    private const string Prefix = "Vetopoint.Readers.WellKnown.";
    private const string Suffix = ".json";

    private static readonly FrozenDictionary<string, Lazy<ServerMapping>> Servers =
        typeof(WellKnownServers).Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                static name => name[Prefix.Length..^Suffix.Length],
                static name => new Lazy<ServerMapping>(() => Load(name)),
                StringComparer.Ordinal);

    /// <summary>The names for <c>knownAs</c>.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Servers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What is known of a tool; null when the server or the tool is not known.</summary>
    public static ToolMapping? Find(string? server, string tool) =>
        server is not null && Servers.TryGetValue(server, out var mapping) ? mapping.Value.Tools.GetValueOrDefault(tool) : null;

    /// <summary>Every tool that is known of a server.</summary>
    public static IEnumerable<string> Tools(string server) =>
        Servers.TryGetValue(server, out var mapping) ? mapping.Value.Tools.Keys : [];

    private static ServerMapping Load(string resource)
    {
        using var stream = typeof(WellKnownServers).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var (mapping, problems) = ServerMapping.Parse(bytes, resource);
        return mapping ?? throw new InvalidOperationException(string.Join('\n', problems));
    }
}
