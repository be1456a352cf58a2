using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Vetopoint.Ledger.Checkpoints;
using Vetopoint.Ledger.Notes;
using Vetopoint.Ledger.Tree;
using Vetopoint.Ledger.Verification;
using Vetopoint.Ledger.Witnesses;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Server.Tests.Mcp;

namespace Vetopoint.Server.Tests.Witnesses;

/// <summary>The real engine asks witnesses by itself; whatever they do, it goes on, and shows it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EngineWitnessTests
{
    /// <summary>What a witness does badly, from what it should answer, and what the engine's status says of it.</summary>
    private static readonly Dictionary<string, (Func<WitnessAnswer, WitnessAnswer?> Answer, string Told)> Faults = new(StringComparer.Ordinal)
    {
        ["never answers"] = (_ => null, "is away: "),
        ["answers without an end"] = (_ => new WitnessAnswer(200, new string('x', 200_000)), "is away: "),
        ["answers nonsense"] = (_ => new WitnessAnswer(200, "nonsense\n"), "VP6010: "),
        ["signs another checkpoint"] = (real => real with { Body = Spoilt(real.Body) }, "is not signed by its key over this checkpoint: it is another one, or it lies"),
        ["claims a larger log"] = (_ => new WitnessAnswer(409, "999999\n"), "but now there are"),
        ["says that history was rewritten"] = (_ => new WitnessAnswer(422, ""), "history was rewritten, or two are told"),
        ["does not watch this log"] = (_ => new WitnessAnswer(404, ""), "it does not watch this log"),
        ["fails"] = (_ => new WitnessAnswer(500, ""), "it answers 500"),
        ["sends elsewhere"] = (_ => new WitnessAnswer(302, ""), "it answers 302"),
    };

    public static TheoryData<string> EveryFault => [.. Faults.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_witness_cosigns_lies_in_the_log_and_is_enough_for_an_auditor()
    {
        using var witness = new WitnessAtHand();
        await using var home = await EngineHome.StartAsync(Config(witness));
        witness.Start(LogKey(home));
        using (var client = await StdioClient.OpenAsync(home))
            await client.ListAsync(1);
        await home.WaitForAsync(status => status.Witnesses is [{ Name: "audit", Behind: 0, Problem: null, CosignedAt: not null, Size: > 0 }]);

        var log = new LogFolder(Path.Combine(home.Home.StateFolder, "log"));
        var options = new LogVerificationOptions { Key = LogKey(home), Witnesses = [witness.Key] };
        var verified = await LogVerifier.VerifyAsync(log, options, Cancellation);
        Assert.Empty(verified.Findings);
        Assert.Equal("example.com/w", Assert.Single(verified.Cosigned).Witness);

        // What the operator holds says nothing of the tail.
        Assert.Null(verified.TailCheckedTo);

        // After a restart it is not asked for what it cosigned, only for what was added.
        var kept = SizeOf(home, witness);
        await home.StopEngineAsync();
        await home.StartEngineAsync();
        await home.WaitForAsync(status => status.Witnesses is [{ Behind: 0, Problem: null }] && SizeOf(home, witness) > kept);
        Assert.Empty((await LogVerifier.VerifyAsync(log, options, Cancellation)).Findings);
    }

    [Fact]
    public async Task A_witness_that_is_away_delays_no_call_and_shows_that_it_is_behind()
    {
        using var witness = new WitnessAtHand();
        await using var home = await EngineHome.StartAsync(Config(witness));
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        await home.WaitForAsync(status => status.Witnesses is [{ Behind: > 0, BehindSince: not null, Size: 0, Problem: not null }]
            && status.Warnings.Any(warning => warning.Contains("The witness `audit` is", StringComparison.Ordinal)));

        var read = await client.CallAsync(2, "read_note", """{"id":1}""");

        Assert.NotNull(read["result"]);
        Assert.Empty((await LogVerifier.VerifyAsync(
            new LogFolder(Path.Combine(home.Home.StateFolder, "log")), new LogVerificationOptions { Key = LogKey(home) }, Cancellation)).Findings);
    }

    [Theory, MemberData(nameof(EveryFault))]
    public async Task A_witness_that_does_badly_is_shown_and_nothing_of_it_is_kept(string fault)
    {
        var (answer, told) = Faults[fault];
        using var witness = new WitnessAtHand();
        await using var home = EngineHome.Make(Config(witness));
        await home.StartEngineAsync();
        witness.Start(LogKey(home), answer);

        await home.WaitForAsync(status => status.Witnesses is [{ Problem: { } problem }] && problem.Contains(told, StringComparison.Ordinal));

        Assert.False(File.Exists(CosignedFile(home, witness)));
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        Assert.NotNull((await client.CallAsync(2, "read_note", """{"id":1}"""))["result"]);
    }

    [Theory]
    [InlineData("example.com/w+00000000+BA==", "is not a witness's verifier key")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "is not a witness's verifier key")]
    public async Task A_key_that_is_none_of_a_witness_is_refused(string key, string told)
    {
        await using var home = EngineHome.Make(new JsonObject
        {
            ["witnesses"] = new JsonObject { ["audit"] = new JsonObject { ["key"] = key, ["url"] = "http://127.0.0.1:9/" } },
        });

        var finished = await home.RunEngineAsync();

        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains("VP6485", finished.Output, StringComparison.Ordinal);
        Assert.Contains(told, finished.Output, StringComparison.Ordinal);
    }

    private static JsonObject Config(WitnessAtHand witness) => new()
    {
        ["witnesses"] = new JsonObject { ["audit"] = new JsonObject { ["key"] = witness.Key.ToString(), ["url"] = witness.Address.AbsoluteUri } },
    };

    private static NoteKey LogKey(EngineHome home) =>
        NoteKey.TryParse(File.ReadAllText(Path.Combine(home.Home.StateFolder, "log-key.pub")).Trim(), out _)!;

    private static string CosignedFile(EngineHome home, WitnessAtHand witness) =>
        Path.Combine(home.Home.StateFolder, "log", LogFolder.CosignedPathOf(witness.Key));

    private static long SizeOf(EngineHome home, WitnessAtHand witness) =>
        Checkpoint.Of(SignedNote.Parse(File.ReadAllBytes(CosignedFile(home, witness)))).Size;

    /// <summary>A cosignature in form, and of something else.</summary>
    private static string Spoilt(string lines)
    {
        var signature = SignedNote.ParseSignatures(lines)[0];
        var bytes = signature.Signature.ToArray();
        bytes[^1] ^= 1;
        return (signature with { Signature = bytes }).ToString();
    }
}
