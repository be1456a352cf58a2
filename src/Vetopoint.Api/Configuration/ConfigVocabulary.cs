using System.Collections.Immutable;

namespace Vetopoint.Api.Configuration;

/// <summary>Names that a config may use for values from a closed set.</summary>
public static class ConfigVocabulary
{
    public const string All = "*";

    /// <summary>The environment that an unknown one counts as; it can be named by policies in every config.</summary>
    public const string Production = "prod";

    /// <summary>The effects, as in policies; a test holds this list to the readers' own.</summary>
    public static readonly ImmutableArray<string> Effects =
    [
        "execute", "read", "create", "update", "overwrite", "delete", "purge", "move", "export", "send", "grant",
        "assign_role", "change_policy", "change_infrastructure",
    ];

    internal static readonly ImmutableArray<string> Top =
    [
        "$schema", "owner", "mcpServers", "servers", "environments", "agents", "task", "mandate", "policies", "holds", "listen", "limits", "record", "outputs",
        "telemetry", "witnesses", "identity", "leases",
    ];

    internal static readonly ImmutableArray<string> Upstream =
    [
        "type", "command", "args", "env", "cwd", "url", "headers", "disabled",
    ];

    /// <summary>Keys that MCP clients write for themselves: they change nothing here, so they are passed over.</summary>
    internal static readonly ImmutableArray<string> ClientOnly =
    [
        "name", "description", "timeout", "alwaysAllow", "autoApprove", "disabledTools", "enabledTools", "trust", "gallery", "version",
        "dev", "tools", "enabled", "startupTimeoutMs", "initTimeout", "icon",
    ];

    /// <summary>Keys that MCP clients honour and that would be wrong to pass over, with what to do instead.</summary>
    internal static readonly ImmutableArray<(string Key, string Help)> Unsupported =
    [
        ("envFile", "Write the variables into `env`; a file beside the config would not be part of the activated set."),
        ("headersHelper", "Write the headers into `headers`, with `${NAME}` for a secret from the engine's environment."),
        ("auth", "Write the token into `headers`, with `${NAME}` for a secret from the engine's environment."),
        ("oauth", "OAuth towards upstream servers is not there yet; write a token into `headers`."),
        ("sandbox", "Vetopoint does not start servers in a sandbox; name a sandboxing command in `command`."),
    ];

    internal static readonly ImmutableArray<string> Transports = ["stdio", "http", "streamable-http", "streamableHttp", "sse"];

    internal static readonly ImmutableArray<string> Modes = ["enforce", "observe"];

    internal static readonly ImmutableArray<string> First = ["downgrade", "hold"];

    internal static readonly ImmutableArray<string> Outside = ["deny", "hold"];

    /// <summary>The first is what holds when none is written.</summary>
    internal static readonly ImmutableArray<string> Payloads = ["arguments", "arguments-and-results", "none"];

    internal static readonly ImmutableArray<string> Activations = ["confirm", "automatic"];
}
