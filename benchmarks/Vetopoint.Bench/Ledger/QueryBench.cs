using System.Diagnostics;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Queries;
using Vetopoint.Storage.Index;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Bench.Ledger;

/// <summary>Questions to a record that <see cref="VariedCalls"/> filled: each filter alone and some together, the first page of each.</summary>
internal sealed class QueryBench(StateDirectory directory, SqliteLedger ledger, int writers)
{
    private const int Runs = 101;

    /// <summary>Runs before those that are measured, in which the code is compiled as it will stay.</summary>
    private const int WarmUpRuns = 60;

    public async Task<IReadOnlyDictionary<string, double>> RunAsync(CancellationToken cancellationToken)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["query_task_1m_ms"] = await MedianAsync(async n =>
            {
                if (await ledger.ReadTaskAsync($"f{n % writers}-0", 1, cancellationToken).CountAsync(cancellationToken) == 0)
                    throw new InvalidOperationException("a task that was filled has no entries");
            }),
        };
        var start = Stopwatch.GetTimestamp();
        var entries = 0L;
        using (var index = EntryIndex.Of(directory.LedgerFile, directory.IndexFile))
            index.CatchUp((done, _) => entries = done, cancellationToken);
        figures["index_per_s"] = entries / Stopwatch.GetElapsedTime(start).TotalSeconds;
        figures["index_bytes_per_entry"] = (double)new FileInfo(directory.IndexFile).Length / entries;

        using var search = LedgerSearch.Open(directory.LedgerFile, directory.IndexFile);
        foreach (var (name, question, least) in Questions())
        {
            figures[$"query_{name}_1m_ms"] = await MedianAsync(n =>
            {
                var found = search.Find(question(n), cancellationToken).Entries.Length;
                return found >= least && search.IndexProblem is null ? Task.CompletedTask : throw new InvalidOperationException($"`{name}` found {found}: {search.IndexProblem}");
            });
        }

        return figures;
    }

    /// <summary>Each with the fewest entries that it must find, so that nothing is measured that answers nothing by mistake.</summary>
    private IEnumerable<(string Name, Func<int, LedgerQuery> Question, int Least)> Questions()
    {
        yield return ("task_page", n => new LedgerQuery { Task = $"f{n % writers}-0" }, 50);
        yield return ("task_and_effect", n => new LedgerQuery { Task = $"f{n % writers}-0", Effect = "delete" }, 1);
        yield return ("agent", n => new LedgerQuery { Agent = VariedCalls.AgentOf(n) }, 50);
        yield return ("owner", n => new LedgerQuery { Owner = $"person-{n % 7}" }, 50);
        yield return ("server", _ => new LedgerQuery { Server = "web" }, 50);
        yield return ("tool", _ => new LedgerQuery { Tool = "delete_file" }, 50);
        yield return ("effect", _ => new LedgerQuery { Effect = "delete" }, 50);
        yield return ("verdict", _ => new LedgerQuery { Verdict = "deny" }, 50);
        yield return ("environment", _ => new LedgerQuery { Environment = "prod" }, 50);
        yield return ("kind", _ => new LedgerQuery { Kind = EntryKinds.TaskOpened }, 50);
        yield return ("target", n => new LedgerQuery { Target = new TextPattern($"{VariedCalls.FolderOf(n % writers)}{n % 9}/report-{n}.csv", false) }, 1);
        yield return ("target_prefix", n => new LedgerQuery { Target = new TextPattern(VariedCalls.FolderOf(n), true) }, 50);
        yield return ("target_prefix_rare", n => new LedgerQuery { Target = new TextPattern($"{VariedCalls.FolderOf(n % writers)}{n % 9}/report-{n}.", true) }, 1);
        yield return ("target_oldest", n => new LedgerQuery { Target = new TextPattern("/srv/", true), OldestFirst = true }, 50);
        yield return ("time", n => new LedgerQuery { Since = SampleBodies.Time.AddMilliseconds(n), Until = SampleBodies.Time.AddMilliseconds(n + 1) }, 50);
        yield return ("together", n => new LedgerQuery { Agent = VariedCalls.AgentOf(n), Effect = "delete", Environment = "prod", Target = new TextPattern("/srv/data/", true) }, 3);
        yield return ("nothing", n => new LedgerQuery { Agent = VariedCalls.AgentOf(n), Effect = "read", Tool = "delete_file", Server = "files", Verdict = "deny" }, 0);
    }

    private static async Task<double> MedianAsync(Func<int, Task> run)
    {
        var times = new double[Runs];
        for (var n = 0; n < WarmUpRuns; n++)
            await run(n);
        for (var n = 0; n < Runs; n++)
        {
            var start = Stopwatch.GetTimestamp();
            await run(n);
            times[n] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Runs / 2];
    }
}
