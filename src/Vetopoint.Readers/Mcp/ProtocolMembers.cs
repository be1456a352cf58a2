using System.Collections.Frozen;
using System.Text;

namespace Vetopoint.Readers.Mcp;

/// <summary>
/// The members of the protocol by their folded spelling. Their spelling is checked even where they stand alone: a
/// server that ignores case would see <c>Params</c> where this reader sees none.
/// </summary>
internal static class ProtocolMembers
{
    public static readonly FrozenDictionary<string, string> Envelope = ByFold(
        "jsonrpc", "id", "method", "params", "result", "error");

    public static readonly FrozenDictionary<string, string> Params = ByFold(
        "name", "arguments", "uri", "_meta", "cursor", "inputResponses", "requestState", "task", "taskId", "ref",
        "argument", "context", "level", "logger", "data", "message", "mode", "url", "requestedSchema", "elicitationId",
        "messages", "systemPrompt", "includeContext", "tools", "toolChoice", "modelPreferences", "protocolVersion",
        "capabilities", "clientInfo", "notifications", "progressToken", "progress", "total", "requestId", "reason");

    public static readonly FrozenDictionary<string, string> Meta = ByFold(
        "progressToken", "io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities",
        "io.modelcontextprotocol/clientInfo", "io.modelcontextprotocol/logLevel",
        "io.modelcontextprotocol/subscriptionId", "io.modelcontextprotocol/related-task");

    public static readonly FrozenDictionary<string, string> Result = ByFold(
        "_meta", "resultType", "cacheScope", "ttlMs", "content", "structuredContent", "isError", "tools", "resources",
        "resourceTemplates", "prompts", "contents", "messages", "inputRequests", "requestState", "nextCursor", "task",
        "taskId", "status", "result", "error", "action", "roots", "role", "model", "completion", "protocolVersion",
        "capabilities", "serverInfo", "instructions", "supportedVersions");

    public static readonly FrozenDictionary<string, string> Tool = ByFold(
        "name", "title", "description", "inputSchema", "outputSchema", "annotations", "execution", "icons", "_meta");

    public static readonly FrozenDictionary<string, string> Error = ByFold("code", "message", "data");

    /// <summary>True for a name that some parser takes as a member of the protocol though it is spelt differently.</summary>
    public static bool IsMisspelt(ReadOnlySpan<byte> name, FrozenDictionary<string, string> known)
    {
        // Almost every name of a real message is one of the protocol's own in its own spelling, or short and lower-case.
        Span<char> text = stackalloc char[McpLimits.QuotedNameCharsMax];
        if (name.Length <= text.Length)
        {
            var written = 0;
            foreach (var value in name)
            {
                if (value >= 0x80)
                    return known.TryGetValue(MemberNames.Fold(name), out _);
                text[written++] = value is >= (byte)'A' and <= (byte)'Z' ? (char)(value | 0x20) : (char)value;
            }

            return known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..written], out var exact)
                && !IsExactly(name, exact);
        }

        return known.TryGetValue(MemberNames.Fold(name), out _);
    }

    private static bool IsExactly(ReadOnlySpan<byte> name, string exact)
    {
        if (name.Length != exact.Length)
            return false;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] != exact[i])
                return false;
        }

        return true;
    }

    private static FrozenDictionary<string, string> ByFold(params string[] members) =>
        members.ToFrozenDictionary(
            static member => MemberNames.Fold(Encoding.UTF8.GetBytes(member)), StringComparer.Ordinal);
}
