using System.Text;
using System.Text.Json;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Control.Tests.Holds;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Acts;

public sealed class ActTests
{
    private const string DeletesNeedAPerson = TestPolicies.PermitAll + """

        @id("deletes")
        @reason("Deleting needs a person.")
        forbid (principal, action == Vetopoint::Action::"delete", resource) unless { context.assurance >= 2 };
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_shown_the_exact_call_before_signing()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var attempt = HoldTests.Delete(task);
        var hold = await HoldTests.HoldAsync(engine, task, attempt);

        var challenge = await engine.Acts.ChallengeAsync(new Act.Approve(hold), null, Token);

        using var details = JsonDocument.Parse(challenge.Details);
        var sections = details.RootElement.GetProperty("sections").EnumerateArray().ToDictionary(
            section => section.GetProperty("title").GetString()!, section => section.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).ToArray());
        Assert.Equal([Encoding.UTF8.GetString(attempt.Reading.Forms[0].Bytes.Span)], sections["Exact request"]);
        Assert.StartsWith("delete table `things` in staging", Assert.Single(sections["What it would do"]), StringComparison.Ordinal);
        Assert.Equal(["Deleting needs a person."], sections["Why it waits"]);
        Assert.True(ApprovalStatement.Decode(challenge.Statement.Span).IsAbout(ApprovalAct.Approve, ApprovalSubject.Attempt(engine.IntentsOf(task.Id)[0])));
    }

    [Fact]
    public async Task A_proof_works_once()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var proof = await ada.ProveAsync(engine, new Act.Observe("ops"));
        await engine.Acts.PerformAsync(proof, Token);

        Assert.Equal("VP7005", await RefusedAsync(engine, proof));
    }

    [Fact]
    public async Task A_challenge_is_good_for_five_minutes()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var proof = await ada.ProveAsync(engine, new Act.Observe("ops"));
        engine.Time.Advance(ControlLimits.ChallengeLife);

        Assert.Equal("VP7005", await RefusedAsync(engine, proof));
        Assert.False(engine.Policies.IsObserved("ops"));
    }

    [Fact]
    public async Task A_proof_by_someone_else_or_of_something_else_does_nothing()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        using var eve = Person.Create("ada");
        var challenge = await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, Token);

        // Another key under the right name, under the right key's id, and a right signature over another statement.
        Assert.Equal("VP7004", await RefusedAsync(engine, eve.Sign(challenge)));
        challenge = await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, Token);
        Assert.Equal("VP7006", await RefusedAsync(engine, eve.Sign(challenge) with { KeyId = ada.Key.Public.Id }));
        challenge = await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, Token);
        var other = ApprovalStatement.Decode(challenge.Statement.Span) with { Act = ApprovalAct.Release };
        var signed = other.Sign(ada.Key);
        Assert.Equal("VP7006", await RefusedAsync(
            engine, new ActProof(other.Encode(), Convert.FromBase64String(signed.Signature), signed.KeyId)));
        Assert.False(engine.Policies.IsObserved("ops"));
        Assert.DoesNotContain(engine.Ledger.Entries, entry => entry.Body is OperatorAct);
    }

    [Fact]
    public async Task Wrong_proofs_keep_out_who_sends_them_and_not_the_owner_of_the_key()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        using var eve = Person.Create("eve");
        for (var i = 0; i < ControlLimits.ProofFailuresMax; i++)
            Assert.Equal("VP7006", await ForgedAsync());

        Assert.Equal("VP7007", await ForgedAsync());
        for (var i = 0; i < 2 * ControlLimits.ProofFailuresMax; i++)
            await ForgedAsync($"process {i}");
        await ada.DoAsync(engine, new Act.Observe("ops")); // under the very key that the forged ones named
        engine.Time.Advance(ControlLimits.ProofFailureWindow + TimeSpan.FromSeconds(1));
        Assert.Equal("VP7006", await ForgedAsync());

        async Task<string> ForgedAsync(string requester = "process 666")
        {
            var challenge = await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, requester, Token);
            var proof = eve.Sign(challenge) with { KeyId = ada.Key.Public.Id };
            return (await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, requester, Token))).Code;
        }
    }

    [Fact]
    public async Task Nobody_pushes_out_what_another_was_asked()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var proof = await ada.ProveAsync(engine, new Act.Observe("ops"));
        var own = ada.Sign(await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, "process 666", Token));

        for (var i = 0; i < 10 * ControlLimits.ChallengesOfOneMax; i++)
            await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, "process 666", Token);

        Assert.Equal("VP7005", await RefusedAsync(engine, own));
        await engine.Acts.PerformAsync(proof, Token);
        Assert.True(engine.Policies.IsObserved("ops"));
    }

    [Fact]
    public async Task Nobody_is_pushed_out_by_many_either()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var proof = await ada.ProveAsync(engine, new Act.Observe("ops"));
        for (var i = 1; i < ControlLimits.ChallengesMax; i++)
            await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, $"process {i}", Token);

        var refused = await Assert.ThrowsAsync<ActException>(() => engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, "process 0", Token));
        Assert.Equal("VP7007", refused.Code);
        await engine.Acts.PerformAsync(proof, Token);
        engine.Time.Advance(ControlLimits.ChallengeLife);
        await engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, "process 0", Token);
    }

    [Fact]
    public async Task The_first_approver_is_free_and_every_other_needs_one_that_is_enrolled()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        using var bea = Person.Create("bea");
        var enrol = new Act.EnrollApprover("bea", bea.Key.Public.Text);

        Assert.Equal("VP7013", (await Assert.ThrowsAsync<ActException>(() => engine.Acts.EnrollFirstApproverAsync(enrol, Token))).Code);
        await ada.DoAsync(engine, enrol);
        Assert.Equal(["ada", "bea"], engine.Approvers.List().Select(approver => approver.Name));
        await engine.RestartAsync();

        Assert.Equal(["ada", "bea"], engine.Approvers.List().Select(approver => approver.Name));
        await bea.DoAsync(engine, new Act.Observe("ops"));
    }

    [Fact]
    public async Task Nobody_can_act_while_nobody_is_enrolled()
    {
        await using var engine = await TestEngine.StartAsync();

        Assert.Equal("VP7003", (await Assert.ThrowsAsync<ActException>(() => engine.Acts.ChallengeAsync(new Act.Observe("ops"), null, Token))).Code);
    }

    [Fact]
    public async Task An_agent_does_not_approve_itself_under_its_own_name()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var agent = await Person.EnrollAsync(engine, "agent-1");
        var task = await engine.OpenAsync();
        var hold = await HoldTests.HoldAsync(engine, task, HoldTests.Delete(task));

        Assert.Equal("VP7015", (await Assert.ThrowsAsync<ActException>(() => agent.ApproveAsync(engine, hold))).Code);
    }

    [Fact]
    public async Task An_act_is_judged_and_recorded_as_a_change_of_policy()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);

        await ada.DoAsync(engine, new Act.Observe("ops"));

        var entries = engine.Ledger.Entries.Where(entry => entry.Task == "engine").Select(entry => entry.Body).ToArray();
        var intent = Assert.Single(entries.OfType<Intent>());
        Assert.Equal(("observe", "allow", "change_policy"), (intent.Method, intent.Verdict, Assert.Single(intent.Operations).Effect));
        var act = Assert.Single(entries.OfType<OperatorAct>());
        Assert.Equal(("observe", "server ops", "ada"), (act.Act, act.Subject, act.By));
        Assert.IsType<Outcome>(entries[Array.IndexOf(entries, act) + 1]);
        Assert.Equal(intent, entries[Array.IndexOf(entries, act) - 1]);
    }

    [Fact]
    public async Task An_act_that_the_policies_forbid_is_recorded_and_not_done()
    {
        const string NoObserving = TestPolicies.PermitAll + """

            @id("no-observing")
            @reason("Everything is enforced here.")
            forbid (principal, action == Vetopoint::Action::"change_policy", resource) when { context.method == "observe" };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(NoObserving));
        using var ada = await Person.EnrollAsync(engine);

        Assert.Equal("VP7010", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.Observe("ops")))).Code);
        Assert.False(engine.Policies.IsObserved("ops"));
        Assert.Equal("deny", Assert.Single(engine.Ledger.Entries.Select(entry => entry.Body).OfType<Intent>()).Verdict);
    }

    [Fact]
    public async Task An_act_that_cannot_be_recorded_is_not_done()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        engine.Ledger.FailNext(entry => entry.Body is OperatorAct);

        await Assert.ThrowsAsync<LedgerException>(() => ada.DoAsync(engine, new Act.Observe("ops")));

        Assert.False(engine.Policies.IsObserved("ops"));
        await ada.DoAsync(engine, new Act.Observe("ops"));
        Assert.True(engine.Policies.IsObserved("ops"));
    }

    [Fact]
    public async Task Observing_lets_the_full_form_run_and_records_the_verdict_until_it_ends()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        using var ada = await Person.EnrollAsync(engine);
        await ada.DoAsync(engine, new Act.Observe("ops"));
        await engine.RestartAsync();
        var task = await engine.OpenAsync();

        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(HoldTests.Delete(task)));
        Assert.True(allowed.Observed);
        Assert.Equal((Verdict.Hold, FormKind.Full), (allowed.Verdict, allowed.Form));
        allowed.Permit.Redeem();
        Assert.Empty(engine.Holds.List());
        Assert.Equal(("hold", true), (engine.IntentsOf(task.Id)[0].Verdict, engine.IntentsOf(task.Id)[0].Observed));
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(HoldTests.Delete(task) with { Server = "crm" }));

        // Narrowing is free.
        await engine.Acts.EnforceAsync("ops", Token);
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(HoldTests.Delete(task)));
    }

    [Fact]
    public async Task Observing_lets_no_quarantined_agent_and_no_expired_task_go_on()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson, new() { Observed = ["ops"] }));
        var (task, other) = (await engine.OpenAsync(), await engine.OpenAsync("agent-2"));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(HoldTests.Delete(task)));

        await engine.Acts.QuarantineAsync("agent-1", Token);
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(HoldTests.Delete(task)));
        engine.Time.Advance(TimeSpan.FromHours(8));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(HoldTests.Delete(other)));
    }

    [Fact]
    public async Task A_quarantined_agent_is_let_go_by_a_person_only()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        await engine.Acts.QuarantineAsync("agent-1", Token);

        await ada.DoAsync(engine, new Act.Restore("agent-1"));

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync((await engine.OpenAsync()).Call(Calls.Read())));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("\u001b[31mred")]
    public async Task A_name_that_could_look_like_something_else_is_refused(string name)
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);

        Assert.Equal("VP7012", (await Assert.ThrowsAsync<ActException>(() => ada.DoAsync(engine, new Act.Release(name)))).Code);
    }

    private static async Task<string> RefusedAsync(TestEngine engine, ActProof proof) =>
        (await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, Token))).Code;
}
