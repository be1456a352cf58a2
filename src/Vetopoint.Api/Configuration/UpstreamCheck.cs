using System.Collections.Immutable;

namespace Vetopoint.Api.Configuration;

/// <summary>Checks one entry of <c>mcpServers</c>, in every shape that MCP clients write.</summary>
internal static class UpstreamCheck
{
    private static readonly ImmutableArray<string> Accepted =
        [.. ConfigVocabulary.Upstream, .. ConfigVocabulary.ClientOnly, .. ConfigVocabulary.Unsupported.Select(entry => entry.Key)];

    /// <param name="leases">The names of the config's leases, whose parts may stand in variables and headers.</param>
    public static UpstreamSettings? Check(ConfigObject servers, ConfigMember member, IReadOnlyCollection<string> leases)
    {
        var server = servers.Child(member, Accepted);
        foreach (var (key, help) in ConfigVocabulary.Unsupported)
        {
            if (server.Find(key) is { } node)
                server.Report("VP1008", node.Offset, $"`{server.PathOf(key)}` is not supported.", help);
        }

        var type = TypeOf(server);
        var command = server.Text("command");
        var url = server.Text("url");
        if (command is not null && url is not null)
        {
            server.Report("VP1008", member.Offset, $"The server `{member.Name}` has both `command` and `url`.", "Keep one of them.");
            return null;
        }

        if (command is null && url is null)
        {
            server.Report("VP1005", member.Offset, $"The server `{member.Name}` has neither `command` nor `url`.",
                "Set `command` for a server that is started, `url` for one that is reached over HTTP.");
            return null;
        }

        if (type is not null && type == "stdio" != (command is not null))
        {
            server.Report("VP1008", server.Find("type")!.Offset,
                $"The server `{member.Name}` has the type `{type}` but a `{(command is null ? "url" : "command")}`.",
                "Remove `type`, or set the one that fits.");
            return null;
        }

        return command is not null ? Stdio(server, command, leases) : Http(server, url!, type, leases);
    }

    /// <summary>Null when none is written, or one that does not exist.</summary>
    private static string? TypeOf(ConfigObject server)
    {
        if (server.Text("type") is not { } written)
            return null;
        return server.Choice("type", ConfigVocabulary.Transports) == written ? written : null;
    }

    private static StdioUpstream Stdio(ConfigObject server, string command, IReadOnlyCollection<string> leases)
    {
        var arguments = server.Texts("args", []);
        var cwd = server.Text("cwd");
        Unused(server, "headers", "a server that is started");
        if (command.Length == 0)
            server.Report("VP1006", server.Find("command")!.Offset, $"`{server.PathOf("command")}` is empty.", "Name the program to start.");
        _ = ValueCheck.NoPlaceholder(server, "command", command);
        _ = ValueCheck.NoPlaceholder(server, "cwd", cwd);
        foreach (var argument in arguments)
            _ = ValueCheck.NoPlaceholder(server, "args", argument);
        var environment = server.TextMap("env");
        ValueCheck.Placeholders(server, "env", environment.Values, inside => IsLease(server, "env", inside, leases));
        return new StdioUpstream(command, arguments, environment, cwd) { Disabled = server.Flag("disabled") };
    }

    private static HttpUpstream? Http(ConfigObject server, string written, string? type, IReadOnlyCollection<string> leases)
    {
        Unused(server, "args", "a server that is reached over HTTP");
        Unused(server, "env", "a server that is reached over HTTP");
        if (ValueCheck.Address(server, "url", written) is not { } url)
            return null;
        var headers = ValueCheck.Headers(server, inside => IsLease(server, "headers", inside, leases));
        return new HttpUpstream(url, headers, type == "sse") { Disabled = server.Flag("disabled") };
    }

    private static bool IsLease(ConfigObject server, string key, string inside, IReadOnlyCollection<string> leases)
    {
        if (!Placeholder.TryLease(inside, out var lease, out _))
            return false;
        if (!leases.Contains(lease))
        {
            server.Report("VP1007", server.Find(key)!.Offset, $"There is no lease `{lease}`, which `{server.PathOf(key)}` asks for.",
                $"{Suggestion.Help(lease, [.. leases])} Or add it to `leases`.");
        }

        return true;
    }

    private static void Unused(ConfigObject server, string key, string kind)
    {
        if (server.Find(key) is { Members.Count: > 0 } or { Items.Count: > 0 })
            server.Report("VP1008", server.Find(key)!.Offset, $"`{server.PathOf(key)}` means nothing for {kind}.", "Remove it.");
    }
}
