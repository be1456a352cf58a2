using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Clients;

/// <summary>The real command on real files.</summary>
public sealed class AdoptTests : IAsyncLifetime
{
    private const string Secret = "k3Jd82nVbQ0aLs7TzXw1Yp5RcE9uM4iO";
    private const string Config = $$"""
        { "mcpServers": {
            "ops": { "command": "ops-server", "env": { "API_KEY": "{{Secret}}" } },
            "crm": { "url": "https://crm.example.com/mcp", "headers": { "Authorization": "Bearer {{Secret}}" } } } }
        """;

    private readonly TemporaryFolder _folder = new();

    private string File => _folder["mcp.json"];

    private string Text
    {
        get => TextOf(File);
        set => System.IO.File.WriteAllText(File, value);
    }

    public async ValueTask InitializeAsync()
    {
        Text = Config;
        Assert.Equal(0, (await RunAsync("init", "--no-approver")).ExitCode);
    }

    [Fact]
    public async Task A_dry_run_shows_the_change_without_secrets_and_changes_nothing()
    {
        var finished = await RunAsync("adopt", "cursor", "--file", File, "--dry-run");

        Assert.Equal(0, finished.ExitCode);
        Assert.Contains("+", finished.Output, StringComparison.Ordinal);
        Assert.Contains("vetopoint-shim", finished.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, finished.Output, StringComparison.Ordinal);
        Assert.Equal(Config, Text);
    }

    [Fact]
    public async Task Keeps_the_file_s_mode_and_hides_its_backup_from_others()
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        System.IO.File.SetUnixFileMode(File, Mode);

        Assert.Equal(0, (await RunAsync("adopt", "cursor", "--file", File)).ExitCode);

        Assert.Equal(Mode, System.IO.File.GetUnixFileMode(File));
        var backup = Assert.Single(Directory.EnumerateFiles(_folder["home", "state", "clients"], "*.original"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(backup));
        Assert.Equal(Config, TextOf(backup));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.vetopoint-*"));
    }

    [Fact]
    public async Task Names_its_home_when_that_is_not_the_usual_one()
    {
        await RunAsync("adopt", "cursor", "--file", File);

        Assert.Contains($"\"--home\", \"{_folder["home"]}\"", Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_symbolic_link()
    {
        var link = _folder["link.json"];
        System.IO.File.CreateSymbolicLink(link, File);

        var finished = await RunAsync("adopt", "cursor", "--file", link);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("VP1301", finished.Output, StringComparison.Ordinal);
        Assert.Equal(Config, Text);
    }

    [Theory]
    [InlineData("{ \"mcpServers\": { \"a\": { \"command\": \"x\", \"command\": \"y\" } } }", "occurs twice")]
    [InlineData("{ \"mcpServers\": { \"a\": { \"command\": \"x\" } }", "ends too early")]
    [InlineData("{ \"mcpServers\": { \"a\": { \"command\": 'x' } } }", "a value is expected")]
    public async Task Refuses_a_file_that_cannot_be_edited_safely(string config, string why)
    {
        Text = config;

        var finished = await RunAsync("adopt", "cursor", "--file", File);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(why, finished.Output, StringComparison.Ordinal);
        Assert.Equal(config, Text);
    }

    [Fact]
    public async Task Leaves_what_is_named_by_except_and_says_so()
    {
        var finished = await RunAsync("adopt", "cursor", "--file", File, "--except", "crm");

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("it is named by --except", finished.Output, StringComparison.Ordinal);
        Assert.Contains("https://crm.example.com/mcp", Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Release_is_refused_without_a_terminal_and_changes_nothing()
    {
        await RunAsync("adopt", "cursor", "--file", File);
        var adopted = Text;

        var finished = await ChildProcess.RunAsync("setsid", ["--wait", Installation.Vetopoint, "release", "cursor", "--home", _folder["home"]]);

        Assert.Equal(4, finished.ExitCode);
        Assert.Equal(adopted, Text);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string TextOf(string file) => System.IO.File.ReadAllText(file);

    private Task<Finished> RunAsync(params string[] arguments) => ChildProcess.RunAsync(Installation.Vetopoint, [.. arguments, "--home", _folder["home"]]);
}
