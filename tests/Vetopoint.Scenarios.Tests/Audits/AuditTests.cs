using System.Net;
using System.Net.Sockets;
using Vetopoint.Scenarios.Tests.Approvals;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Audits;

/// <summary>What an auditor does with the log of a real engine, from the files alone.</summary>
public sealed class AuditTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_of_the_log_is_verified_against_a_checkpoint_kept_earlier_and_one_entry_is_proved_offline()
    {
        await using var held = new HeldCall();
        await held.InitializeAsync();
        var installation = held.Scenario.Installation;
        using var auditor = new TemporaryFolder();
        var key = auditor["log-key.pub"];
        File.Copy(Path.Combine(installation.Home.StateFolder, "log-key.pub"), key);
        await installation.StopAsync();

        var whole = await installation.RunAsync("ledger", "verify", "--save-checkpoint", auditor["checkpoint"]);
        Assert.Equal(0, whole.ExitCode);
        Assert.Contains("Log: ", whole.Output, StringComparison.Ordinal);
        Assert.Contains("Tail: not checked", whole.Output, StringComparison.Ordinal);

        var log = Path.Combine(installation.Home.StateFolder, "log");
        var audited = await installation.RunAsync("ledger", "verify", "--from", log, "--key", key, "--checkpoint", auditor["checkpoint"]);
        Assert.True(audited.ExitCode == 0, audited.Output);
        Assert.Contains("Tail: nothing is cut off", audited.Output, StringComparison.Ordinal);

        var proved = await installation.RunAsync("ledger", "prove", "2", "--out", auditor["proof"]);
        Assert.True(proved.ExitCode == 0, proved.Output);
        var holds = await installation.RunAsync("ledger", "verify-proof", auditor["proof"], "--key", key);
        Assert.True(holds.ExitCode == 0, holds.Output);
        Assert.Contains("The proof holds.", holds.Output, StringComparison.Ordinal);

        var bundle = await File.ReadAllTextAsync(auditor["proof"], Cancellation);
        await File.WriteAllTextAsync(auditor["proof"], bundle.Replace("index 1\n", "index 2\n", StringComparison.Ordinal), Cancellation);
        var moved = await installation.RunAsync("ledger", "verify-proof", auditor["proof"], "--key", key);
        Assert.Equal(1, moved.ExitCode);
        Assert.Contains("VP1609", moved.Output, StringComparison.Ordinal);

        // One bit of one tile, and both the home and the auditor notice.
        var tile = Directory.EnumerateFiles(Path.Combine(log, "tile", "0"), "*", SearchOption.AllDirectories).MaxBy(file => new FileInfo(file).Length)!;
        var bytes = await File.ReadAllBytesAsync(tile, Cancellation);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(tile, bytes, Cancellation);
        var found = await installation.RunAsync("ledger", "verify");
        Assert.Equal(1, found.ExitCode);
        Assert.Contains("VP6343: At position 1:", found.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_witness_elsewhere_cosigns_what_grows_and_notices_a_log_that_was_cut()
    {
        await using var held = new HeldCall();
        await held.InitializeAsync();
        var installation = held.Scenario.Installation;
        using var auditor = new TemporaryFolder();
        var key = Path.Combine(installation.Home.StateFolder, "log-key.pub");
        var log = Path.Combine(installation.Home.StateFolder, "log");
        var address = FreeAddress();
        await using var witness = ChildProcess.Start(
            Installation.Vetopoint, ["witness", "--state", auditor["w"], "--name", "example.com/w", "--log", key, "--listen", address]);
        await File.WriteAllTextAsync(auditor["witness.pub"], await witness.ReadLineAsync() + "\n", Cancellation);
        await installation.StopAsync();

        var cosigned = await installation.RunAsync("ledger", "cosign", "--witness", auditor["witness.pub"], "--out", auditor["cosigned"]);
        Assert.True(cosigned.ExitCode == 0, cosigned.Output);
        var verified = await installation.RunAsync(
            "ledger", "verify", "--from", log, "--key", key, "--checkpoint", auditor["cosigned"], "--witness", auditor["witness.pub"]);
        Assert.True(verified.ExitCode == 0, verified.Output);
        Assert.Contains("cosigned by example.com/w", verified.Output, StringComparison.Ordinal);

        // An older copy of the log, as one would show to hide what came after.
        var copy = auditor["older"];
        CopyFolder(log, copy);
        await installation.StartEngineAsync();
        await installation.StopAsync();
        Assert.Equal(0, (await installation.RunAsync("ledger", "cosign", "--witness", auditor["witness.pub"], "--out", auditor["cosigned"])).ExitCode);
        var cut = await installation.RunAsync("ledger", "cosign", "--from", copy, "--witness", auditor["witness.pub"], "--out", auditor["cut"]);
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("the log was cut off, or an older copy is shown", cut.Output, StringComparison.Ordinal);
        var asked = await installation.RunAsync("ledger", "verify", "--from", copy, "--key", key, "--witness", auditor["witness.pub"]);
        Assert.Equal(1, asked.ExitCode);
        Assert.Contains("VP6348", asked.Output, StringComparison.Ordinal);
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
