using System.Runtime.Versioning;
using NSec.Cryptography;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Keys;

/// <summary>The log's key in a token, through the real engine: an approver has it take over, and a token that is pulled out stops checkpoints and nothing else.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TokenTests
{
    private const string Pin = "48213";

    private static readonly UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task A_tokens_key_takes_over_and_while_the_token_is_away_only_checkpoints_stop()
    {
        await using var installation = await Installation.StartAsync();
        using var token = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        var variables = await MakeTokenAsync(token);
        var state = installation.Home.StateFolder;
        var old = elsewhere["log-key.pub"];
        File.Copy(Path.Combine(state, "log-key.pub"), old);
        var uri = $"pkcs11:token=vetopoint;id=%07?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:{token["pin"]}";
        await WritePrivateAsync(Path.Combine(state, "log-key.token"), uri);
        await installation.StopAsync();
        await installation.StartEngineAsync(variables);
        await installation.StatusAsync();

        var rotated = await installation.ProveAsync("keys", "rotate", "--log");
        Assert.True(rotated.ExitCode == 0, rotated.Output);
        Assert.Contains(uri, rotated.Output.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.Equal(uri, (await File.ReadAllTextAsync(Path.Combine(state, "log-key"), TestContext.Current.CancellationToken)).Trim());

        Directory.Move(token["tokens"], token["away"]);
        var recorded = await installation.ProveAsync("keys", "rotate", "--head");
        Assert.True(recorded.ExitCode == 0, recorded.Output);
        var behind = await installation.WaitForAsync(status => status.Warnings.Any(warning => warning.Contains("VP6466", StringComparison.Ordinal)));
        Assert.DoesNotContain(behind.Warnings, warning => warning.Contains(Pin, StringComparison.Ordinal));
        var ended = await installation.StopAsync();
        Assert.True(ended.ExitCode == 0, ended.Output); // the token's library was loaded and unloaded many times by then
        var refused = await ChildProcess.RunAsync(Repository.Executable("vetopoint-engine"), ["--home", installation.Home.Root, "--foreground"], variables);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("VP6466", refused.Output, StringComparison.Ordinal);

        Directory.Move(token["away"], token["tokens"]);
        await installation.StartEngineAsync(variables);
        await installation.WaitForAsync(status => !status.Warnings.Any(warning => warning.Contains("VP6466", StringComparison.Ordinal)));
        await installation.StopAsync();
        var verified = await installation.RunAsync("ledger", "verify", "--key", old);
        Assert.True(verified.ExitCode == 0, verified.Output);
        Assert.DoesNotContain(Pin, ended.Output + refused.Output + verified.Output, StringComparison.Ordinal);
    }

    /// <summary>A token of SoftHSM with an Ed25519 key; what the engine's environment needs to find it.</summary>
    private static async Task<Dictionary<string, string>> MakeTokenAsync(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["tokens"]);
        await WritePrivateAsync(folder["softhsm2.conf"], $"directories.tokendir = {folder["tokens"]}");
        await WritePrivateAsync(folder["pin"], Pin);
        var variables = new Dictionary<string, string> { ["SOFTHSM2_CONF"] = folder["softhsm2.conf"] };
        using (var key = Key.Create(SignatureAlgorithm.Ed25519, new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport }))
            await File.WriteAllBytesAsync(folder["key.pem"], key.Export(KeyBlobFormat.PkixPrivateKeyText));
        foreach (var arguments in new string[][]
        {
            ["--init-token", "--free", "--label", "vetopoint", "--pin", Pin, "--so-pin", "97316"],
            ["--import", folder["key.pem"], "--token", "vetopoint", "--label", "log-key", "--id", "07", "--pin", Pin],
        })
        {
            var done = await ChildProcess.RunAsync("softhsm2-util", arguments, variables);
            Assert.True(done.ExitCode == 0, done.Output);
        }

        return variables;
    }

    private static async Task WritePrivateAsync(string file, string text)
    {
        await File.WriteAllTextAsync(file, text + "\n");
        File.SetUnixFileMode(file, Private);
    }
}
