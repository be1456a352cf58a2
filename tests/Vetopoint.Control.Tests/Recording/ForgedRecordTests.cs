using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;
using Vetopoint.Testing.Ledger;

namespace Vetopoint.Control.Tests.Recording;

/// <summary>
/// Someone who has the record's key appends what no approver proved, with every hash right: the next start of the engine takes none of it up.
/// </summary>
public sealed class ForgedRecordTests
{
    private static readonly string Digest = new('d', 64);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forgeries =>
        ["activation", "automatic activation", "observe", "release", "restore", "review", "second pin", "agent key", "approver"];

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task What_no_approver_proved_is_not_taken_up(string forgery)
    {
        await using var engine = await EngineAsync();
        using var eve = Person.Create("eve");
        EntryBody body = forgery switch
        {
            "activation" => new PolicySetActivated(Digest, engine.Policies.Current.Digest, null, false, null),
            "automatic activation" => new PolicySetActivated(Digest, engine.Policies.Current.Digest, null, true, null),
            "observe" => new OperatorAct("observe", "server ops", null, null),
            "release" => new OperatorAct("release", "client editor", null, null),
            "restore" => new OperatorAct("restore", "agent agent-1", null, null),
            "review" => new ToolPinned("ops", "do_it", Digest, true, null, null),
            "second pin" => new ToolPinned("ops", "do_it", new string('e', 64), false, null, null),
            "agent key" => new AgentKeyChanged("agent-1", "ada", Digest, true, null, null),
            _ => new ApproverEnrolled("eve", eve.Key.Public.Id, eve.Key.Public.Text),
        };
        if (forgery == "second pin")
            await AppendAsync(engine, "engine", new ToolPinned("ops", "do_it", Digest, false, null, null));
        await AppendAsync(engine, "engine", body);

        await RefusesToStartAsync(engine, "engine", "VP6330");
    }

    [Fact]
    public async Task A_proof_by_someone_who_is_not_enrolled_is_none()
    {
        await using var engine = await EngineAsync();
        using var eve = Person.Create("eve");
        var proof = SampleRecord.Prove(eve.Key, "eve", ApprovalAct.Observe, ApprovalSubject.Operator("server ops"));
        await AppendAsync(engine, "engine", new OperatorAct("observe", "server ops", "eve", proof));

        await RefusesToStartAsync(engine, "engine", "VP6331");
    }

    [Fact]
    public async Task A_proof_of_another_act_is_none()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var proof = SampleRecord.Prove(ada.Key, "ada", ApprovalAct.Observe, ApprovalSubject.Operator("server crm"));
        await AppendAsync(engine, "engine", new OperatorAct("observe", "server ops", "ada", proof));

        await RefusesToStartAsync(engine, "engine", "VP6331");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_approval_that_no_approver_signed_is_not_taken_up(bool hasProof)
    {
        await using var engine = await EngineAsync();
        using var eve = Person.Create("eve");
        var task = await engine.OpenAsync();
        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete, "prod"))));
        var intent = engine.IntentsOf(task.Id)[^1];
        var proof = hasProof ? SampleRecord.Prove(eve.Key, "ada", ApprovalAct.Approve, ApprovalSubject.Attempt(intent)) : null;
        await AppendAsync(engine, task.Id.ToString(), new HoldResolved(held.Hold.ToString(), "approved", "ada", 2, proof));

        await RefusesToStartAsync(engine, task.Id.ToString(), hasProof ? "VP6331" : "VP6330");
    }

    [Fact]
    public async Task Edits_activate_themselves_again_after_a_restart_when_the_active_set_says_so()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        var staged = (await engine.Policies.StageAsync(TestPolicies.Default(new() { Automatic = true }), Token)).Set!.Digest;
        await ada.DoAsync(engine, new Act.Activate(staged));
        engine.Files = TestPolicies.Default(new() { Automatic = true, Calls = 7 });
        await engine.RestartAsync();
        await engine.RestartAsync();

        Assert.NotEqual(staged, engine.Policies.Current.Digest);
    }

    private static async Task<TestEngine> EngineAsync()
    {
        var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        await engine.Acts.QuarantineAsync("agent-9", Token);
        await engine.RestartAsync(); // a record that nobody touched is taken up
        return engine;
    }

    private static async Task AppendAsync(TestEngine engine, string task, EntryBody body)
    {
        var newest = engine.Ledger.Entries.Last(entry => entry.Task == task);
        await engine.Ledger.AppendAsync(Entry.Seal(task, newest.Sequence + 1, newest.Hash, engine.Time.GetUtcNow(), body));
    }

    private static async Task RefusesToStartAsync(TestEngine engine, string task, string finding)
    {
        var newest = engine.Ledger.Entries[^1];
        var refused = await Assert.ThrowsAsync<LedgerException>(engine.RestartAsync);
        Assert.StartsWith($"VP4093: Entry {newest.Sequence} (`{newest.Kind}`) of the task `{task}`", refused.Message, StringComparison.Ordinal);
        Assert.Contains(finding, refused.Message, StringComparison.Ordinal);
        Assert.Contains("vetopoint ledger verify", refused.Message, StringComparison.Ordinal);
        Assert.Same(newest, engine.Ledger.Entries[^1]);
    }
}
