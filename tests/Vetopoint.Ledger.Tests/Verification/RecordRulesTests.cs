using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Ledger.Tests.Verification;

/// <summary>
/// What a record may not say, even when every hash and signature of it is right: as a faulty engine would write it, or someone who has
/// the record's key.
/// </summary>
public sealed class RecordRulesTests : IDisposable
{
    private readonly SampleRecord _sample = new();

    public void Dispose() => _sample.Dispose();

    [Fact]
    public void A_sound_record_has_no_findings() => Assert.Empty(Findings());

    [Fact]
    public void An_outcome_without_an_intent()
    {
        _sample.Add(_sample.A, SampleRecord.Done("a.9"));
        Finds("VP6321", "The attempt `a.9` has an outcome, but no intent");
    }

    [Fact]
    public void An_outcome_before_its_intent()
    {
        _sample.Add(_sample.A, SampleRecord.Done("a.9"));
        _sample.Add(_sample.A, SampleBodies.Allowed("a.9"));
        Finds("VP6321", "`a.9`");
    }

    [Fact]
    public void An_outcome_of_a_denied_attempt()
    {
        _sample.Add(_sample.A, SampleBodies.Denied("a.9") with { Observed = false, Uses = null });
        _sample.Add(_sample.A, SampleRecord.Done("a.9"));
        Finds("VP6321", "`a.9`");
    }

    [Fact]
    public void An_outcome_of_a_held_attempt()
    {
        _sample.Add(_sample.A, SampleBodies.Held("a.9"));
        _sample.Add(_sample.A, SampleRecord.Done("a.9"));
        Finds("VP6321", "`a.9`");
    }

    [Fact]
    public void An_outcome_in_another_task()
    {
        _sample.Add(_sample.Engine, SampleRecord.Done("a.4"));
        Finds("VP6321", "`a.4`");
    }

    [Fact]
    public void A_second_outcome()
    {
        _sample.Add(_sample.A, SampleRecord.Done("a.1"));
        Finds("VP6322", "The attempt `a.1` has a second outcome");
    }

    [Fact]
    public void An_attempt_recorded_twice()
    {
        _sample.Add(_sample.A, SampleBodies.Allowed("a.1"));
        Finds("VP6320", "The attempt `a.1` is recorded a second time");
    }

    [Fact]
    public void An_attempt_of_another_task()
    {
        _sample.Add(_sample.A, SampleBodies.Allowed("b.9"));
        Finds("VP6320", "The attempt `b.9` does not belong to this task");
    }

    [Fact]
    public void An_attempt_that_ran_after_its_task_had_ended()
    {
        _sample.Add(_sample.B, SampleBodies.Allowed("b.9"));
        Finds("VP6323", "The attempt `b.9` ran after its task had ended");
    }

    [Fact]
    public void An_unknown_verdict_counts_as_none()
    {
        _sample.Add(_sample.A, SampleBodies.Allowed("a.9") with { Verdict = "Allow" });
        _sample.Add(_sample.A, SampleRecord.Done("a.9"));
        Finds("VP6302", "The verdict `Allow` is not known");
        Finds("VP6321", "`a.9`");
    }

    [Fact]
    public void An_approval_used_twice()
    {
        _sample.Add(_sample.A, SampleRecord.Using("a.9", "a.2"));
        Finds("VP6326", "The approval of `a.2` is used a second time");
    }

    [Fact]
    public void An_approval_that_was_not_given()
    {
        _sample.Add(_sample.A, SampleBodies.Held("a.9"));
        _sample.Add(_sample.A, SampleRecord.Using("a.10", "a.9"));
        Finds("VP6325", "uses an approval of `a.9`, which was not given before");
    }

    [Fact]
    public void A_hold_that_expired_used_as_approved()
    {
        _sample.Add(_sample.Engine, SampleRecord.Using("engine.1", "b.4"));
        Finds("VP6325", "uses an approval of `b.4`, which was not given before");
    }

    public static TheoryData<string> OtherActions => ["action", "server", "method", "name", "form", "tool", "reader", "policies"];

    [Theory, MemberData(nameof(OtherActions))]
    public void An_approval_used_for_something_else(string what)
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held));
        var used = SampleRecord.Using("a.10", "a.9");
        var other = new string('d', 64);
        _sample.Add(_sample.A, what switch
        {
            "action" => used with { ActionDigest = other },
            "server" => used with { Server = other },
            "method" => used with { Method = other },
            "name" => used with { Name = other },
            "form" => used with { Form = "limited" },
            "tool" => used with { Tool = null },
            "reader" => used with { Reader = other },
            _ => used with { PolicySet = other },
        });
        Finds("VP6325", "is not what was approved as `a.9`");
    }

    [Fact]
    public void An_approval_used_after_it_had_expired()
    {
        var held = SampleBodies.Held("a.9") with { HoldExpiresAt = SampleBodies.Time.AddMinutes(-1) };
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held));
        _sample.Add(_sample.A, SampleRecord.Using("a.10", "a.9"));
        Finds("VP6325", "uses the approval of `a.9` after it had expired");
    }

    [Fact]
    public void An_act_that_only_narrows_needs_no_proof()
    {
        _sample.Add(_sample.Engine, new OperatorAct("quarantine", "agent agent-1", null, null));
        _sample.Add(_sample.Engine, new OperatorAct("enforce", "server web", null, null));
        _sample.Add(_sample.Engine, new AgentKeyChanged("agent-2", "ada", SampleBodies.Digest, false, null, null));
        Assert.Empty(Findings());
    }

    [Fact]
    public void Assurance_without_an_approval()
    {
        _sample.Add(_sample.A, SampleBodies.Allowed("a.9") with { Assurance = 2 });
        Finds("VP6325", "claims that a person stands behind it, but uses no approval");
    }

    [Fact]
    public void More_assurance_than_was_given()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held));
        _sample.Add(_sample.A, SampleRecord.Using("a.10", "a.9") with { Assurance = 4 });
        Finds("VP6325", "claims more assurance than the approval of `a.9` gives");
    }

    [Fact]
    public void An_approval_without_a_proof()
    {
        _sample.Add(_sample.A, SampleBodies.Held("a.9"));
        _sample.Add(_sample.A, new HoldResolved("a.9", "approved", "ada", 2, null));
        _sample.Add(_sample.A, SampleRecord.Using("a.10", "a.9"));
        Finds("VP6330", "`approve` of `attempt a.9` needs the proof of an approver, and has none");
        Finds("VP6325", "`a.9`, which was not given before");
    }

    [Fact]
    public void An_approval_by_a_key_that_was_never_enrolled()
    {
        using var stranger = ApproverKey.Create();
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, new HoldResolved(
            "a.9", "approved", "ada", 2, SampleRecord.Prove(stranger, "ada", ApprovalAct.Approve, ApprovalSubject.Attempt(held))));
        Finds("VP6331", $"by a key `{stranger.Public.Id}` that was not enrolled before");
    }

    [Fact]
    public void An_approval_by_a_key_that_was_enrolled_only_later()
    {
        using var late = ApproverKey.Create();
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, new HoldResolved(
            "a.9", "approved", "cay", 2, SampleRecord.Prove(late, "cay", ApprovalAct.Approve, ApprovalSubject.Attempt(held))));
        _sample.Add(_sample.Engine, new ApproverEnrolled(
            "cay", late.Public.Id, late.Public.Text, "ada",
            SampleRecord.Prove(_sample.Ada, "ada", ApprovalAct.Enroll, ApprovalSubject.Approver("cay", late.Public))));
        Finds("VP6331", "was not enrolled before");
    }

    [Fact]
    public void An_approval_whose_statement_was_changed()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        var approved = _sample.Approve(held);
        _sample.Add(_sample.A, approved with { Proof = approved.Proof! with { Signature = new string('A', 86) + "==" } });
        Finds("VP6331", "The signature of the proof is not one by the key");
    }

    [Fact]
    public void An_approval_of_another_attempt()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(SampleBodies.Held("a.8")) with { Attempt = "a.9" });
        Finds("VP6331", "about `approve` of `attempt a.8`, and not about `approve` of exactly this `attempt a.9`");
    }

    [Fact]
    public void An_approval_of_the_attempt_with_another_content()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held with { FormDigest = new string('d', 64) }));
        Finds("VP6331", "not about `approve` of exactly this `attempt a.9`");
    }

    [Fact]
    public void A_refusal_passed_off_as_an_approval()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, new HoldResolved(
            "a.9", "approved", "ada", 2, SampleRecord.Prove(_sample.Ada, "ada", ApprovalAct.Deny, ApprovalSubject.Attempt(held))));
        Finds("VP6331", "about `deny` of `attempt a.9`");
    }

    [Fact]
    public void An_approval_that_gives_less_than_it_claims()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held, rung: 2) with { Rung = 4 });
        Finds("VP6331", "does not give the rung that it claims");
    }

    [Fact]
    public void An_approval_below_the_rung_that_the_hold_waits_for()
    {
        var held = SampleBodies.Held("a.9") with { Rung = 3 };
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held, rung: 2));
        Finds("VP6331", "or that the hold waits for");
    }

    [Fact]
    public void An_approval_in_the_name_of_another_person()
    {
        var held = SampleBodies.Held("a.9");
        _sample.Add(_sample.A, held);
        _sample.Add(_sample.A, _sample.Approve(held) with { By = "bea" });
        Finds("VP6331", "names someone else");
    }

    [Fact]
    public void A_hold_that_ended_twice()
    {
        _sample.Add(_sample.A, new HoldResolved("a.2", "cancelled", null, 0, null));
        Finds("VP6324", "The hold of `a.2` ended a second time");
    }

    [Fact]
    public void A_hold_that_there_was_not()
    {
        _sample.Add(_sample.A, new HoldResolved("a.1", "cancelled", null, 0, null));
        Finds("VP6324", "The hold of `a.1` ended, but there was none before");
    }

    [Fact]
    public void A_statement_that_serves_twice()
    {
        var proof = SampleRecord.Prove(_sample.Ada, "ada", ApprovalAct.Activate, ApprovalSubject.PolicySet(SampleBodies.Digest));
        _sample.Add(_sample.Engine, new PolicySetActivated(SampleBodies.Digest, null, "ada", false, proof));
        _sample.Add(_sample.Engine, new PolicySetActivated(SampleBodies.Digest, null, "ada", false, proof));
        Finds("VP6332", "The same statement served for an act before");
    }

    [Fact]
    public void Acts_that_widen_without_a_proof()
    {
        _sample.Add(_sample.Engine, new PolicySetActivated(SampleBodies.Digest, null, null, false, null));
        _sample.Add(_sample.Engine, new ToolPinned("files", "write", SampleBodies.Digest, true, null, null));
        _sample.Add(_sample.Engine, new AgentKeyChanged("agent-2", "ada", SampleBodies.Digest, true, null, null));
        _sample.Add(_sample.Engine, new OperatorAct("release", "client claude", null, null));
        _sample.Add(_sample.Engine, new OperatorAct("observe", "server web", null, null));
        using var key = ApproverKey.Create();
        _sample.Add(_sample.Engine, new ApproverEnrolled("eve", key.Public.Id, key.Public.Text));
        Assert.Equal(6, Findings().Count(finding => finding.Contains("VP6330", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_activation_that_only_calls_itself_automatic()
    {
        _sample.Add(_sample.Engine, new PolicySetActivated(SampleBodies.Digest, new string('b', 64), null, true, null));
        Finds("VP6330", "`activate` of `policy-set aaa");
    }

    [Fact]
    public void A_first_activation_that_calls_itself_automatic_when_there_is_someone_to_ask()
    {
        var late = new TaskChain("engine");
        using var record = new MemoryRecord(
            [
                late.Next(new ApproverEnrolled("ada", _sample.Ada.Public.Id, _sample.Ada.Public.Text)),
                late.Next(new PolicySetActivated(SampleBodies.Digest, null, null, true, null)),
            ]);
        Assert.Equal("VP6330", Assert.Single(record.Verify().Findings).Code);
    }

    [Fact]
    public void Automatic_activations_after_a_set_that_a_person_activated_for_it_until_one_that_ends_it()
    {
        var set = new string('c', 64);
        var proof = SampleRecord.Prove(_sample.Ada, "ada", ApprovalAct.Activate, ApprovalSubject.PolicySet(set, allowsAutomatic: true));
        _sample.Add(_sample.Engine, new PolicySetActivated(set, new string('b', 64), "ada", false, proof, AllowsAutomatic: true));
        _sample.Add(_sample.Engine, new PolicySetActivated(new string('d', 64), set, null, true, null, AllowsAutomatic: true));
        _sample.Add(_sample.Engine, new PolicySetActivated(new string('e', 64), new string('d', 64), null, true, null));
        Assert.Empty(Findings());

        _sample.Add(_sample.Engine, new PolicySetActivated(new string('f', 64), new string('e', 64), null, true, null));
        Finds("VP6330", "`activate` of `policy-set fff");
    }

    [Fact]
    public void A_set_that_a_person_activated_passed_off_as_one_whose_edits_activate_themselves()
    {
        var set = new string('c', 64);
        var proof = SampleRecord.Prove(_sample.Ada, "ada", ApprovalAct.Activate, ApprovalSubject.PolicySet(set));
        _sample.Add(_sample.Engine, new PolicySetActivated(set, new string('b', 64), "ada", false, proof, AllowsAutomatic: true));
        _sample.Add(_sample.Engine, new PolicySetActivated(new string('d', 64), set, null, true, null));
        var findings = Findings();
        Assert.Contains(findings, finding => finding.Contains("VP6331", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Contains("VP6330", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tool_pinned_anew_without_a_person()
    {
        _sample.Add(_sample.Engine, new ToolPinned("files", "read_file", new string('b', 64), false, null, null));
        Finds("VP6330", "`review` of `tool files/read_file` needs the proof");
    }

    [Fact]
    public void A_name_without_a_proof()
    {
        _sample.Add(_sample.Engine, new AgentKeyChanged("agent-2", "ada", SampleBodies.Digest, false, "ada", null));
        Finds("VP6330", "`revoke` of `agent agent-2` needs the proof");
    }

    [Fact]
    public void An_agent_key_passed_off_as_an_approver()
    {
        using var eve = ApproverKey.Create();
        var proof = SampleRecord.Prove(_sample.Ada, "ada", ApprovalAct.Enroll, ApprovalSubject.AgentKey("eve", eve.Public.Digest));
        _sample.Add(_sample.Engine, new ApproverEnrolled("eve", eve.Public.Id, eve.Public.Text, "ada", proof));
        Finds("VP6331", "about `enroll` of `agent eve`, and not about `enroll` of exactly this `approver eve`");
    }

    [Fact]
    public void An_enrolment_with_another_key_or_a_second_time()
    {
        using var key = ApproverKey.Create();
        _sample.Add(_sample.Engine, new ApproverEnrolled("cay", "0123456789abcdef", key.Public.Text));
        _sample.Add(_sample.Engine, new ApproverEnrolled("cay", key.Public.Id, "nonsense"));
        _sample.Add(_sample.Engine, new ApproverEnrolled("eve", _sample.Ada.Public.Id, _sample.Ada.Public.Text));
        Finds("VP6333", $"has the id `{key.Public.Id}`, not `0123456789abcdef`");
        Finds("VP6333", "VP7901");
        Finds("VP6333", "was enrolled before");
    }

    [Fact]
    public void An_act_that_is_not_known()
    {
        _sample.Add(_sample.Engine, new OperatorAct("anything", "x", null, null));
        Finds("VP6331", "The act `anything` is not known here");
    }

    private void Finds(string code, string what) => Assert.Contains(
        Findings(),
        finding => finding.StartsWith(code, StringComparison.Ordinal) && finding.Contains(what, StringComparison.Ordinal));

    private List<string> Findings()
    {
        using var record = new MemoryRecord(_sample.Entries);
        return [.. record.Verify().Findings.Select(finding => finding.ToString())];
    }
}
