using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>How a client reaches a server.</summary>
internal enum ServerKind
{
    /// <summary>It cannot be told: the entry has neither a command nor a URL.</summary>
    Unknown = 0,

    Stdio,

    Http,

    /// <summary>Through Vetopoint.</summary>
    Governed,
}

/// <summary>One server in a client's list.</summary>
/// <param name="Path">The names from the file's root to the entry.</param>
internal sealed record ServerEntry(IReadOnlyList<string> Path, JsonNode Node)
{
    private const int ShownCharsMax = 80;

    public string Name => Path[^1];

    /// <summary>Where the list belongs when it is not the user's whole: a project that Claude Code keeps in its own file.</summary>
    public string? Project => Path is ["projects", var project, ..] ? project : null;

    public string? Command => Node.FindText("command");

    public string? Url => Node.FindText("url") ?? Node.FindText("serverUrl");

    public IReadOnlyList<string> Arguments => Node.Find("args")?.Items.Select(item => item.Text).ToList() ?? [];

    public ServerKind Kind => this switch
    {
        { IsGoverned: true } => ServerKind.Governed,
        { Command: not null } => ServerKind.Stdio,
        { Url: not null } => ServerKind.Http,
        _ => ServerKind.Unknown,
    };

    /// <summary>The program or the address, without arguments or a query: those may hold secrets.</summary>
    public string Shown
    {
        get
        {
            var text = Command is { } command ? CommandShown(command)
                : Uri.TryCreate(Url, UriKind.Absolute, out var url) ? url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
                : "?";
            return text.Length <= ShownCharsMax ? text : string.Concat(text.AsSpan(0, ShownCharsMax), "…");
        }
    }

    private bool IsGoverned =>
        Command is { } command
        && System.IO.Path.GetFileName(command) is "vetopoint" or "vetopoint-shim"
        && Arguments is ["wrap", ..];

    /// <summary>All servers of a file that was read.</summary>
    public static IEnumerable<ServerEntry> In(Client client, JsonNode root)
    {
        foreach (var entry in InList(root, [client.ServersKey]))
            yield return entry;

        if (client != Client.ClaudeCode || root.Find("projects") is not { } projects)
            yield break;
        foreach (var project in projects.Members)
        {
            foreach (var entry in InList(root, ["projects", project.Name, client.ServersKey]))
                yield return entry;
        }
    }

    /// <summary>The value that a path of names leads to; null when there is none.</summary>
    public static JsonNode? Find(JsonNode root, IEnumerable<string> path)
    {
        JsonNode? node = root;
        foreach (var name in path)
            node = node?.Find(name);
        return node;
    }

    private static IEnumerable<ServerEntry> InList(JsonNode root, string[] path) =>
        Find(root, path)?.Members.Where(member => member.Value.Kind is JsonNodeKind.Object)
            .Select(member => new ServerEntry([.. path, member.Name], member.Value)) ?? [];

    /// <summary>The command, and the package for a package runner: its first argument that is no option.</summary>
    private string CommandShown(string command) =>
        System.IO.Path.GetFileName(command) is "npx" or "uvx" or "bunx"
        && Arguments.FirstOrDefault(argument => !argument.StartsWith('-')) is { } package
        && package.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' or '/' or '.' or '-' or '_')
            ? $"{command} {package}"
            : command;
}
