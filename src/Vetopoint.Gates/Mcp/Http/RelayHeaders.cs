using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Vetopoint.Gates.Mcp.Http;

/// <summary>
/// Which headers cross the gate. Only those the protocol defines: any other would carry what nobody judged, and the caller's
/// credential is Vetopoint's, not the upstream's.
/// </summary>
internal static class RelayHeaders
{
    private const int ValueCharsMax = 1024;

    private static readonly string[] ToUpstream =
        ["Accept", McpHeaderNames.SessionId, McpHeaderNames.ProtocolVersion];

    private static readonly string[] ToClient =
        [McpHeaderNames.SessionId, McpHeaderNames.ProtocolVersion, "Retry-After", "Allow"];

    public static void CopyToUpstream(IHeaderDictionary from, HttpRequestMessage to)
    {
        foreach (var name in ToUpstream)
            Copy(from, to, name);

        // A stream is resumed with GET. Beside a message it would be a value that nobody judged.
        if (to.Method == HttpMethod.Get)
            Copy(from, to, McpHeaderNames.LastEventId);
    }

    public static void CopyToClient(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var name in ToClient)
        {
            if (from.Headers.TryGetValues(name, out var values) || from.Content.Headers.TryGetValues(name, out values))
                to.Headers[name] = new StringValues([.. values]);
        }
    }

    private static void Copy(IHeaderDictionary from, HttpRequestMessage to, string name)
    {
        var values = from[name];
        if (values is [{ Length: <= ValueCharsMax } value])
            to.Headers.TryAddWithoutValidation(name, value);
    }
}
