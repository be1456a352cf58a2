using Vetopoint.Ledger.Entries;

namespace Vetopoint.Testing.Ledger;

/// <summary>One or more bodies of every kind, with every optional member once present and once absent.</summary>
public static class SampleBodies
{
    public static DateTimeOffset Time { get; } = new(2026, 11, 22, 9, 30, 0, TimeSpan.Zero);

    public static string Digest { get; } = new('a', 64);

    public static IReadOnlyList<EntryBody> All { get; } =
    [
        Opened(),
        Opened() with { KeyDigest = Digest },
        Opened() with { Parent = "t-0123456789.7", Template = "clean-up", Mandate = Narrow() },
        new TaskEnded("the session closed"),
        new TaskEnded("it is done") { Totals = new TotalsEntry(12, 3, 1, 2, 9, 1_000, 90, 10_000, 4_096, 1L << 40, 5, 20) },
        new TaskEnded("it is done") { Totals = new TotalsEntry(12, 3, 1, 2, 9, 1_000, 90, 10_000, 4_096, 1L << 40, 5, null) },
        Allowed("t.1"),
        Held("t.2"),
        Denied("t.3"),
        new Outcome("t.1", "completed", 512, Digest, null),
        new Outcome("t.1", "cut", 0, null, "the client went away"),
        new HoldResolved("t.2", "approved", "ada", 2, Proof()),
        new HoldResolved("t.2", "expired", null, 0, null),
        new ApproverEnrolled("ada", "0123456789abcdef", "MFkw"),
        new ApproverEnrolled("bea", "fedcba9876543210", "MFkw", "ada", Proof()),
        new PolicySetActivated(Digest, null, null, true, null),
        new PolicySetActivated(Digest, Digest, "ada", false, Proof()),
        new ToolPinned("files", "read_file", Digest, false, null, null),
        new ToolPinned("files", "read_file", Digest, true, "ada", Proof()),
        new ToolChanged("files", "read_file", Digest, new string('b', 64), "the description changed"),
        new AgentKeyChanged("agent-1", "ada", Digest, true, "ada", Proof()),
        new AgentKeyChanged("agent-1", "ada", Digest, false, null, null),
        new OperatorAct("observe", "server files", "ada", Proof()),
        new OperatorAct("release", "client claude", null, null),
        new EngineStarted("0.1.0", Digest),
        new PolicySetActivated(Digest, Digest, "ada", false, Proof(), AllowsAutomatic: true),
        Opened() with { Credential = "dpop" },
        Opened() with { PayloadKey = Digest },
        Allowed("t.1") with { Salted = true, Payload = new PayloadEntry(96, Digest, 0) },
        new Outcome("t.1", "completed", 512, Digest, null, Salted: true, new PayloadEntry(262_144, Digest, 2, CutFrom: 20_971_520)),
        new LeaseChanged("0123456789abcdefghjk", "t-7hq2m4xk9d", "agent-1", "orders", "issued", new DateTimeOffset(2026, 11, 22, 18, 0, 0, TimeSpan.Zero), null),
        new LeaseChanged("0123456789abcdefghjk", "t-7hq2m4xk9d", "agent-1", "orders", "stuck", new DateTimeOffset(2026, 11, 22, 18, 0, 0, TimeSpan.Zero), "VP4210: `db` is away."),
        new PayloadsErased("t-7hq2m4xk9d", "asked for by the person it is about", "ada", Proof()),
        new KeysBound(Digest[..32], "MFkw", "vetopoint/a+0+b", "c2ln", "c2ln"),
        new KeyRotated(Digest[..32], "head", "MFkw", "MFkx", "c2ln", "c2ln", "ada", Proof()),
        new KeyRotated(Digest[..32], "log", "a", "b", "c2ln", "c2ln"),
        new RecordRestored(Digest[..32], 12, Digest, Time),
    ];

    public static TaskOpened Opened() => new(
        "agent-1", "ada", "mcp", "files", "clean up test data",
        new MandateEntry(["read", "delete"], ["staging"], ["*"], 1_000, 10_000, 1L << 40, Time.AddHours(1)), ["ada", "agent-1"]);

    /// <summary>A mandate with every optional member.</summary>
    public static MandateEntry Narrow() => new(["read"], ["staging"], ["files"], 10, 20, 4_096, Time.AddMinutes(5))
    {
        Resources = ["file:/srv/data/*", "table:orders"],
        Gates = ["mcp"],
        Labels = [],
        Destinations = ["email:*"],
        SensitiveMax = 3,
        Depth = 1,
        ChildrenMax = 4,
    };

    public static Intent Allowed(string attempt) => new()
    {
        Attempt = attempt,
        Gate = "mcp",
        Server = "files",
        Method = "tools/call",
        Name = "read_file",
        Direction = "to-server",
        RequestDigest = Digest,
        ActionDigest = Digest,
        FormDigest = Digest,
        Verdict = "allow",
        Form = "full",
        Assurance = 0,
        PolicySet = Digest,
        Reader = "mcp/1",
        Tool = Digest,
        Policies = ["allow-reads"],
        Operations =
        [
            new OperationEntry(
                "export", new TargetEntry("file", "/srv/\"quoted\"\\\n\u0001/ä/\U0001F600", "prod", ["pii", "secret"]),
                new TargetEntry("host", "example.org", null, []), 3, 4_096, "none", "declared", true, ["the operator says so"]),
            new OperationEntry("execute", new TargetEntry("tool", "x", null, []), null, null, null, "full", "unknown", false, []),
        ],
    };

    public static Intent Held(string attempt) => Allowed(attempt) with
    {
        Verdict = "hold",
        Rung = 2,
        HoldExpiresAt = Time.AddMinutes(15),
        WouldAllow = ["the same in `staging`"],
        Reasons = ["a deletion in `prod` needs one person"],
    };

    public static Intent Denied(string attempt) => Allowed(attempt) with
    {
        Verdict = "deny",
        Name = null,
        Tool = null,
        Observed = true,
        Uses = "t.2",
        Operations = [],
    };

    private static ProofEntry Proof() => new("e30=", "c2ln/+==", "0123456789abcdef");
}
