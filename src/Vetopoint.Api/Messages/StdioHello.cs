using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Vetopoint.Api.Messages;

/// <summary>The first line on <c>stdio.sock</c>: which server the client wants.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StdioHello
{
    public required int V { get; init; }

    /// <summary><c>wrap</c> for a command of the client's, <c>server</c> for one of the config's <c>mcpServers</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The server's name, for <c>wrap</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Program and arguments, for <c>wrap</c>.</summary>
    public ImmutableArray<string>? Command { get; init; }

    public string? Cwd { get; init; }

    /// <summary>The child's whole environment, for <c>wrap</c>.</summary>
    public Dictionary<string, string>? Env { get; init; }

    /// <summary>A server of the config, for <c>server</c>.</summary>
    public string? Server { get; init; }

    /// <summary>What the client calls itself; only shown.</summary>
    public string? Client { get; init; }
}

/// <summary>The answer to it, one line; MCP follows when <see cref="Ok"/>.</summary>
public sealed record StdioAnswer(bool Ok)
{
    public string? Task { get; init; }
    public string? Code { get; init; }
    public string? Message { get; init; }
}
