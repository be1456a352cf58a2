using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Vetopoint.Control.Telemetry;
using Vetopoint.Gates.Mcp.Http;

namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>What the transport says of a message besides its bytes, for traces alone.</summary>
/// <param name="Parent">The span the request belongs to.</param>
/// <param name="Revision">The revision of the protocol, where it is a known one.</param>
/// <param name="Session">A digest of the session's id: the id itself may open the session for whoever reads it.</param>
internal sealed record Carrier(ActivityContext Parent, string? Revision, string? Session)
{
    private const int SessionDigestChars = 16;

    /// <summary>From the headers of a request; null when nobody wants to know.</summary>
    public static Carrier? Of(IHeaderDictionary headers)
    {
        if (!AttemptSpan.IsWanted)
            return null;
        var revision = headers[McpHeaderNames.ProtocolVersion].ToString();
        var session = headers[McpHeaderNames.SessionId].ToString();
        return new Carrier(
            headers.TraceParent is [{ } parent] ? TraceContext.ParentOf(parent) : default,
            Revisions.Known.Contains(revision) ? revision : null,
            session.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)))[..SessionDigestChars]);
    }
}
