using System.Globalization;
using Vetopoint.Testing.Installation.Disks;

namespace Vetopoint.Scenarios.Tests.Crashes;

/// <summary>
/// The installed engine is killed at any moment while agents call through it, and started again: no effect at the server without an intent, no released result
/// without an outcome, a record that verifies. Also when the power is cut, and what was not synced is lost or written in parts.
/// </summary>
/// <remarks>Most rounds are with a process that only records; see <c>KillTests</c> of the storage. Without end: <c>./fuzz crash</c>.</remarks>
public sealed class CrashTests
{
    private static readonly int Rounds = Number("VETOPOINT_CRASH_ROUNDS", 6);

    private static readonly int Seed = Number("VETOPOINT_CRASH_SEED", 1);

    [Fact]
    public async Task A_killed_engine_has_recorded_every_effect_and_every_released_result()
    {
        Assert.SkipWhen(PowerCut.Missing is not null, PowerCut.Missing ?? "");
        var chance = new Chance((ulong)Seed);
        await using var engine = await CrashingEngine.InstallAsync();
        for (var round = 0; round < Rounds; round++)
            await engine.RunAndKillAsync(results: 1 + chance.Next(25), spins: chance.Next(60_000));

        await engine.RequireAsync();
        Assert.True(engine.ReleasedCount >= Rounds);
    }

    [Fact]
    public async Task The_same_holds_when_the_power_is_cut()
    {
        Assert.SkipWhen(PowerCut.Missing is not null, PowerCut.Missing ?? "");
        var chance = new Chance((ulong)Seed);
        await using var engine = await CrashingEngine.InstallAsync();
        for (var round = 0; round < Rounds; round++)
        {
            // Every other one within a sync or a renaming, some of them before the engine listens.
            await engine.RunAndKillAsync(results: 1 + chance.Next(25), spins: chance.Next(60_000), at: round % 2 == 0 ? 0 : 1 + chance.Next(60));
            engine.CutPower(round % 3 == 0 ? null : chance);
        }

        await engine.RequireAsync();
        Assert.True(engine.ReleasedCount > 0);
    }

    /// <summary>A disk that lies shows that the test above would find an engine that does not sync.</summary>
    [Fact]
    public async Task Without_syncing_a_power_cut_takes_what_was_released()
    {
        Assert.SkipWhen(PowerCut.Missing is not null, PowerCut.Missing ?? "");
        await using var engine = await CrashingEngine.InstallAsync();
        await engine.RunAndKillAsync(results: 20, spins: 0, lies: true);
        engine.CutPower(chance: null);

        var missing = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(engine.RequireAsync);
        Assert.Contains("no intent says so", missing.Message, StringComparison.Ordinal);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
