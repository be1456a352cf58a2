using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Vetopoint.ConformanceServer.Tools;

/// <summary>What this server asks a client for.</summary>
internal static class Questions
{
    public static ElicitRequestParams Elicitation(string message, string schema) => new()
    {
        Message = message,
        RequestedSchema = JsonSerializer.Deserialize<ElicitRequestParams.RequestSchema>(schema, McpJsonUtilities.DefaultOptions),
    };

    public static CreateMessageRequestParams Sampling(string prompt, int maxTokens) => new()
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [Samples.Text(prompt)] }],
        MaxTokens = maxTokens,
    };

    public static InputRequest ForName(string message, string property) => InputRequest.ForElicitation(Elicitation(
        message,
        $$"""{ "type": "object", "properties": { "{{property}}": { "type": "string" } }, "required": ["{{property}}"] }"""));

    public static InputRequest ForConfirmation() => InputRequest.ForElicitation(Elicitation(
        "Please confirm", """{ "type": "object", "properties": { "ok": { "type": "boolean" } }, "required": ["ok"] }"""));

    public static InputRequest ForRoots() => InputRequest.ForRootsList(new ListRootsRequestParams());
}
