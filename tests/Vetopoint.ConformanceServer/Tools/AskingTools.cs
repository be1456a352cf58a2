using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Vetopoint.ConformanceServer.Tools;

/// <summary>Tools that ask the client within a session, as up to revision 2025-11-25.</summary>
[McpServerToolType]
internal sealed class AskingTools
{
    [McpServerTool(Name = "test_sampling"), Description("Asks the client's model.")]
    public static async Task<string> SamplingAsync(
        McpServer server, [Description("The prompt")] string prompt, CancellationToken cancellationToken)
    {
        var answer = await server.SampleAsync(Questions.Sampling(prompt, 100), cancellationToken: cancellationToken);
        return "LLM response: " + string.Join(' ', answer.Content.OfType<TextContentBlock>().Select(block => block.Text));
    }

    [McpServerTool(Name = "test_elicitation"), Description("Asks the person.")]
    public static async Task<string> ElicitationAsync(
        McpServer server, [Description("The message")] string message, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(
            Questions.Elicitation(message, """
                { "properties": { "username": { "type": "string", "description": "User's response" },
                                  "email": { "type": "string", "description": "User's email address" } },
                  "type": "object", "required": ["username", "email"] }
                """),
            cancellationToken: cancellationToken);
        return $"User response: action: {answer.Action}, content: {Content(answer)}";
    }

    [McpServerTool(Name = "test_elicitation_sep1034_defaults"), Description("Asks with a default for each type.")]
    public static Task<string> DefaultsAsync(McpServer server, CancellationToken cancellationToken) => AskAsync(
        server,
        """
        { "type": "object", "properties": {
          "name": { "type": "string", "default": "John Doe" },
          "age": { "type": "integer", "default": 30 },
          "score": { "type": "number", "default": 95.5 },
          "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
          "verified": { "type": "boolean", "default": true } } }
        """,
        cancellationToken);

    [McpServerTool(Name = "test_elicitation_sep1330_enums"), Description("Asks with every kind of enumeration.")]
    public static Task<string> EnumsAsync(McpServer server, CancellationToken cancellationToken) => AskAsync(
        server,
        """
        { "type": "object", "properties": {
          "untitledSingle": { "type": "string", "enum": ["option1", "option2", "option3"] },
          "titledSingle": { "type": "string", "oneOf": [ { "const": "value1", "title": "First Option" },
            { "const": "value2", "title": "Second Option" }, { "const": "value3", "title": "Third Option" } ] },
          "legacyEnum": { "type": "string", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"] },
          "untitledMulti": { "type": "array", "items": { "type": "string", "enum": ["option1", "option2", "option3"] } },
          "titledMulti": { "type": "array", "items": { "anyOf": [ { "const": "value1", "title": "First Choice" },
            { "const": "value2", "title": "Second Choice" }, { "const": "value3", "title": "Third Choice" } ] } } } }
        """,
        cancellationToken);

    private static async Task<string> AskAsync(McpServer server, string schema, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(
            Questions.Elicitation("Please answer", schema), cancellationToken: cancellationToken);
        return $"Elicitation completed: action={answer.Action}, content={Content(answer)}";
    }

    private static string Content(ElicitResult answer) =>
        JsonSerializer.Serialize(answer.Content, McpJsonUtilities.DefaultOptions);
}
