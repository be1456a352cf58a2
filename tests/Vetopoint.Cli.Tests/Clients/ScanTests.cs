using System.Text.Json;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>The real command on a user's folder made for it.</summary>
public sealed class ScanTests : IDisposable
{
    private const string Secret = "k3Jd82nVbQ0aLs7TzXw1Yp5RcE9uM4iO";

    private readonly TemporaryFolder _user = new();

    [Fact]
    public async Task Says_which_servers_are_ungoverned_and_where_secrets_lie_but_never_a_secret()
    {
        Write(".claude.json", $$"""
            { "mcpServers": {
                "ops": { "command": "ops-server", "args": ["--api-key", "{{Secret}}"], "env": { "DB_PASSWORD": "{{Secret}}" } },
                "safe": { "command": "/opt/vetopoint/vetopoint-shim", "args": ["wrap", "--name", "safe", "--", "safe-server"] } } }
            """);
        Write(".cursor/mcp.json", $$"""{ "mcpServers": { "crm": { "url": "https://crm.example.com/mcp?key={{Secret}}" } } }""");
        Write(".config/Code/User/mcp.json", "{ not json");

        var finished = await ScanAsync("--json");

        Assert.Equal(1, finished.ExitCode);
        Assert.DoesNotContain(Secret, finished.Output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(finished.Output);
        Assert.Equal(3, report.RootElement.GetProperty("servers").GetInt32());
        Assert.Equal(2, report.RootElement.GetProperty("ungoverned").GetInt32());
        Assert.Equal(["args[1]", "env.DB_PASSWORD"], report.RootElement.GetProperty("files")[0].GetProperty("servers")[0].GetProperty("secrets")
            .EnumerateArray().Select(secret => secret.GetProperty("where").GetString()));
        Assert.Contains("line 1", report.RootElement.GetProperty("files").EnumerateArray().Single(file => file.GetProperty("client").GetString() is "vscode").GetProperty("problem").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_for_people_shows_no_secret_either()
    {
        Write(".claude.json", $$"""{ "mcpServers": { "ops": { "command": "ops-server", "args": ["--token={{Secret}}"] } } }""");

        var finished = await ScanAsync();

        Assert.Contains("UNGOVERNED", finished.Output, StringComparison.Ordinal);
        Assert.Contains("1 server, 1 ungoverned, 1 readable secret", finished.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warns_of_a_config_that_others_can_write()
    {
        var file = Write(".cursor/mcp.json", """{ "mcpServers": {} }""");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);

        Assert.Contains("Other users can write it", (await ScanAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_content_when_everything_is_governed()
    {
        Write(".claude.json", """{ "mcpServers": { "ops": { "command": "vetopoint", "args": ["wrap", "--", "ops-server"] } } }""");

        Assert.Equal(0, (await ScanAsync()).ExitCode);
    }

    public void Dispose() => _user.Dispose();

    private Task<Finished> ScanAsync(params string[] arguments) => ChildProcess.RunAsync(
        Installation.Vetopoint, ["scan", .. arguments], new Dictionary<string, string> { ["HOME"] = _user.Path, ["XDG_CONFIG_HOME"] = "" });

    private string Write(string path, string text)
    {
        var file = _user[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }
}
