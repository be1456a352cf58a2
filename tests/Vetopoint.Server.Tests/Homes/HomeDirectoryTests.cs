using System.Runtime.Versioning;
using Vetopoint.Api.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Server.Tests.Homes;

[UnsupportedOSPlatform("windows")]
public sealed class HomeDirectoryTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [Fact]
    public void A_new_home_is_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();
        var home = new HomeDirectory(folder["home"]);

        Assert.Empty(home.Prepare());

        foreach (var made in new[] { home.Root, home.StateFolder, home.ContentsFolder, home.RunFolder })
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(made));
        Assert.Empty(home.Prepare());
    }

    [Theory]
    [InlineData("state", UnixFileMode.GroupRead)]
    [InlineData("state", UnixFileMode.OtherExecute)]
    [InlineData("run", UnixFileMode.OtherWrite)]
    [InlineData("policies", UnixFileMode.GroupWrite)]
    [InlineData(".", UnixFileMode.OtherWrite)]
    public void A_folder_that_others_can_use_is_a_problem_and_is_left_as_it_is(string name, UnixFileMode added)
    {
        using var folder = new TemporaryFolder();
        var home = new HomeDirectory(folder["home"]);
        home.Prepare();
        var open = Path.GetFullPath(Path.Combine(home.Root, name));
        File.SetUnixFileMode(open, OwnerOnly | added);

        var problem = Assert.Single(home.Prepare());

        Assert.Equal("VP1021", problem.Code);
        Assert.Contains("chmod", problem.Help, StringComparison.Ordinal);
        Assert.Equal(OwnerOnly | added, File.GetUnixFileMode(open));
    }

    [Fact]
    public void A_home_whose_sockets_would_have_too_long_a_path_says_so()
    {
        using var folder = new TemporaryFolder();
        var home = new HomeDirectory(folder[new string('h', 100)]);

        Assert.Contains(home.Check(), problem => problem.Code == "VP1020");
    }

    [Fact]
    public void The_longest_path_that_fits_is_taken()
    {
        using var folder = new TemporaryFolder();
        var longest = new HomeDirectory(folder.Path).EngineSocket.Length;
        var home = new HomeDirectory(folder[new string('h', HomeDirectory.SocketPathBytesMax - longest - 1)]);

        Assert.Equal(HomeDirectory.SocketPathBytesMax, home.EngineSocket.Length);
        Assert.Empty(home.Check());
    }

    [Fact]
    public void A_home_in_a_file_is_a_problem()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        Assert.Equal("VP1023", Assert.Single(new HomeDirectory(folder["file"]).Prepare()).Code);
    }

    [Fact]
    public void The_owner_of_a_file_is_told()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal(FileOwner.OwnUserId, FileOwner.Of(folder.Path));
        Assert.Equal(0u, FileOwner.Of("/proc/1"));
        Assert.Null(FileOwner.Of(folder["absent"]));
    }
}
