using System.Collections.Immutable;

namespace Vetopoint.Ledger.Entries;

/// <summary>
/// What one entry says. A closed set: every kind is listed in <see cref="EntryKinds"/> and has exactly one body.
/// Bodies hold names and digests only, never a secret and never a raw argument or result.
/// </summary>
public abstract record EntryBody
{
    private protected EntryBody() { }
}

/// <summary>The first entry of a task: who works, for whom, on what, with what authority.</summary>
/// <param name="KeyDigest">Digest of the agent key that opened the task, so that the key resumes it after a restart; null when no key did.</param>
/// <param name="Credential">How whoever works in it proves itself: <c>key</c>, <c>local</c>, <c>dpop</c>, <c>mtls</c>; null in older records.</param>
/// <param name="PayloadKey">
/// The id of the task's own key, which salts its commitments and opens its payloads; null for a task that was opened before there were any, whose
/// entries hold plain digests.
/// </param>
public sealed record TaskOpened(
    string Agent, string Owner, string Gate, string Server, string Purpose, MandateEntry Mandate, ImmutableArray<string> Chain,
    string? KeyDigest = null, string? Credential = null, string? PayloadKey = null) : EntryBody
{
    /// <summary>The attempt of another task that created this one, <c>task.number</c>; null for a task that no other created.</summary>
    public string? Parent { get; init; }

    /// <summary>The template that the mandate was made of; null for none.</summary>
    public string? Template { get; init; }
}

/// <summary>A task ended: nothing can be judged in it any more, and what waited is cancelled.</summary>
/// <param name="Reason">Why, in words: the session closed, a person ended it, its agent was quarantined.</param>
public sealed record TaskEnded(string Reason) : EntryBody
{
    /// <summary>What the task and those it created did, against what it was allowed; null in records from before it was counted.</summary>
    public TotalsEntry? Totals { get; init; }
}

/// <summary>What a task did in total, with the tasks it created, and what it was allowed.</summary>
/// <param name="Attempts">Attempts of the task itself, run or not.</param>
/// <param name="Denied">Those that were denied.</param>
/// <param name="Held">Those that were held.</param>
/// <param name="Outside">Those that were outside the mandate: drift from what the task is for.</param>
public sealed record TotalsEntry(
    long Attempts, long Denied, long Held, long Outside,
    long Calls, long CallsMax, long Objects, long ObjectsMax, long Bytes, long BytesMax, long Sensitive, long? SensitiveMax);

/// <summary>
/// The authority of a task, as it was when the task began. Empty sets allow nothing; <c>*</c> allows all; what ends in <c>*</c> is a prefix.
/// A set that is null, as in records from before there was one, allows all; so does a number that is null, but for what can be handed on.
/// </summary>
public sealed record MandateEntry(
    ImmutableArray<string> Effects, ImmutableArray<string> Environments, ImmutableArray<string> Servers,
    long CallsMax, long ObjectsMax, long BytesMax, DateTimeOffset ExpiresAt)
{
    /// <summary>What may be acted on: <c>kind:name</c>.</summary>
    public ImmutableArray<string>? Resources { get; init; }

    /// <summary>Kinds of gates.</summary>
    public ImmutableArray<string>? Gates { get; init; }

    /// <summary>Labels of data that may be touched.</summary>
    public ImmutableArray<string>? Labels { get; init; }

    /// <summary>Where data may go: <c>kind:name</c>.</summary>
    public ImmutableArray<string>? Destinations { get; init; }

    /// <summary>Objects with any label that may be touched.</summary>
    public long? SensitiveMax { get; init; }

    /// <summary>Levels of tasks below this one; null is none.</summary>
    public int? Depth { get; init; }

    /// <summary>Tasks that this one may create; null is none.</summary>
    public int? ChildrenMax { get; init; }
}

/// <summary>
/// One attempt and its verdict, durable before anything happens. A denied or held attempt has no outcome.
/// </summary>
public sealed record Intent : EntryBody
{
    /// <summary>The attempt: <c>task.number</c>.</summary>
    public required string Attempt { get; init; }

    public required string Gate { get; init; }

    public required string Server { get; init; }

    public required string Method { get; init; }

    /// <summary>The tool, resource or prompt named by the call; null where it names none.</summary>
    public string? Name { get; init; }

    /// <summary><c>to-server</c> or <c>to-client</c>.</summary>
    public required string Direction { get; init; }

    /// <summary>
    /// True when the three digests depend on the task's key, so that nobody without it can confirm a guess; false when they are plain SHA-256, as
    /// in the engine's own chain and in tasks that have no key.
    /// </summary>
    public bool Salted { get; init; }

    /// <summary>The bytes as they came: a <see cref="Payloads.Commitment"/> where <see cref="Salted"/>, else SHA-256; lower-case hexadecimal.</summary>
    public required string RequestDigest { get; init; }

    /// <summary>
    /// What an identical retry has in common: server, method and exact parameters without what changes from call to call (the id, the progress token, trace
    /// context). An approval lets exactly this through. Where <see cref="Salted"/>, keyed with the task's key: equal actions of one task, and only those, are equal.
    /// </summary>
    public required string ActionDigest { get; init; }

    /// <summary>The bytes that would be sent in the decided form: a <see cref="Payloads.Commitment"/> where <see cref="Salted"/>, else SHA-256.</summary>
    public required string FormDigest { get; init; }

    /// <summary>What is kept of the request beside this entry; null when nothing is.</summary>
    public PayloadEntry? Payload { get; init; }

    /// <summary><c>allow</c>, <c>downgrade</c>, <c>hold</c> or <c>deny</c>.</summary>
    public required string Verdict { get; init; }

    /// <summary>The form that runs, or that is held: <c>full</c>, <c>limited</c> …</summary>
    public required string Form { get; init; }

    /// <summary>How strongly a person stands behind this attempt now, 0 to 4.</summary>
    public required int Assurance { get; init; }

    /// <summary>The rung a hold waits for; null when not held.</summary>
    public int? Rung { get; init; }

    /// <summary>When a hold expires; null when not held.</summary>
    public DateTimeOffset? HoldExpiresAt { get; init; }

    /// <summary>The approved attempt that this one uses up; null when none.</summary>
    public string? Uses { get; init; }

    /// <summary>True when the server is only observed: the verdict is recorded and the full form runs.</summary>
    public bool Observed { get; init; }

    /// <summary>Digest of the active policy set.</summary>
    public required string PolicySet { get; init; }

    /// <summary>Version of the reader that made the operations.</summary>
    public required string Reader { get; init; }

    /// <summary>
    /// Digest of the pinned tool definition the call was read with, followed by a digest of what stood against the tool then, where
    /// something did; null when there is neither.
    /// </summary>
    public string? Tool { get; init; }

    /// <summary>Ids of the policies that decided.</summary>
    public ImmutableArray<string> Policies { get; init; } = [];

    /// <summary>Reasons in words, for a denied, held or downgraded attempt.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>What would have been allowed instead, in words; empty when nothing would.</summary>
    public ImmutableArray<string> WouldAllow { get; init; } = [];

    public ImmutableArray<OperationEntry> Operations { get; init; } = [];
}

/// <summary>One operation as it was judged.</summary>
public sealed record OperationEntry(
    string Effect, TargetEntry Target, TargetEntry? Destination, long? Objects, long? Bytes,
    string Reversibility, string Knowledge, bool Understood, ImmutableArray<string> Evidence);

public sealed record TargetEntry(string Kind, string Name, string? Environment, ImmutableArray<string> Sensitivity);

/// <summary>What became of an attempt that ran, durable before its result is complete.</summary>
/// <param name="Status"><c>completed</c>, <c>failed</c> (the target said no), <c>cut</c> (stopped by us or the client) or <c>unknown</c>.</param>
/// <param name="Bytes">Bytes of the result.</param>
/// <param name="ResultDigest">
/// The result's bytes: a <see cref="Payloads.Commitment"/> where <paramref name="Salted"/>, else SHA-256; null when there is no whole result.
/// </param>
/// <param name="Notes">Short facts in words: why it failed or was cut.</param>
/// <param name="Salted">True when the digest depends on the task's key.</param>
/// <param name="Payload">What is kept of the result beside this entry; null when nothing is.</param>
public sealed record Outcome(
    string Attempt, string Status, long Bytes, string? ResultDigest, string? Notes, bool Salted = false, PayloadEntry? Payload = null) : EntryBody;

/// <summary>What is kept, encrypted, beside an entry: a message with secrets of a known format left out.</summary>
/// <param name="Bytes">How many bytes are kept.</param>
/// <param name="Commitment">The <see cref="Payloads.Commitment"/> to them.</param>
/// <param name="Masked">How many secrets were left out.</param>
/// <param name="CutFrom">How long the message was, when it is kept only up to a limit; else null.</param>
public sealed record PayloadEntry(long Bytes, string Commitment, long Masked, long? CutFrom = null);

/// <summary>
/// A person had the payloads of a task erased: its key and its ciphertexts are destroyed once this is durable. The outcome of the attempt that the entry
/// before it judged says that it was done.
/// </summary>
/// <param name="Task">The task.</param>
/// <param name="Why">Why, in that person's words.</param>
public sealed record PayloadsErased(string Task, string Why, string? By, ProofEntry? Proof) : EntryBody;

/// <summary>How a hold ended: <c>approved</c>, <c>denied</c>, <c>expired</c> or <c>cancelled</c>.</summary>
/// <param name="By">The approver's name, or null when no person decided.</param>
/// <param name="Rung">The rung that the approval gives.</param>
/// <param name="Proof">The signed statement, so that anyone can check the approval offline; null when no person decided.</param>
public sealed record HoldResolved(
    string Attempt, string Resolution, string? By, int Rung, ProofEntry? Proof) : EntryBody;

/// <summary>A person's signed statement: exact bytes (base64), signature (base64) and the key that made it.</summary>
public sealed record ProofEntry(string Statement, string Signature, string KeyId);

/// <summary>A person became able to approve. The public key is SubjectPublicKeyInfo, base64.</summary>
/// <param name="By">The approver who let this one in; null for the first, whom no one could.</param>
/// <param name="Proof">That approver's statement; null for the first.</param>
public sealed record ApproverEnrolled(
    string Approver, string KeyId, string PublicKey, string? By = null, ProofEntry? Proof = null) : EntryBody;

/// <summary>A set of policies, contract and config became the one that decides.</summary>
/// <param name="Automatic">True when no person confirmed it (development setting, or the set shipped with the product).</param>
/// <param name="AllowsAutomatic">
/// True when this set's config lets edits activate themselves: only then may the next activation be automatic. A proof covers it. Written only when true.
/// </param>
public sealed record PolicySetActivated(
    string PolicySet, string? Previous, string? By, bool Automatic, ProofEntry? Proof, bool AllowsAutomatic = false) : EntryBody;

/// <summary>A tool was seen for the first time, or a person accepted its definition.</summary>
/// <param name="Reviewed">True when a person looked at it.</param>
public sealed record ToolPinned(
    string Server, string Tool, string Definition, bool Reviewed, string? By, ProofEntry? Proof) : EntryBody;

/// <summary>A tool's definition is no longer the pinned one, or something about it is suspicious.</summary>
public sealed record ToolChanged(string Server, string Tool, string Pinned, string Offered, string What) : EntryBody;

/// <summary>A bearer key was given to an agent, or taken away. Only the key's digest is kept.</summary>
public sealed record AgentKeyChanged(
    string Agent, string Owner, string KeyDigest, bool Enrolled, string? By, ProofEntry? Proof) : EntryBody;

/// <summary>An operator's act that widens what agents may do outside judgement, such as <c>release</c> of a client or <c>observe</c>.</summary>
public sealed record OperatorAct(string Act, string Subject, string? By, ProofEntry? Proof) : EntryBody;

/// <summary>The engine started, with this version and policy set.</summary>
public sealed record EngineStarted(string Version, string PolicySet) : EntryBody;

/// <summary>What became of a credential that a task was given: <c>requested</c>, <c>issued</c>, <c>stuck</c> or <c>revoked</c>. Never the credential.</summary>
/// <param name="Lease">The lease's id, which names it in the target too.</param>
/// <param name="Name">The lease's name in the config.</param>
/// <param name="Note">Why it is stuck; null else.</param>
public sealed record LeaseChanged(
    string Lease, string Task, string Agent, string Name, string State, DateTimeOffset ExpiresAt, string? Note) : EntryBody;

/// <summary>Which two keys the record signs with: each of the two signed that they belong together. Made by <see cref="Keys.KeyStatement"/>.</summary>
/// <param name="Ledger">The record's id.</param>
/// <param name="HeadKey">SubjectPublicKeyInfo of the key of heads, base64.</param>
/// <param name="LogKey">The verifier key of the log.</param>
public sealed record KeysBound(string Ledger, string HeadKey, string LogKey, string HeadSignature, string LogSignature) : EntryBody;

/// <summary>One of the record's keys took over from another; both signed it. Made by <see cref="Keys.KeyStatement"/>.</summary>
/// <param name="Ledger">The record's id.</param>
/// <param name="Key"><c>head</c> or <c>log</c>.</param>
/// <param name="Old">The public half of the key before, spelt as in <see cref="KeysBound"/>.</param>
/// <param name="New">The public half of the key from this entry on.</param>
/// <param name="By">The approver who wanted it.</param>
/// <param name="Proof">That approver's statement.</param>
public sealed record KeyRotated(
    string Ledger, string Key, string Old, string New, string OldSignature, string NewSignature, string? By = null, ProofEntry? Proof = null)
    : EntryBody;

/// <summary>The record goes on from a backup: entries that were recorded after the backup was made, if any, are lost.</summary>
/// <param name="Ledger">The record's id.</param>
/// <param name="Position">Where the backup ended; this entry follows at once.</param>
/// <param name="Running">The running hash there, lower-case hexadecimal.</param>
/// <param name="BackedUpAt">When the backup was made.</param>
public sealed record RecordRestored(string Ledger, long Position, string Running, DateTimeOffset BackedUpAt) : EntryBody;
