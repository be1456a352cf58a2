namespace Vetopoint.Gates.Mcp.Judging;

/// <summary>JSON-RPC error codes the gate answers with.</summary>
internal static class Errors
{
    /// <summary>JSON-RPC: the method does not exist for this peer.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>JSON-RPC: it is not a request that can be taken.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>JSON-RPC: the parameters are not what the method takes.</summary>
    public const int InvalidParams = -32602;

    /// <summary>Ours, of the range JSON-RPC leaves to implementations: refused or held by Vetopoint.</summary>
    public const int Refused = -32011;

    /// <summary>Ours: the upstream failed, or its answer cannot be released.</summary>
    public const int Upstream = -32012;

    /// <summary>Ours: the gate is not able to take the request now.</summary>
    public const int Busy = -32013;

    /// <summary>MCP 2026-07-28: headers and body differ.</summary>
    public const int HeaderMismatch = -32020;

    /// <summary>MCP 2026-07-28: the client lacks a capability the request needs.</summary>
    public const int MissingClientCapability = -32021;

    /// <summary>MCP 2026-07-28: the revision is not spoken here.</summary>
    public const int UnsupportedProtocolVersion = -32022;

    /// <summary>MCP 2025-11-25: a person has to open a link first.</summary>
    public const int UrlElicitationRequired = -32042;
}
