using System.Globalization;
using System.Text;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Ledger;

// A process to be killed: `appender STATE WRITERS` appends without end, and writes `task sequence` for each entry
// after the ledger has acknowledged it. It ends with code 3 and the reason on standard error when it cannot open the record.
var writers = int.Parse(args[1], CultureInfo.InvariantCulture);
using var output = Console.OpenStandardOutput();
var outputLock = new Lock();
try
{
    using var held = StateDirectoryLock.Take(StateDirectory.Open(args[0]));
    await using var ledger = SqliteLedger.Open(held, new SqliteLedgerOptions());
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
    while (true)
    {
        var entry = chain.Next(new EngineStarted("1", "p"));
        await ledger.AppendAsync(entry);
        Tell(entry);
    }
}

// One whole line at a time, and not later: a killed process must not owe any.
void Tell(Entry entry)
{
    var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{entry.Task} {entry.Sequence}\n"));
    lock (outputLock)
        output.Write(line);
}
