using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Keys;

/// <summary>The keys of a record through the real engine: changed by a person only, and followed by whoever kept an old one.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyTests
{
    [Fact]
    public async Task Keys_change_with_a_proof_only_and_an_auditor_with_the_old_ones_follows()
    {
        await using var installation = await Installation.StartAsync();
        using var elsewhere = new TemporaryFolder();
        var (head, checkpoint) = (elsewhere["head"], elsewhere["checkpoint"]);
        var (headKey, logKey) = (elsewhere["ledger-key.pub"], elsewhere["log-key.pub"]);
        foreach (var key in new[] { headKey, logKey })
            File.Copy(Path.Combine(installation.Home.StateFolder, Path.GetFileName(key)), key);
        var kept = await installation.RunAsync("ledger", "verify", "--save-head", head, "--save-checkpoint", checkpoint);
        string[] verify = ["ledger", "verify", "--key", headKey, "--key", logKey, "--head", head, "--checkpoint", checkpoint, "--json"];

        var unproved = await installation.RunAsync("keys", "rotate", "--log");
        var unsaid = await installation.RunAsync("keys", "rotate");
        var unchanged = await installation.RunAsync("keys", "--json");
        var log = await installation.ProveAsync("keys", "rotate", "--log");
        var ofHeads = await installation.ProveAsync("keys", "rotate", "--head");
        var changed = await installation.RunAsync("keys", "--json");
        var running = await installation.RunAsync(verify);
        await installation.KillAsync();
        await installation.StartEngineAsync();
        var after = await installation.RunAsync(verify);
        var bySocket = await installation.RunAsync("ledger", "verify", "--from", Path.Combine(installation.Home.StateFolder, "log"), "--key", logKey, "--json");

        Assert.True(kept.ExitCode == 0, kept.Output);
        Assert.Equal((4, 2), (unproved.ExitCode, unsaid.ExitCode));
        Assert.True(log.ExitCode == 0, log.Output);
        Assert.True(ofHeads.ExitCode == 0, ofHeads.Output);
        Assert.Empty(JsonNode.Parse(unchanged.Output)!["changes"]!.AsArray());
        Assert.Equal(["log", "head"], JsonNode.Parse(changed.Output)!["changes"]!.AsArray().Select(change => (string?)change!["key"]));
        foreach (var verified in new[] { running, after, bySocket })
        {
            Assert.True(verified.ExitCode == 0, verified.Output);
            Assert.Equal(2, JsonNode.Parse(verified.Output)!["keyChanges"]!.AsArray().Count);
        }
    }

    [Theory]
    [InlineData("ledger-key.pem")]
    [InlineData("log-key")]
    public async Task An_engine_does_not_start_with_a_key_of_another_record_or_without_one(string key)
    {
        await using var installation = await Installation.StartUnattendedAsync();
        await using var other = await Installation.StartUnattendedAsync();
        await installation.StopAsync();
        var file = Path.Combine(installation.Home.StateFolder, key);
        var own = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);

        File.Copy(Path.Combine(other.Home.StateFolder, key), file, overwrite: true);
        var foreign = await RefusedAsync(installation);
        File.Delete(file);
        var missing = await RefusedAsync(installation);
        await File.WriteAllBytesAsync(file, own, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var readable = await RefusedAsync(installation);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await installation.StartEngineAsync();

        Assert.Contains("VP6460", foreign, StringComparison.Ordinal);
        Assert.Contains("Restore it from a backup", missing, StringComparison.Ordinal);
        Assert.Contains("chmod 600", readable, StringComparison.Ordinal);
        await installation.VerifyLedgerAsync();
    }

    private static async Task<string> RefusedAsync(Installation installation)
    {
        var refused = await ChildProcess.RunAsync(Repository.Executable("vetopoint-engine"), ["--home", installation.Home.Root, "--foreground"]);
        Assert.NotEqual(0, refused.ExitCode);
        return refused.Output;
    }
}
