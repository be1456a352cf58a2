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

    private const string Message = "application/json";

    private static readonly string[] ToClient =
        [McpHeaderNames.SessionId, McpHeaderNames.ProtocolVersion, "Retry-After", "Allow"];

    /// <summary>What takes part in the exchange, and nothing of it in the client's own words.</summary>
    public static void CopyToUpstream(IHeaderDictionary from, HttpRequestMessage to)
    {
        if (to.Method != HttpMethod.Delete)
            to.Headers.TryAddWithoutValidation("Accept", to.Method == HttpMethod.Get ? HttpAnswers.Events : $"{Message}, {HttpAnswers.Events}");
        Copy(from, to, McpHeaderNames.SessionId);
        if (from[McpHeaderNames.ProtocolVersion] is [{ } revision] && Revisions.Known.Contains(revision))
            to.Headers.TryAddWithoutValidation(McpHeaderNames.ProtocolVersion, revision);
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
