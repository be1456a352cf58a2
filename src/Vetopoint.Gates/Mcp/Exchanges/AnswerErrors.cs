using System.Globalization;
using System.Text.Json;
using Vetopoint.Control.Telemetry;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Exchanges;

/// <summary>The class of error that an answer is, as the conventions for MCP name it in <c>error.type</c>.</summary>
internal static class AnswerErrors
{
    /// <summary>The number of a JSON-RPC error; <see cref="TelemetryNames.ToolError"/> for a tool that says it failed; null for any other answer.</summary>
    public static string? Of(McpMessage answer) =>
        answer.Kind == McpMessageKind.ErrorResponse ? CodeOf(answer.Error.Span)
        : answer.ResultMember("isError").Span.SequenceEqual("true"u8) ? TelemetryNames.ToolError
        : null;

    /// <summary>The server chooses the number, so only those that JSON-RPC has room for are told.</summary>
    private static string CodeOf(ReadOnlySpan<byte> error)
    {
        var reader = new Utf8JsonReader(error, new JsonReaderOptions { MaxDepth = McpLimits.DepthMax });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCode = reader.ValueTextEquals("code"u8);
            reader.Read();
            if (isCode)
            {
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var code) && code is >= -32768 and <= -32000
                    ? code.ToString(CultureInfo.InvariantCulture)
                    : Other;
            }

            reader.Skip();
        }

        return Other;
    }

    private const string Other = "_OTHER";
}
