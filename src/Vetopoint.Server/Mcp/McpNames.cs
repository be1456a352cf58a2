namespace Vetopoint.Server.Mcp;

/// <summary>Names that the MCP gate is recorded under.</summary>
internal static class McpNames
{
    public const string Gate = "mcp";

    /// <summary>The agent of a wrapped server: nobody enrolled it, so it is called after what it uses.</summary>
    public static string AgentOfWrap(string server) => Control.Policies.PolicySettings.LocalAgentPrefix + server;
}
