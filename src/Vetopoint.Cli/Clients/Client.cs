namespace Vetopoint.Cli.Clients;

/// <summary>A program that starts MCP servers from a list in a config file.</summary>
/// <param name="Id">What a person types: <c>claude-code</c>.</param>
/// <param name="Title">What a person reads: <c>Claude Code</c>.</param>
/// <param name="ServersKey">The name of the list in its files.</param>
internal sealed record Client(string Id, string Title, string ServersKey)
{
    public static readonly Client ClaudeCode = new("claude-code", "Claude Code", "mcpServers");
    public static readonly Client ClaudeDesktop = new("claude-desktop", "Claude Desktop", "mcpServers");
    public static readonly Client Cursor = new("cursor", "Cursor", "mcpServers");
    public static readonly Client VisualStudioCode = new("vscode", "VS Code", "servers");

    public static readonly IReadOnlyList<Client> All = [ClaudeCode, ClaudeDesktop, Cursor, VisualStudioCode];

    /// <summary>Where its config may be. The files need not exist.</summary>
    /// <param name="userFolder">The home folder of the person.</param>
    /// <param name="workFolder">The folder whose project files count.</param>
    public IEnumerable<ClientFile> Files(string userFolder, string workFolder)
    {
        string[] user, project;
        var application = OperatingSystem.IsMacOS()
            ? Path.Combine(userFolder, "Library", "Application Support")
            : Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } folder ? folder : Path.Combine(userFolder, ".config");
        if (this == ClaudeCode)
            (user, project) = ([Path.Combine(userFolder, ".claude.json")], [Path.Combine(workFolder, ".mcp.json")]);
        else if (this == ClaudeDesktop)
            (user, project) = ([Path.Combine(application, "Claude", "claude_desktop_config.json")], []);
        else if (this == Cursor)
            (user, project) = ([Path.Combine(userFolder, ".cursor", "mcp.json")], [Path.Combine(workFolder, ".cursor", "mcp.json")]);
        else
            (user, project) = ([Path.Combine(application, "Code", "User", "mcp.json")], [Path.Combine(workFolder, ".vscode", "mcp.json")]);

        // In the home folder itself, the file of the project is the user's.
        return user.Select(path => new ClientFile(this, path, IsProject: false))
            .Concat(project.Where(path => !user.Contains(path, StringComparer.Ordinal)).Select(path => new ClientFile(this, path, IsProject: true)));
    }
}

/// <summary>One config file of a client.</summary>
/// <param name="IsProject">True when it lies in a project's folder, where other people may share it.</param>
internal sealed record ClientFile(Client Client, string Path, bool IsProject);
