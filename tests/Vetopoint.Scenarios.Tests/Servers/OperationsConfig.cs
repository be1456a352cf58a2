using System.Text.Json.Nodes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Servers;

/// <summary>Config for the sample operations server, written as an operator would.</summary>
internal static class OperationsConfig
{
    /// <summary>What the tools do, as the demo says it.</summary>
    public static JsonObject Mapping()
    {
        var demo = JsonNode.Parse(
            File.ReadAllText(Repository.PathOf("samples", "Vetopoint.Samples.Session", "Site", "vetopoint.json")),
            documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return demo!["servers"]!["operations"]!.DeepClone().AsObject();
    }

    /// <summary>A config with the server started by Vetopoint.</summary>
    public static JsonObject Stdio(OperationsServer server) => new()
    {
        ["command"] = Repository.OperationsServer,
        ["args"] = new JsonArray([.. server.StdioArguments.Select(argument => (JsonNode)argument)]),
    };

    /// <summary>A config with the server reached over Streamable HTTP.</summary>
    public static JsonObject Http(OperationsServer server) => new() { ["type"] = "http", ["url"] = server.Address!.AbsoluteUri };

    /// <summary>A config with the server reached over the transport of 2024.</summary>
    public static JsonObject Sse(OperationsServer server) => new() { ["type"] = "sse", ["url"] = server.SseAddress.AbsoluteUri };

    /// <summary>How long a held call waits, and everything else about holds.</summary>
    public static JsonObject Holds(TimeSpan wait) => new() { ["wait"] = wait.ToString("c"), ["expire"] = "00:30:00" };
}
