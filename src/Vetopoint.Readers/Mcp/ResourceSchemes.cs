using System.Collections.Frozen;
using Vetopoint.Readers.Mcp.Calls;

namespace Vetopoint.Readers.Mcp;

/// <summary>The schemes of the resources that a server itself lists: only those are its own to be read.</summary>
public static class ResourceSchemes
{
    /// <summary>The schemes in a result of <c>resources/list</c> or <c>resources/templates/list</c>, in lower case.</summary>
    /// <param name="result">The raw object.</param>
    public static FrozenSet<string> Of(ReadOnlyMemory<byte> result)
    {
        var schemes = new HashSet<string>(StringComparer.Ordinal);
        Add(schemes, result, "resources", "uri");
        Add(schemes, result, "resourceTemplates", "uriTemplate");
        return schemes.ToFrozenSet(StringComparer.Ordinal);
    }

    private static void Add(HashSet<string> schemes, ReadOnlyMemory<byte> result, string list, string member)
    {
        foreach (var item in JsonBytes.Items(JsonBytes.Member(result, list), McpLimits.ToolsMax))
        {
            if (schemes.Count < McpLimits.ResourceSchemesMax && JsonBytes.TextOf(JsonBytes.Member(item, member).Span) is { } uri
                && ResourceAddress.SchemeOf(uri) is { } scheme)
            {
                schemes.Add(scheme);
            }
        }
    }
}
