using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Shim;

/// <summary>A real shim beside a script in the engine's place, which says how it was started.</summary>
public sealed class EngineStartTests : IDisposable
{
    private readonly StdioSocket _engine = new("hidden.sock");

    [Fact]
    public async Task Starts_an_engine_in_a_session_of_its_own_without_what_would_change_it()
    {
        var shim = Install("""
            #!/bin/sh
            env > "$2/env.txt"
            echo "$*" > "$2/arguments.txt"
            echo "$$ $(cut -d' ' -f6 /proc/$$/stat)" > "$2/session.txt"
            mv "$2/run/hidden.sock" "$2/run/stdio.sock"
            """);
        await using var process = ChildProcess.Start(shim, ["wrap", "--home", _engine.Home, "--", "x"], new Dictionary<string, string>
        {
            ["CRM_TOKEN"] = "for the config",
            ["DOTNET_STARTUP_HOOKS"] = "/nowhere/evil.dll",
            ["LD_LIBRARY_PATH"] = "/nowhere",
            ["CORECLR_ENABLE_PROFILING"] = "0",
        });

        var (connection, _) = await _engine.AcceptAsync();
        using var held = connection;

        var environment = Read("env.txt").Split('\n');
        Assert.Contains("CRM_TOKEN=for the config", environment);
        Assert.DoesNotContain(environment, line => line.StartsWith("DOTNET_STARTUP_HOOKS", StringComparison.Ordinal)
            || line.StartsWith("LD_", StringComparison.Ordinal) || line.StartsWith("CORECLR_", StringComparison.Ordinal));
        Assert.Equal($"--home {_engine.Home}", Read("arguments.txt").Trim());
        var session = Read("session.txt").Trim().Split(' ');
        Assert.Equal(session[0], session[1]);
    }

    [Fact]
    public async Task Of_many_shims_one_starts_the_engine()
    {
        var shim = Install("""
            #!/bin/sh
            echo started >> "$2/starts.txt"
            mv "$2/run/hidden.sock" "$2/run/stdio.sock"
            """);
        var shims = Enumerable.Range(0, 6).Select(_ => ChildProcess.Start(shim, ["wrap", "--home", _engine.Home, "--", "x"])).ToList();

        foreach (var _ in shims)
            (await _engine.AcceptAsync()).Connection.Dispose();

        Assert.Equal("started\n", Read("starts.txt"));
        foreach (var process in shims)
            await process.DisposeAsync();
    }

    [Fact]
    public async Task Shows_why_an_engine_did_not_start()
    {
        var shim = Install("""
            #!/bin/sh
            echo "vetopoint.json:3:7: VP1003: There is no setting like this."
            exit 1
            """);

        var finished = await ChildProcess.RunAsync(shim, ["wrap", "--home", _engine.Home, "--", "x"]);

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("VP1907", finished.Output, StringComparison.Ordinal);
        Assert.Contains("vetopoint.json:3:7: VP1003", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_for_an_engine_that_was_quicker_than_its_own()
    {
        var shim = Install("""
            #!/bin/sh
            ( mv "$2/run/hidden.sock" "$2/run/stdio.sock" ) &
            exit 3
            """);
        await using var process = ChildProcess.Start(shim, ["wrap", "--home", _engine.Home, "--", "x"]);

        (await _engine.AcceptAsync()).Connection.Dispose();
    }

    [Fact]
    public async Task Says_what_to_do_without_a_home()
    {
        var finished = await ChildProcess.RunAsync(Installation.Shim, ["wrap", "--home", Path.Combine(_engine.Folder, "none"), "--", "x"]);

        Assert.Equal(3, finished.ExitCode);
        Assert.Contains("VP1906", finished.Output, StringComparison.Ordinal);
        Assert.Contains("vetopoint init", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_home_whose_socket_path_is_too_long()
    {
        var finished = await ChildProcess.RunAsync(Installation.Shim, ["wrap", "--home", $"/tmp/{new string('x', 120)}", "--", "x"]);

        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("VP1901", finished.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _engine.Dispose();

    private string Read(string name) => File.ReadAllText(Path.Combine(_engine.Home, name));

    /// <summary>A copy of the shim with a script as the engine beside it.</summary>
    private string Install(string script)
    {
        const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var shim = Path.Combine(_engine.Folder, "vetopoint-shim");
        foreach (var file in Directory.EnumerateFiles(Repository.Installed, "vetopoint-shim*"))
            File.Copy(file, Path.Combine(_engine.Folder, Path.GetFileName(file)));
        var engine = Path.Combine(_engine.Folder, "vetopoint-engine");
        File.WriteAllText(engine, script + "\n");
        File.SetUnixFileMode(engine, Executable);
        return shim;
    }
}
