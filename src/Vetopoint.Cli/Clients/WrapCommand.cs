using Vetopoint.Cli.Json;

namespace Vetopoint.Cli.Clients;

/// <summary>The command that an adopted entry starts.</summary>
/// <param name="Shim">Absolute path of the shim.</param>
/// <param name="Home">The home when it is not the default one.</param>
internal sealed record WrapCommand(string Shim, string? Home)
{
    /// <summary>What comes before the server's own command.</summary>
    public IReadOnlyList<string> ForStdio(string server, string command) => [.. Start(), "--name", server, "--", command];

    public IReadOnlyList<string> ForHttp(string server) => [.. Start(), "--server", server];

    /// <summary>Where the server's own command stands among the arguments of an adopted entry.</summary>
    /// <returns>Null when the entry is none, or names a server of vetopoint.json.</returns>
    public static int? OriginalCommandAt(JsonNode entry)
    {
        if (entry.Find("args") is not { Kind: JsonNodeKind.Array } arguments)
            return null;
        var separator = arguments.Items.FindIndex(item => item.Text is "--");
        return separator > 0 && separator + 1 < arguments.Items.Count ? separator + 1 : null;
    }

    private string[] Start() => Home is null ? ["wrap"] : ["wrap", "--home", Home];
}
