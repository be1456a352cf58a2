using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Ledger;

// A process to be killed: `appender STATE WRITERS` appends without end, and writes `task sequence` for each entry
// after the ledger has acknowledged it. It ends with code 3 and the reason on standard error when it cannot open the record.
// `--calls FILE`: appends calls as a gate does: the intent, then an effect (the attempt's id, as a line of the file), then the outcome, and
// then writes `task sequence attempt`, as a released result. The log is published meanwhile.
// `--never-sync`: tells SQLite not to sync.
var writers = int.Parse(args[1], CultureInfo.InvariantCulture);
var target = Array.IndexOf(args, "--calls") is var at and >= 0 ? new FileStream(args[at + 1], FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0) : null;
var options = new SqliteLedgerOptions
{
    Opened = args.Contains("--never-sync") ? database => database.Set("pragma synchronous = off") : null,
};
using var output = Console.OpenStandardOutput();
var outputLock = new Lock();
try
{
    using var held = StateDirectoryLock.Take(StateDirectory.Open(args[0]));
    await using var ledger = SqliteLedger.Open(held, options);
    using var log = target is null ? null : LedgerLog.Open(held, ledger, TimeProvider.System, TimeSpan.FromMilliseconds(5));
    await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => AppendAsync(ledger, $"t{writer}")));
    return 0;
}
catch (LedgerException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 3;
}

async Task AppendAsync(SqliteLedger ledger, string task)
{
    var chain = new TaskChain(task);
    await foreach (var entry in ledger.ReadTaskAsync(task, 1, CancellationToken.None))
        chain.Resume(entry);
    if (target is not null && chain.Sequence == 0)
        await ledger.AppendAsync(chain.Next(SampleBodies.Opened()));
    while (true)
    {
        if (target is null)
        {
            var entry = chain.Next(new EngineStarted("1", "p"));
            await ledger.AppendAsync(entry);
            Tell(output, $"{entry.Task} {entry.Sequence}\n");
            continue;
        }

        var (intent, outcome) = chain.NextCall();
        await ledger.AppendAsync(intent);
        Tell(target, $"{intent.Attempt}\n");
        await ledger.AppendAsync(outcome);
        Tell(output, $"{outcome.Task} {outcome.Sequence} {outcome.Attempt}\n");
    }
}

// One whole line at a time, and not later: a killed process must not owe any.
void Tell(Stream stream, FormattableString text)
{
    var line = Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));
    lock (outputLock)
        stream.Write(line);
}
