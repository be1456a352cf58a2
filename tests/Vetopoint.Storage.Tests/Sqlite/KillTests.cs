using System.Diagnostics;
using System.Globalization;
using Vetopoint.Ledger.Entries;
using Vetopoint.Ledger.Verification;
using Vetopoint.Storage.Log;
using Vetopoint.Storage.State;
using Vetopoint.Storage.Tests.State;
using Vetopoint.Testing.Installation.Disks;

namespace Vetopoint.Storage.Tests.Sqlite;

/// <summary>
/// A process that records calls is killed at any moment, and the record is asked: no effect without an intent, no released result without an outcome,
/// nothing acknowledged lost, no gap, and a log that goes on. With a power cut, what was written since the last sync is lost as well, or written in parts:
/// in the record, and in the log's tiles and checkpoint.
/// </summary>
/// <remarks>The whole engine is killed in the scenarios; a process that only records starts faster, so most rounds are here.</remarks>
public sealed class KillTests : IDisposable
{
    /// <summary>Rounds on one record, before the next begins anew.</summary>
    private const int RoundsPerRecord = 11;

    /// <summary>The first start of all makes keys, database and log with fewer syncs than this.</summary>
    private const int FirstSyncs = 24;

    /// <summary>With the whole engine's, 100 rounds; more than belong into a test run are in <c>./fuzz crash</c>.</summary>
    private static readonly int KillRounds = Number("VETOPOINT_CRASH_ROUNDS", 30);

    private static readonly int CutRounds = Number("VETOPOINT_CRASH_ROUNDS", 58);

    private static readonly int Seed = Number("VETOPOINT_CRASH_SEED", 1);

    private readonly List<string> _released = [];
    private TemporaryState _state = new();

    private string Target => _state.Path + ".target";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task No_effect_is_without_its_intent_and_no_result_without_its_outcome_whenever_the_process_is_killed()
    {
        var chance = new Chance((ulong)Seed);
        var released = 0;
        for (var round = 0; round < KillRounds; round++)
        {
            if (round % RoundsPerRecord == 0)
                BeginAnew();
            await KillAsync(null, lines: 1 + chance.Next(90), spins: chance.Next(60_000));
            await RequireAsync();
            released += _released.Count;
        }

        Assert.True(released > KillRounds);
    }

    [Fact]
    public async Task The_same_holds_when_the_power_is_cut_and_all_that_was_not_synced_is_lost()
    {
        Assert.SkipWhen(PowerCut.Missing is not null, PowerCut.Missing ?? "");
        var chance = new Chance((ulong)Seed);
        var released = 0;
        for (var round = 0; round < CutRounds; round++)
        {
            if (round % RoundsPerRecord == 0)
                BeginAnew();

            // Every other one within a sync or a renaming, the others between any two instructions.
            var (at, lines) = round % 2 == 0 ? (1 + chance.Next(200), 0) : (0, 1 + chance.Next(90));
            await CutAndRequireAsync(at, lines, chance.Next(60_000), round % 3 == 0 ? null : chance);
            released += _released.Count;
        }

        Assert.True(released > CutRounds);
    }

    /// <summary>Nothing is there before the first start, so nothing can be restored: it must always be possible to start again.</summary>
    [Fact]
    public async Task A_first_start_that_is_cut_off_anywhere_can_be_made_again()
    {
        Assert.SkipWhen(PowerCut.Missing is not null, PowerCut.Missing ?? "");
        for (var at = 1; at <= FirstSyncs; at++)
        {
            BeginAnew();
            await CutAndRequireAsync(at, lines: 0, spins: 0, at % 2 == 0 ? null : new Chance((ulong)at));
        }
    }

    /// <summary>The power cut of the tests above is one: without syncing, it takes what was acknowledged.</summary>
    [Theory]
    [InlineData(false, "--never-sync")]
    [InlineData(true)]
    public async Task Without_syncing_a_power_cut_takes_what_was_acknowledged(bool lies, params string[] options)
    {
        Assert.SkipWhen(PowerCut.Missing is not null, PowerCut.Missing ?? "");
        await CutAndRequireAsync(at: 0, lines: 64, spins: 100, chance: null);

        var lost = await Assert.ThrowsAnyAsync<Exception>(() => CutAndRequireAsync(at: 0, lines: 64, spins: 100, chance: null, lies, options));

        // Either the log remembers a checkpoint that the record no longer reaches, or entries are missed one by one.
        Assert.True(lost is Xunit.Sdk.XunitException || lost.Message.StartsWith("VP6220: ", StringComparison.Ordinal), lost.ToString());
    }

    private async Task CutAndRequireAsync(int at, int lines, int spins, Chance? chance, bool lies = false, params string[] options)
    {
        StateDirectory.Open(_state.Path);

        // Whoever worked here before, this test included, has synced and closed.
        var disk = new PowerCut(_state.Path, _state.Path + ".disk");
        await KillAsync(disk.Environment(at, lies), lines, spins, options);
        disk.Cut(chance);
        await RequireAsync();
    }

    private async Task KillAsync(IReadOnlyDictionary<string, string>? environment, int lines, int spins, params string[] options)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Vetopoint.Storage.Appender"))
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in (string[])[_state.Path, "4", "--calls", Target, .. options])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var appender = Process.Start(start)!;
        var read = 0;
        while (await appender.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.Split(' ') is [_, _, var attempt])
                _released.Add(attempt);

            // A few lines in, and then any number of microseconds later, so that each kind of write is met.
            if (++read != lines)
                continue;
            Thread.SpinWait(spins);
            appender.Kill();
        }

        await appender.WaitForExitAsync(Cancellation);
        Assert.Equal(137, appender.ExitCode);
    }

    private void BeginAnew()
    {
        _state.Dispose();
        _state = new TemporaryState();
        _released.Clear();
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
        var effects = File.Exists(Target) ? (await File.ReadAllTextAsync(Target, Cancellation)).Split('\n')[..^1] : [];
        Assert.True(effects.Length >= _released.Count);
        Assert.All(effects, attempt => Assert.Contains(attempt, intents));
        Assert.All(_released, attempt => Assert.Contains(attempt, outcomes));
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
