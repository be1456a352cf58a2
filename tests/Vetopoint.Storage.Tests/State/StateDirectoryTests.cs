using System.Runtime.Versioning;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.State;

namespace Vetopoint.Storage.Tests.State;

[UnsupportedOSPlatform("windows")]
public sealed class StateDirectoryTests : IDisposable
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryState _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task Everything_in_it_is_for_its_owner_only()
    {
        await using var ledger = _state.Open();
        await ledger.AppendAsync(new Testing.Ledger.TaskChain("t").Next(new EngineStarted("1", "p")));

        Assert.Equal(PrivateFile | UnixFileMode.UserExecute, File.GetUnixFileMode(_state.Path));
        var files = Directory.GetFiles(_state.Path).ToDictionary(file => Path.GetFileName(file)!, File.GetUnixFileMode);
        Assert.All(files, file => Assert.Equal(PrivateFile, file.Value));
        Assert.Equal(
            ["engine.lock", "engine.pid", "ledger-key.pem", "ledger-key.pub", "ledger.db", "ledger.db-shm", "ledger.db-wal"],
            files.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", UnixFileMode.OtherRead, "chmod 700")]
    [InlineData("", UnixFileMode.GroupExecute, "chmod 700")]
    [InlineData("ledger.db", UnixFileMode.OtherRead, "chmod 600")]
    [InlineData("ledger.db", UnixFileMode.GroupWrite, "chmod 600")]
    [InlineData("ledger-key.pem", UnixFileMode.GroupRead, "chmod 600")]
    public async Task Is_refused_when_others_could_use_it(string file, UnixFileMode others, string advice)
    {
        await _state.Open().DisposeAsync();
        _state.Release();
        var path = Path.Combine(_state.Path, file);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | others);

        var refused = Assert.Throws<LedgerException>(() => _state.Open());

        Assert.StartsWith("VP6201: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) & ~others);
        await _state.Open().DisposeAsync();
    }

    [Fact]
    public void Is_refused_when_it_is_a_link()
    {
        var real = Directory.CreateDirectory(_state.Path + "-real");
        File.SetUnixFileMode(real.FullName, PrivateFile | UnixFileMode.UserExecute);
        Directory.CreateSymbolicLink(_state.Path, real.FullName);

        var refused = Assert.Throws<LedgerException>(() => StateDirectory.Open(_state.Path));

        Assert.Contains("symbolic link", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_when_it_belongs_to_someone_else()
    {
        // Whoever runs this, one of these is another user's.
        var foreign = Environment.UserName == "root" ? Foreign() : "/root";
        var refused = Assert.Throws<LedgerException>(() => StateDirectory.Open(foreign));
        Assert.StartsWith("VP6201: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_refused_when_it_cannot_be_made()
    {
        File.WriteAllText(_state.Path, "a file");
        var refused = Assert.Throws<LedgerException>(() => StateDirectory.Open(_state.Path));
        Assert.StartsWith("VP6204: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Holds_one_engine_and_names_the_process_that_has_it()
    {
        var directory = StateDirectory.Open(_state.Path);
        using (StateDirectoryLock.Take(directory))
        {
            var refused = Assert.Throws<LedgerException>(() => StateDirectoryLock.Take(directory));
            Assert.StartsWith("VP6202: ", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"`{Environment.ProcessId}`", refused.Message, StringComparison.Ordinal);
        }

        StateDirectoryLock.Take(directory).Dispose();
    }

    [Fact]
    public void A_lock_left_by_a_process_that_died_is_taken_over()
    {
        var directory = StateDirectory.Open(_state.Path);
        File.WriteAllText(directory.LockFile, "");
        File.WriteAllText(directory.PidFile, "123456");

        StateDirectoryLock.Take(directory).Dispose();
    }

    [Fact]
    public void A_file_is_written_whole_and_private()
    {
        var directory = StateDirectory.Open(_state.Path);
        var file = Path.Combine(_state.Path, "note");

        directory.Write(file, "one");
        directory.Write(file, "two");

        Assert.Equal("two", File.ReadAllText(file));
        Assert.Equal(PrivateFile, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(_state.Path));
    }

    private string Foreign()
    {
        var path = Directory.CreateDirectory(_state.Path).FullName;
        File.SetUnixFileMode(path, PrivateFile | UnixFileMode.UserExecute);
        using var chown = System.Diagnostics.Process.Start("chown", ["1", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
        return path;
    }
}
