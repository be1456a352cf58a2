using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Vetopoint.Control.Attempts;
using Vetopoint.Readers.Mcp;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>
/// The approval of a hold as a link a person opens. The link names the hold and proves nothing: whoever opens it still has to
/// approve as everywhere else.
/// </summary>
internal static class HoldLinks
{
    /// <summary>The name of our request for input, so that its answer is told apart from answers to the server's own.</summary>
    public const string InputName = "vetopoint";

    private const string StatePrefix = "vetopoint:";

    public static Uri For(Uri approvalUrl, AttemptId hold) =>
        new(approvalUrl, $"{approvalUrl.AbsolutePath.TrimEnd('/')}/{hold}");

    public static string StateOf(AttemptId hold) => StatePrefix + hold;

    /// <summary>True when the request answers our own request for input, and not one of the server's.</summary>
    public static bool IsAnswerToUs(McpMessage request) =>
        request.Kind == McpMessageKind.Request
        && TextOf(request.Param("requestState"))?.StartsWith(StatePrefix, StringComparison.Ordinal) == true;

    /// <summary>True when the client says that it can show links. In 2026-07-28 each request says so itself.</summary>
    /// <param name="capabilities">The raw capabilities of the client; empty when it gave none.</param>
    public static bool Offered(ReadOnlyMemory<byte> capabilities)
    {
        if (capabilities.IsEmpty)
            return false;
        using var json = JsonDocument.Parse(capabilities);
        return json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty("elicitation", out var elicitation)
            && elicitation.ValueKind == JsonValueKind.Object
            && elicitation.TryGetProperty("url", out var url)
            && url.ValueKind == JsonValueKind.Object;
    }

    /// <summary>What the client first asked: the request itself, or without our state and its answer.</summary>
    /// <returns>False when the answer also answers requests of the server, which had none.</returns>
    public static bool TryWithoutAnswer(McpMessage came, [NotNullWhen(true)] out McpMessage? request)
    {
        request = came;
        if (!IsAnswerToUs(came))
            return true;
        if (!came.InputResponses.IsEmpty)
        {
            using var answers = JsonDocument.Parse(came.InputResponses);
            if (answers.RootElement.ValueKind != JsonValueKind.Object
                || answers.RootElement.EnumerateObject().Any(static answer => answer.Name != InputName))
            {
                request = null;
                return false;
            }
        }

        request = Without(Without(came, "inputResponses"), "requestState");
        return true;
    }

    private static McpMessage Without(McpMessage request, string member)
    {
        var bytes = MessageBytes.WithoutParam(request, member);
        return McpMessage.TryParse(bytes, bytes.Length, out var message, out var problem)
            ? message
            : throw new FormatException(problem.ToString());
    }

    private static string? TextOf(ReadOnlyMemory<byte> raw) =>
        raw.IsEmpty || raw.Span[0] != (byte)'"' ? null : JsonSerializer.Deserialize<string>(raw.Span);
}
