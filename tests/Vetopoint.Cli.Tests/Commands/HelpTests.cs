using System.CommandLine;
using Vetopoint.Cli.Commands;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Commands;

public sealed class HelpTests
{
    public static TheoryData<string> CommandPaths => [.. Paths(VetopointCommand.Create([]), "")];

    [Theory]
    [MemberData(nameof(CommandPaths))]
    public void Every_command_teaches_with_lines_to_type(string path)
    {
        var output = new StringWriter();

        var exitCode = VetopointCommand.Create([]).Parse([.. path.Split(' '), "--help"]).Invoke(new InvocationConfiguration { Output = output });

        Assert.Equal(0, exitCode);
        var examples = output.ToString().Split("Examples:\n")[1];
        Assert.Contains("vetopoint ", examples, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(CommandPaths))]
    public void Every_command_is_in_the_manual(string path) =>
        Assert.Contains($"`{path}", File.ReadAllText(Repository.PathOf("docs", "cli.md")), StringComparison.Ordinal);

    [Theory]
    [InlineData("holds")]
    [InlineData("status")]
    [InlineData("policy", "diff")]
    [InlineData("explain", "t-7hq2m4xk9d.1")]
    [InlineData("deny", "t-7hq2m4xk9d.1")]
    public async Task Without_an_engine_ends_with_code_3_and_says_so_in_JSON_too(params string[] arguments)
    {
        using var folder = new TemporaryFolder();

        var finished = await ChildProcess.RunAsync(Installation.Vetopoint, [.. arguments, "--home", folder.Path, "--json"]);

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("{\"error\":{\"code\":\"VP1201\"", finished.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("nonsense")]
    [InlineData("scan", "--nonsense")]
    [InlineData("adopt", "emacs")]
    [InlineData("wrap")]
    public async Task A_wrong_command_line_ends_with_code_2(params string[] arguments) =>
        Assert.Equal(2, (await ChildProcess.RunAsync(Installation.Vetopoint, arguments)).ExitCode);

    private static IEnumerable<string> Paths(Command command, string prefix) =>
        command.Subcommands.SelectMany(child => Paths(child, $"{prefix}{child.Name} ").Prepend($"{prefix}{child.Name}"));
}
