using Vetopoint.Ledger.Approvals;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Testing.Ledger;

/// <summary>A small sound record with everything in it that a real one has: approvers, proofs, holds, an observed attempt, a crash.</summary>
public sealed class SampleRecord : IDisposable
{
    private readonly List<Entry> _entries = [];

    public SampleRecord()
    {
        EngineEntries();
        Calls();
        Add(Engine, new AgentKeyChanged("agent-1", "ada", SampleBodies.Digest, false, null, null));
    }

    public ApproverKey Ada { get; } = ApproverKey.Create();

    public ApproverKey Bea { get; } = ApproverKey.Create();

    public TaskChain Engine { get; } = new("engine");

    public TaskChain A { get; } = new("a");

    public TaskChain B { get; } = new("b");

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>The only attempt without an outcome.</summary>
    public static string Unresolved => "a.4";

    public Entry Add(TaskChain chain, EntryBody body)
    {
        ArgumentNullException.ThrowIfNull(chain);
        var entry = chain.Next(body);
        _entries.Add(entry);
        return entry;
    }

    public static ProofEntry Prove(
        ApproverKey key, string approver, ApprovalAct act, ApprovalSubject subject, int rung = 2, string? challenge = null) =>
        ApprovalStatement.For(
            act, subject, rung, challenge ?? ApprovalStatement.NewChallenge(), SampleBodies.Time, approver, "what was shown"u8).Sign(key);

    /// <summary>An approval of a held attempt by ada.</summary>
    public HoldResolved Approve(Intent held, int rung = 2) => new(
        held.Attempt, "approved", "ada", rung, Prove(Ada, "ada", ApprovalAct.Approve, ApprovalSubject.Attempt(held), rung));

    public static Intent Using(string attempt, string uses) => SampleBodies.Allowed(attempt) with { Uses = uses, Assurance = 2 };

    public static Outcome Done(string attempt) => new(attempt, "completed", 12, SampleBodies.Digest, null);

    public void Dispose()
    {
        Ada.Dispose();
        Bea.Dispose();
    }

    private void EngineEntries()
    {
        var digest = SampleBodies.Digest;
        Add(Engine, new EngineStarted("0.1.0", digest));
        Add(Engine, new PolicySetActivated(digest, null, null, true, null));
        Add(Engine, new ApproverEnrolled("ada", Ada.Public.Id, Ada.Public.Text));
        Add(Engine, new ApproverEnrolled(
            "bea", Bea.Public.Id, Bea.Public.Text, "ada", Prove(Ada, "ada", ApprovalAct.Enroll, ApprovalSubject.Approver("bea", Bea.Public))));
        Add(Engine, new PolicySetActivated(
            new string('b', 64), digest, "ada", false, Prove(Ada, "ada", ApprovalAct.Activate, ApprovalSubject.PolicySet(new string('b', 64)))));
        Add(Engine, new ToolPinned("files", "read_file", digest, false, null, null));
        Add(Engine, new ToolPinned(
            "files", "read_file", digest, true, "bea", Prove(Bea, "bea", ApprovalAct.Review, ApprovalSubject.Tool("files", "read_file", digest))));
        Add(Engine, new AgentKeyChanged(
            "agent-1", "ada", digest, true, "ada", Prove(Ada, "ada", ApprovalAct.Enroll, ApprovalSubject.AgentKey("agent-1", digest))));
        Add(Engine, new OperatorAct(
            "observe", "server web", "ada", Prove(Ada, "ada", ApprovalAct.Observe, ApprovalSubject.Operator("server web"))));
    }

    private void Calls()
    {
        Add(A, SampleBodies.Opened());
        Add(B, SampleBodies.Opened());
        Add(A, SampleBodies.Allowed("a.1"));
        Add(B, SampleBodies.Allowed("b.1"));
        Add(A, Done("a.1"));
        Add(B, Done("b.1"));
        var held = SampleBodies.Held("a.2");
        Add(A, held);
        Add(B, SampleBodies.Denied("b.2") with { Observed = false, Uses = null });
        Add(A, Approve(held));
        Add(A, Using("a.3", "a.2"));
        Add(A, Done("a.3"));
        Add(B, SampleBodies.Denied("b.3") with { Observed = true, Uses = null });
        Add(B, Done("b.3"));
        Add(B, SampleBodies.Held("b.4"));
        Add(B, new HoldResolved("b.4", "expired", null, 0, null));
        Add(A, SampleBodies.Allowed(Unresolved));
        Add(B, new TaskEnded("the session closed"));
    }
}
