using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Approvals;

/// <summary>
/// What a process without the person's passphrase can try with the real command: nothing is signed. The last test shows that the
/// others fail for the right reason: a person at a terminal can sign.
/// </summary>
public sealed class SelfApprovalTests
{
    private const string Attempt = "t-7hq2m4xk9d.17";
    private const string Passphrase = "seven quiet herons over marshland";

    [Fact]
    public async Task Refuses_without_a_terminal_also_when_the_passphrase_is_piped()
    {
        await using var engine = Engine(request => FakeEngine.Honest(request));

        var finished = await WithoutTerminalAsync(engine, Passphrase + "\n");

        Assert.Equal(4, finished.ExitCode);
        Assert.Contains("VP1401", finished.Output, StringComparison.Ordinal);
        Assert.Empty(engine.Asked);
    }

    [Theory]
    [InlineData("VETOPOINT_PASSPHRASE")]
    [InlineData("PASSPHRASE")]
    [InlineData("SSH_ASKPASS")]
    public async Task Refuses_a_passphrase_in_the_environment(string variable)
    {
        await using var engine = Engine(request => FakeEngine.Honest(request));

        var finished = await WithoutTerminalAsync(engine, "", new Dictionary<string, string> { [variable] = Passphrase });

        Assert.Equal(4, finished.ExitCode);
        Assert.Empty(engine.Signed);
    }

    [Theory]
    [InlineData("--passphrase")]
    [InlineData("--yes")]
    [InlineData("--force")]
    [InlineData("--no-confirm")]
    public async Task Has_no_option_that_answers_for_the_person(string option)
    {
        await using var engine = Engine(request => FakeEngine.Honest(request));

        var finished = await TerminalSession.RunAsync(Installation.Vetopoint, ["approve", Attempt, "--home", engine.Home.Root, option, Passphrase], []);

        Assert.Equal(2, finished.ExitCode);
        Assert.Empty(engine.Asked);
    }

    [Fact]
    public async Task Refuses_a_wrong_passphrase()
    {
        await using var engine = Engine(request => FakeEngine.Honest(request));

        var finished = await TypeAsync(engine, "seven quiet herons over marshlanD");

        Assert.Equal(4, finished.ExitCode);
        Assert.Contains("VP1406", finished.Output, StringComparison.Ordinal);
        Assert.Empty(engine.Signed);
    }

    [Fact]
    public async Task Signs_nothing_when_nothing_is_typed()
    {
        await using var engine = Engine(request => FakeEngine.Honest(request));

        var finished = await TypeAsync(engine, "");

        Assert.Equal(4, finished.ExitCode);
        Assert.Empty(engine.Signed);
    }

    [Fact]
    public async Task Refuses_details_that_are_not_those_of_the_statement() =>
        await RefusesAsync(request => FakeEngine.Honest(request, shown: FakeEngine.Paper(FakeEngine.Held(request.Subject), agent: "someone-else")));

    [Fact]
    public async Task Refuses_a_statement_about_another_attempt() =>
        await RefusesAsync(request => FakeEngine.Honest(request, subject: "attempt t-7hq2m4xk9d.18"));

    [Fact]
    public async Task Refuses_a_statement_of_another_act() =>
        await RefusesAsync(request => FakeEngine.Honest(request, act: ApprovalAct.Activate));

    [Fact]
    public async Task Refuses_a_statement_for_another_approver() =>
        await RefusesAsync(request => FakeEngine.Honest(request, approver: "mallory"));

    [Fact]
    public async Task Refuses_details_with_a_member_twice() =>
        await RefusesAsync(request => FakeEngine.Honest(request, """{"subject":"a","subject":"b"}"""u8.ToArray()));

    [Fact]
    public async Task Refuses_details_of_a_harmless_call_for_the_digest_of_another() =>
        await RefusesAsync(request => FakeEngine.Honest(request, FakeEngine.Paper(Harmless(request.Subject))));

    [Fact]
    public async Task Refuses_an_intent_that_is_not_the_one_whose_digest_is_signed() =>
        await RefusesAsync(request => FakeEngine.Honest(request, FakeEngine.Paper(Harmless(request.Subject)), bound: Harmless(request.Subject)));

    [Fact]
    public async Task Refuses_another_request_than_the_one_that_would_be_sent() =>
        await RefusesAsync(request => FakeEngine.Honest(request, FakeEngine.Paper(FakeEngine.Held(request.Subject), request: """{"harmless":true}""")));

    [Fact]
    public async Task Refuses_a_call_whose_intent_is_not_given() =>
        await RefusesAsync(request => FakeEngine.Honest(request, isBound: false));

    [Fact]
    public async Task Refuses_another_request_than_the_one_a_salted_intent_commits_to() =>
        await RefusesAsync(request => FakeEngine.Honest(
            request, FakeEngine.Paper(FakeEngine.HeldSalted(request.Subject), request: """{"harmless":true}"""), held: FakeEngine.HeldSalted(request.Subject), salt: FakeEngine.Salt));

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public async Task Refuses_a_salted_intent_without_its_salt(int bytes)
    {
        byte[] salt = [.. FakeEngine.Salt, 33];
        await RefusesAsync(request => FakeEngine.Honest(request, held: FakeEngine.HeldSalted(request.Subject), salt: bytes == 0 ? null : salt[..bytes]));
    }

    [Fact]
    public async Task Signs_for_a_salted_intent_that_commits_to_what_is_shown()
    {
        await using var engine = Engine(request => FakeEngine.Honest(request, held: FakeEngine.HeldSalted(request.Subject), salt: FakeEngine.Salt));

        Assert.Equal(0, (await TypeAsync(engine, Passphrase)).ExitCode);
        Assert.Single(engine.Signed);
    }

    [Fact]
    public async Task Refuses_to_erase_for_another_reason_than_the_one_that_was_given()
    {
        await using var engine = Engine(request =>
        {
            Assert.Equal(("erase", "asked for"), (request.Act, request.Why));
            var details = new ApprovalPaper("erase", request.Subject, "Erase.", [("why", "asked for")], []).Encode();
            var statement = ApprovalStatement.For(
                ApprovalAct.Erase, ApprovalSubject.Payloads(request.Subject, "another reason"), Rungs.OfOnePerson, ApprovalStatement.NewChallenge(),
                DateTimeOffset.UnixEpoch, request.Approver, details);
            return new Api.Messages.Challenge(Convert.ToBase64String(statement.Encode()), Convert.ToBase64String(details));
        });

        var finished = await TerminalSession.RunAsync(
            Installation.Vetopoint, ["ledger", "erase", "t-7hq2m4xk9d", "--why", "asked for", "--home", engine.Home.Root], [(Installation.PassphrasePrompt, Passphrase)]);

        Assert.Equal(4, finished.ExitCode);
        Assert.Contains("VP1408", finished.Output, StringComparison.Ordinal);
        Assert.Empty(engine.Signed);
    }

    [Fact]
    public async Task Refuses_to_give_more_than_one_persons_rung() =>
        await RefusesAsync(request => FakeEngine.Honest(request, rung: Rungs.Max));

    [Fact]
    public async Task Refuses_a_summary_that_the_intent_does_not_give() =>
        await RefusesAsync(request => FakeEngine.Honest(
            request, (ApprovalPaper.Decode(FakeEngine.Paper(FakeEngine.Held(request.Subject)))! with { Summary = "Only a harmless read." }).Encode()));

    [Fact]
    public async Task Shows_every_member_and_makes_what_is_hidden_visible()
    {
        const string Request = "{\"path\":\"safe\u001b[2K\u202e txt\",\nSecond line}";
        await using var engine = Engine(asked =>
        {
            var held = FakeEngine.Held(asked.Subject, Request);
            return FakeEngine.Honest(asked, FakeEngine.Paper(held, Request, agent: "rm -rf /srv"), held: held);
        });

        var finished = await TypeAsync(engine, "");

        Assert.Contains("rm -rf /srv", finished.Output, StringComparison.Ordinal);
        Assert.Contains("""safe\u{1b}[2K\u{202e} txt""", finished.Output, StringComparison.Ordinal);
        Assert.Contains("| Second line", finished.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2K", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_at_a_terminal_signs_exactly_the_statement_and_the_passphrase_is_not_shown()
    {
        await using var engine = Engine(request => FakeEngine.Honest(request), out var key);

        var finished = await TypeAsync(engine, Passphrase);

        Assert.Equal(0, finished.ExitCode);
        Assert.DoesNotContain(Passphrase, finished.Output, StringComparison.Ordinal);
        var signed = Assert.Single(engine.Signed);
        Assert.True(
            ApprovalStatement.TryVerify(new ProofEntry(signed.Statement, signed.Signature, signed.KeyId), key.Public, out var statement, out var problem), problem);
        Assert.Equal($"attempt {Attempt}", statement!.Subject);
    }

    private static Intent Harmless(string attempt) => FakeEngine.Held(attempt) with
    {
        Name = "get_backup",
        Operations = [new OperationEntry("read", new TargetEntry("backup", "1", "dev", []), null, 1, null, "full", "declared", true, [])],
    };

    private static async Task RefusesAsync(Func<Api.Messages.ChallengeRequest, Api.Messages.Challenge> challenge)
    {
        await using var engine = Engine(challenge);

        var finished = await TypeAsync(engine, Passphrase);

        Assert.Equal(4, finished.ExitCode);
        Assert.Contains("VP1408", finished.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Installation.PassphrasePrompt, finished.Output, StringComparison.Ordinal);
        Assert.Empty(engine.Signed);
    }

    private static FakeEngine Engine(Func<Api.Messages.ChallengeRequest, Api.Messages.Challenge> challenge) => Engine(challenge, out _);

    private static FakeEngine Engine(Func<Api.Messages.ChallengeRequest, Api.Messages.Challenge> challenge, out ApproverKey key)
    {
        var engine = new FakeEngine(challenge);
        key = engine.AddApprover("alice", Passphrase);
        return engine;
    }

    private static Task<Finished> TypeAsync(FakeEngine engine, string line) =>
        TerminalSession.RunAsync(Installation.Vetopoint, ["approve", Attempt, "--home", engine.Home.Root], [(Installation.PassphrasePrompt, line)]);

    /// <summary><c>setsid</c> gives the command a session of its own, so that it has no controlling terminal whoever runs the tests.</summary>
    private static Task<Finished> WithoutTerminalAsync(FakeEngine engine, string input, IReadOnlyDictionary<string, string>? environment = null) =>
        ChildProcess.RunAsync("setsid", ["--wait", Installation.Vetopoint, "approve", Attempt, "--home", engine.Home.Root], environment, input);
}
