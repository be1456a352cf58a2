using System.Diagnostics;
using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.State;
using Vetopoint.Storage.Tests.State;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>
/// A process that records calls is killed at any moment, and the record is asked: no effect without an intent, no released result without an outcome,
/// nothing acknowledged lost, no gap, and a log that goes on. With a power cut, everything that was written since the last sync is lost as well.
/// </summary>
public sealed class KillTests : IDisposable
{
    /// <summary>More than belong into a test run are in <c>./fuzz crash</c>.</summary>
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("VETOPOINT_CRASH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : 12;

    private readonly TemporaryState _state = new();
    private readonly List<string> _released = [];

    private string[] Files => [_state.LedgerFile, _state.LedgerFile + "-wal"];

    private string Target => _state.Path + ".target";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task No_effect_is_without_its_intent_and_no_result_without_its_outcome_whenever_the_process_is_killed()
    {
        for (var round = 0; round < Rounds; round++)
            await KillAndRequireAsync(round, powerCut: false);
        Assert.True(_released.Count > Rounds);
    }

    [Fact]
    public async Task The_same_holds_when_the_power_is_cut_and_all_that_was_not_synced_is_lost()
    {
        for (var round = 0; round < Rounds; round++)
            await KillAndRequireAsync(round, powerCut: true, "--synced-copies");
        Assert.True(_released.Count > Rounds);
    }

    /// <summary>The power cut of the test above is one: without syncing, it takes what was acknowledged.</summary>
    [Fact]
    public async Task Without_syncing_a_power_cut_takes_what_was_acknowledged()
    {
        await KillAndRequireAsync(round: 9, powerCut: true, "--synced-copies");

        var lost = await Assert.ThrowsAnyAsync<Exception>(() => KillAndRequireAsync(round: 9, powerCut: true, "--synced-copies", "--never-sync"));

        // Either the log remembers a checkpoint that the record no longer reaches, or entries are missed one by one.
        Assert.True(lost is Xunit.Sdk.XunitException || lost.Message.StartsWith("VP6220: ", StringComparison.Ordinal), lost.ToString());
    }

    private async Task KillAndRequireAsync(int round, bool powerCut, params string[] options)
    {
        // A few lines in, and then any number of microseconds later, so that each kind of write is met.
        StateDirectory.Open(_state.Path);
        foreach (var file in Files)
        {
            // Whoever worked here before, this test included, has synced and closed.
            File.Delete(file + ".synced");
            if (File.Exists(file))
                File.Copy(file, file + ".synced");
        }

        await KillAsync(lines: 1 + (round * 7 % 90), spins: round * 7919 % 60_000, options);
        if (powerCut)
            CutPower();
        await RequireAsync();
    }

    private async Task KillAsync(int lines, int spins, string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Vetopoint.Storage.Appender"))
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[_state.Path, "4", "--calls", Target, .. options])
            start.ArgumentList.Add(argument);
        using var appender = Process.Start(start)!;
        var read = 0;
        while (await appender.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.Split(' ') is [_, _, var attempt])
                _released.Add(attempt);
            if (++read != lines)
                continue;
            Thread.SpinWait(spins);
            appender.Kill();
        }

        await appender.WaitForExitAsync(Cancellation);
        Assert.Equal(137, appender.ExitCode);
    }

    /// <summary>Each file is again what it was at its last sync; what was never synced is gone.</summary>
    private void CutPower()
    {
        File.Delete(_state.LedgerFile + "-shm");
        foreach (var file in Files)
        {
            if (File.Exists(file + ".synced"))
                File.Copy(file + ".synced", file, overwrite: true);
            else
                File.Delete(file);
        }
    }

    private async Task RequireAsync()
    {
        var intents = new HashSet<string>(StringComparer.Ordinal);
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        await using (var ledger = _state.Open())
        {
            using var log = LedgerLog.Open(_state.Held, ledger, TimeProvider.System, TimeSpan.FromHours(1));
            log.PublishNow();
            await foreach (var entry in ledger.ReadKindsAsync([EntryKinds.Intent, EntryKinds.Outcome], Cancellation))
                (entry.Kind == EntryKinds.Intent ? intents : outcomes).Add(entry.Attempt!);
            var verified = await LogVerifier.VerifyAsync(log.Source, new LogVerificationOptions { Key = log.Key }, Cancellation);
            Assert.Empty(verified.Findings);
        }

        _state.Release();
        Assert.Empty(_state.Verify([]).Findings);

        // The last line may be cut short.
        var effects = (await File.ReadAllTextAsync(Target, Cancellation)).Split('\n')[..^1];
        Assert.NotEmpty(effects);
        Assert.All(effects, attempt => Assert.Contains(attempt, intents));
        Assert.All(_released, attempt => Assert.Contains(attempt, outcomes));
    }
}
