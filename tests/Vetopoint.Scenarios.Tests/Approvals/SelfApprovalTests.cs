using System.Security.Cryptography;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Approvals;

/// <summary>
/// A coding agent runs as the developer's own user and has a shell. Whatever it does there, its held call stays held:
/// approving, activating, observing, accepting, enrolling and releasing need what it cannot know.
/// </summary>
public sealed class SelfApprovalTests(HeldCall held) : IClassFixture<HeldCall>
{
    /// <summary>Every act that widens what agents may do, as an agent would type it. <c>{hold}</c> is its held attempt.</summary>
    public static TheoryData<string> Acts =>
    [
        "approve {hold}",
        "policy activate",
        "observe on operations",
        "tools accept operations list_tables",
        "agents enroll my-own",
    ];

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task No_act_is_done_without_a_terminal_whatever_is_piped_passed_or_exported(string act)
    {
        var arguments = act.Replace("{hold}", held.Hold, StringComparison.Ordinal).Split(' ');
        held.Scenario.Installation.WritePolicies(new Dictionary<string, string> { ["mine.cedar"] = HeldCall.AllowAll });
        string[] home = ["--home", held.Scenario.Installation.Home.Root];
        var exported = new Dictionary<string, string>
        {
            ["VETOPOINT_PASSPHRASE"] = Installation.Passphrase,
            ["PASSPHRASE"] = Installation.Passphrase,
        };

        // `setsid` takes the controlling terminal away, as a tool runner of an agent does.
        var typed = Installation.Passphrase + "\n";
        var piped = await ChildProcess.RunAsync(
            "setsid", ["--wait", Installation.Vetopoint, .. arguments, .. home], exported, typed + typed);
        var passed = await ChildProcess.RunAsync(
            "setsid", ["--wait", Installation.Vetopoint, .. arguments, .. home, "--passphrase", Installation.Passphrase], input: typed);

        Assert.NotEqual(0, piped.ExitCode);
        Assert.NotEqual(0, passed.ExitCode);
        await held.StaysHeldAsync();
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task No_act_is_done_with_a_guessed_passphrase_on_a_terminal_of_the_agents_own(string act)
    {
        var arguments = act.Replace("{hold}", held.Hold, StringComparison.Ordinal).Split(' ');
        held.Scenario.Installation.WritePolicies(new Dictionary<string, string> { ["mine.cedar"] = HeldCall.AllowAll });

        foreach (var guess in new[] { "", "password", Installation.Passphrase + " ", Installation.Passphrase[..^1] })
        {
            var guessed = await held.Scenario.Installation.ProveAsync(guess, arguments);
            Assert.NotEqual(0, guessed.ExitCode);
        }

        await held.StaysHeldAsync();
    }

    [Fact]
    public async Task The_socket_takes_no_act_that_was_not_signed_by_an_enrolled_person()
    {
        var engine = held.Scenario.Installation.Client;
        var cancel = TestContext.Current.CancellationToken;
        var approver = Assert.Single((await held.Scenario.Installation.StatusAsync()).Approvers);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // Its own signature under the person's key id.
        var challenge = await engine.ChallengeAsync(
            new ChallengeRequest { Act = ActNames.Approve, Subject = held.Hold, Approver = approver.Name }, cancel);
        await RefusedAsync(engine, new ActRequest
        {
            Statement = challenge.Statement,
            Signature = Convert.ToBase64String(own.SignData(Convert.FromBase64String(challenge.Statement), HashAlgorithmName.SHA256)),
            KeyId = approver.KeyId,
        });

        // A key of its own, enrolled by itself: only the first approver is free.
        await Assert.ThrowsAsync<EngineRefusalException>(async () =>
        {
            var enrolment = await engine.ChallengeAsync(
                new ChallengeRequest
                {
                    Act = ActNames.EnrollApprover,
                    Subject = "me",
                    Approver = "me",
                    PublicKey = Convert.ToBase64String(own.ExportSubjectPublicKeyInfo()),
                },
                cancel);
            await engine.ActAsync(
                new ActRequest
                {
                    Statement = enrolment.Statement,
                    Signature = Convert.ToBase64String(
                        own.SignData(Convert.FromBase64String(enrolment.Statement), HashAlgorithmName.SHA256)),
                    KeyId = "me",
                },
                cancel);
        });
        await held.StaysHeldAsync();
    }

    private static async Task RefusedAsync(EngineClient engine, ActRequest request) => await Assert.ThrowsAsync<EngineRefusalException>(
        () => engine.ActAsync(request, TestContext.Current.CancellationToken));
}
