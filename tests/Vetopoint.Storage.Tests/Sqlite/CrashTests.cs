using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Vetopoint.Ledger.Entries;
using Vetopoint.Storage.Sqlite;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>What was acknowledged is there after a crash, and what is there is sound.</summary>
/// <remarks>
/// A killed process loses nothing that it gave to the operating system, so this shows the order of acknowledging and writing, and recovery.
/// It does not show that the disk was asked to sync; the last test shows that at least the writer's connection asks for it.
/// </remarks>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryState _state = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task A_killed_process_keeps_every_acknowledged_entry(int writers)
    {
        const int Rounds = 5;
        var acknowledged = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            await KillAfterAsync(writers, lines: 1 + (37 * round * round), acknowledged);

            await RequireKeptAsync(acknowledged);
        }

        Assert.Equal(writers, acknowledged.Count);
    }

    /// <summary>The operating system ends the process at a given length of the file: the last write is torn there.</summary>
    [Theory]
    [InlineData(150_000)]
    [InlineData(400_001)]
    [InlineData(777_777)]
    public async Task A_process_that_dies_in_the_middle_of_a_write_keeps_every_acknowledged_entry(int fileBytesMax)
    {
        const string Limiter = "/usr/bin/prlimit";
        Assert.SkipUnless(File.Exists(Limiter), "Limiting the size of files needs prlimit.");
        var start = Appender(4);
        start.ArgumentList.Insert(0, start.FileName);
        start.ArgumentList.Insert(0, string.Create(CultureInfo.InvariantCulture, $"--fsize={fileBytesMax}"));
        start.FileName = Limiter;

        // The runtime maps its own code through a large temporary file otherwise, which the limit forbids.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        var acknowledged = new Dictionary<string, long>(StringComparer.Ordinal);
        using (var appender = Process.Start(start)!)
        {
            while (await appender.StandardOutput.ReadLineAsync(Cancellation) is { } line)
                Note(line, acknowledged);
            await appender.WaitForExitAsync(Cancellation);
            Assert.NotEqual(0, appender.ExitCode);
        }

        Assert.NotEmpty(acknowledged);
        await RequireKeptAsync(acknowledged);
    }

    [Fact]
    public async Task A_second_process_on_the_same_state_is_refused()
    {
        await using var ledger = _state.Open();
        using var second = StartAppender(1);

        var message = await second.StandardError.ReadToEndAsync(Cancellation);
        await second.WaitForExitAsync(Cancellation);

        Assert.Equal(3, second.ExitCode);
        Assert.StartsWith("VP6202: ", message, StringComparison.Ordinal);
        Assert.Contains($"`{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}`", message, StringComparison.Ordinal);
    }

    /// <summary>
    /// A crash, as a copy of the files while the engine works: what the disk would hold. The copy is opened as start-up would.
    /// </summary>
    [Fact]
    public Task Any_appends_and_crashes_keep_all_that_was_acknowledged() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 12]).Array[1, 6].SampleAsync(AppendAndCrashAsync, iter: 15, threads: 1);

    [Fact]
    public void The_writer_syncs_each_commit()
    {
        using var database = LedgerDatabase.Open(Prepared());

        Assert.Equal(2, database.Read("pragma synchronous"));
        Assert.Equal(0, database.Read("pragma wal_autocheckpoint"));
    }

    private string Prepared()
    {
        Directory.CreateDirectory(_state.Path);
        File.WriteAllBytes(_state.LedgerFile, []);
        return _state.LedgerFile;
    }

    private static async Task AppendAndCrashAsync((int Task, int Count)[] rounds)
    {
        using var first = new TemporaryState();
        var state = first;
        var copies = new List<TemporaryState>();
        var chains = Enumerable.Range(0, 5).Select(n => new TaskChain($"t{n}")).ToArray();
        try
        {
            foreach (var (task, count) in rounds)
            {
                await using var ledger = state.Open();
                for (var n = 0; n < count; n++)
                    await ledger.AppendAsync(chains[(task + n) % chains.Length].Next(new EngineStarted("1", "p")));
                var copy = new TemporaryState();
                copies.Add(copy);
                copy.CopyFrom(state);
                state = copy;
            }

            await using var last = state.Open();
            Assert.Equal(chains.Sum(chain => chain.Sequence), last.Acknowledged.Head.Position);
            Assert.Empty(state.Verify([last.Acknowledged]).Findings);
        }
        finally
        {
            copies.ForEach(copy => copy.Dispose());
        }
    }

    private async Task RequireKeptAsync(Dictionary<string, long> acknowledged)
    {
        await using (var ledger = _state.Open())
        {
            foreach (var (task, sequence) in acknowledged)
            {
                var stored = await ledger.ReadTaskAsync(task, 1, Cancellation).CountAsync(Cancellation);
                Assert.True(stored >= sequence, $"task {task}: {sequence} acknowledged, {stored} stored");

                // At most the one entry that was under way may be there without having been acknowledged.
                Assert.True(stored <= sequence + 1, $"task {task}: {sequence} acknowledged, {stored} stored");
            }
        }

        _state.Release();
        Assert.Empty(_state.Verify([]).Findings);
    }

    /// <summary>Takes one line of the child: a task and the sequence that was acknowledged. The last one may be cut short.</summary>
    private static string? Note(string line, Dictionary<string, long> acknowledged)
    {
        var parts = line.Split(' ');
        if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return null;
        acknowledged[parts[0]] = sequence;
        return parts[0];
    }

    private async Task KillAfterAsync(int writers, int lines, Dictionary<string, long> acknowledged)
    {
        using var appender = StartAppender(writers);
        var read = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (await appender.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (Note(line, acknowledged) is { } task)
                seen.Add(task);

            // Each writer is heard at least once, so that the whole is checked.
            if (++read >= lines && seen.Count == writers)
                appender.Kill();
        }

        await appender.WaitForExitAsync(Cancellation);
        Assert.Equal(137, appender.ExitCode);
    }

    private Process StartAppender(int writers) => Process.Start(Appender(writers))!;

    private ProcessStartInfo Appender(int writers)
    {
        // Arguments by the list, so that a test can put another program in front.
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Vetopoint.Storage.Appender"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(_state.Path);
        start.ArgumentList.Add(writers.ToString(CultureInfo.InvariantCulture));
        return start;
    }
}
