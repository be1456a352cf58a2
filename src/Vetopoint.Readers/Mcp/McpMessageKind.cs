namespace Vetopoint.Readers.Mcp;

/// <summary>The four shapes of a JSON-RPC message. Zero is none of them, so a default value is never valid.</summary>
public enum McpMessageKind
{
    None = 0,

    /// <summary>Has an id and a method; expects a response.</summary>
    Request,

    /// <summary>Has a method and no id.</summary>
    Notification,

    /// <summary>Has an id and a result.</summary>
    Response,

    /// <summary>Has an error; its id may be absent or null when the request could not be read.</summary>
    ErrorResponse,
}

/// <summary>Which way a message travels through the gate.</summary>
public enum McpDirection
{
    /// <summary>From the agent's client to the server behind the gate.</summary>
    ToServer = 0,

    /// <summary>From the server behind the gate to the agent's client.</summary>
    ToClient,
}
