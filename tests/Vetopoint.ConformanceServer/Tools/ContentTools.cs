using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Vetopoint.ConformanceServer.Tools;

/// <summary>Tools that return each kind of content, fail, report progress and log.</summary>
[McpServerToolType]
internal sealed class ContentTools(TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [McpServerTool(Name = "test_simple_text"), Description("Returns text.")]
    public static string SimpleText() => "This is a simple text response for testing.";

    [McpServerTool(Name = "test_image_content"), Description("Returns an image.")]
    public static CallToolResult ImageContent() => Samples.Result(Samples.Image());

    [McpServerTool(Name = "test_audio_content"), Description("Returns a sound.")]
    public static CallToolResult AudioContent() => Samples.Result(AudioContentBlock.FromBytes(Samples.Wav, "audio/wav"));

    [McpServerTool(Name = "test_embedded_resource"), Description("Returns an embedded resource.")]
    public static CallToolResult EmbeddedResource() => Samples.Result(Samples.Embedded(
        "test://embedded-resource", "text/plain", "This is an embedded resource content."));

    [McpServerTool(Name = "test_multiple_content_types"), Description("Returns text, an image and a resource.")]
    public static CallToolResult Multiple() => Samples.Result(
        Samples.Text("Multiple content types test:"),
        Samples.Image(),
        Samples.Embedded("test://mixed-content-resource", "application/json", """{"test":"data","value":123}"""));

    [McpServerTool(Name = "test_error_handling"), Description("Always fails.")]
    public static string Fails() => throw new McpException("This tool intentionally returns an error for testing");

    [McpServerTool(Name = "test_tool_with_progress"), Description("Reports progress three times.")]
    public async Task<string> WithProgressAsync(
        McpServer server, RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        foreach (var progress in new[] { 0, 50, 100 })
        {
            if (progress > 0)
                await Task.Delay(Step, time, cancellationToken);
            if (context.Params.ProgressToken is { } token)
            {
                await server.NotifyProgressAsync(
                    token, new ProgressNotificationValue { Progress = progress, Total = 100 }, cancellationToken: cancellationToken);
            }
        }

        return "Done with progress.";
    }

    [McpServerTool(Name = "test_tool_with_logging"), Description("Logs three times.")]
    public async Task<string> WithLoggingAsync(McpServer server, CancellationToken cancellationToken)
    {
        foreach (var text in new[] { "Tool execution started", "Tool processing data", "Tool execution completed" })
        {
            await server.SendNotificationAsync(
                NotificationMethods.LoggingMessageNotification,
                new LoggingMessageNotificationParams
                {
                    Level = LoggingLevel.Info,
                    Logger = "conformance",
                    Data = JsonSerializer.SerializeToElement(text),
                },
                cancellationToken: cancellationToken);
            await Task.Delay(Step, time, cancellationToken);
        }

        return "Done with logging.";
    }

    [McpServerTool(Name = "test_reconnection"), Description("Closes its stream before it answers, so that the client polls.")]
    public static async Task<string> ReconnectionAsync(
        RequestContext<CallToolRequestParams> context, CancellationToken cancellationToken)
    {
        await context.EnablePollingAsync(10 * Step, cancellationToken);
        return "Reconnection test completed.";
    }

    /// <summary>A tool whose input schema uses the wide vocabulary of JSON Schema 2020-12.</summary>
    public static McpServerTool WithWideSchema() => WithSchema(
        "json_schema_2020_12_tool",
        "Tool with JSON Schema 2020-12 features",
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
          "$defs": { "address": { "$anchor": "addressDef", "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } } } },
          "properties": { "name": { "type": "string" }, "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" }, "email": { "type": "string" } },
          "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
          "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
          "then": { "required": ["phone"] }, "else": { "required": ["email"] },
          "additionalProperties": false
        }
        """);

    /// <summary>A tool with an argument that travels in a header as well.</summary>
    public static McpServerTool WithHeader() => WithSchema(
        "test_custom_header",
        "Takes a region, which is repeated in a header",
        """
        { "type": "object", "required": ["region"],
          "properties": { "region": { "type": "string", "x-mcp-header": "Region" } } }
        """);

    private static McpServerTool WithSchema(string name, string description, string schema)
    {
        var tool = McpServerTool.Create(
            (RequestContext<CallToolRequestParams> context) => name + " was called.",
            new McpServerToolCreateOptions { Name = name, Description = description });
        tool.ProtocolTool.InputSchema = JsonElement.Parse(schema);
        return tool;
    }
}
