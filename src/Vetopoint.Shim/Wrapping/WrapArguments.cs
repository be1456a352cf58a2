namespace Vetopoint.Shim.Wrapping;

/// <summary>What <c>vetopoint wrap</c> was asked for.</summary>
internal sealed record WrapArguments(string Home, string? Server, string? Name, IReadOnlyList<string> Command, bool Help)
{
    public const string HelpText = """
        Puts Vetopoint in front of one MCP server.

        Usage:
          vetopoint wrap [--name NAME] -- COMMAND [ARGUMENT...]    a server started by this command
          vetopoint wrap --server NAME                             a server in vetopoint.json's mcpServers

        Options:
          --name NAME      what policies and people call this server; default: the command's own name
          --server NAME    the server's name in vetopoint.json
          --home DIR       Vetopoint's home; default $VETOPOINT_HOME or ~/.vetopoint
          --help           this text

        Speaks MCP on standard input and output, as the server itself would. Starts the engine if none runs.

        Examples:
          vetopoint wrap -- npx -y @modelcontextprotocol/server-filesystem ~/project
          vetopoint wrap --name ops -- ./ops-server --database ops.db
          vetopoint wrap --server crm

        Exit codes: 0 the client closed the connection, 1 the server or the engine ended it, 2 usage,
        3 no engine could be reached or started.

        """;

    /// <exception cref="ShimException">The arguments are wrong.</exception>
    public static WrapArguments Parse(IReadOnlyList<string> args)
    {
        string? home = null, server = null, name = null;
        string[] command = [];
        for (var i = args is ["wrap", ..] ? 1 : 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--home": home = Value(args, ref i); break;
                case "--server": server = Value(args, ref i); break;
                case "--name": name = Value(args, ref i); break;
                case "--help" or "-h" or "-?":
                    return new WrapArguments(string.Empty, null, null, [], Help: true);
                case "--":
                    command = [.. args.Skip(i + 1)];
                    i = args.Count;
                    break;
                default:
                    throw Usage($"`{args[i]}` is not an option of `wrap`. Put the server's command after `--`: vetopoint wrap -- COMMAND.");
            }
        }

        if (server is null == command.Length is 0)
            throw Usage("Give either a command after `--` or `--server NAME`: vetopoint wrap -- COMMAND.");
        if (server is not null && name is not null)
            throw Usage("`--name` names a command; a server of vetopoint.json has its name already. Leave out one of them.");

        return new WrapArguments(HomePath(home), server, name ?? DefaultName(command), command, Help: false);
    }

    private static string Value(IReadOnlyList<string> args, ref int i) =>
        i + 1 < args.Count && args[i + 1] is { Length: > 0 } value && value is not "--"
            ? args[++i]
            : throw Usage($"`{args[i]}` wants a value.");

    internal static string HomePath(string? option)
    {
        var home = option ?? Environment.GetEnvironmentVariable("VETOPOINT_HOME");
        return string.IsNullOrEmpty(home)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".vetopoint")
            : Path.GetFullPath(home);
    }

    private static string? DefaultName(string[] command) =>
        command.Length is 0 ? null : Path.GetFileNameWithoutExtension(command[0]);

    private static ShimException Usage(string message) => new($"VP1900: {message}", ExitCodes.Usage);
}
