using System.CommandLine;
using Vetopoint.Cli.Commands;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Records;

/// <summary>A home with a record and no engine, and the command run on it.</summary>
internal sealed class RecordHome : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StateDirectoryLock _held;

    public RecordHome()
    {
        _held = StateDirectoryLock.Take(StateDirectory.Open(Path.Combine(_folder.Path, "state")));
        Ledger = SqliteLedger.Open(_held, new SqliteLedgerOptions());
    }

    public SqliteLedger Ledger { get; }

    public string IndexFile => _held.Directory.IndexFile;

    public string FolderPath => _folder.Path;

    public Task AppendAsync(IEnumerable<Entry> entries) => Task.WhenAll(entries.Select(Ledger.AppendAsync));

    public Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(_folder.Path, arguments);

    /// <summary>Runs the command in this process.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string home, string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await VetopointCommand.Create([]).Parse([.. arguments, "--home", home])
            .InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, TestContext.Current.CancellationToken);
        return (exitCode, output.ToString(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        _held.Dispose();
        _folder.Dispose();
    }
}
