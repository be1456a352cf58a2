using System.Collections.Immutable;
using Vetopoint.Ledger.Canonical;

namespace Vetopoint.Ledger.Entries;

/// <summary>
/// Canonical JSON to entries, strictly: an unknown version, kind or member is refused by name, and so is any spelling but the canonical one.
/// </summary>
/// <remarks>
/// INVARIANT: each member is read where <see cref="EntryEncoding"/> writes it, and one that it leaves out is refused when it is spelled out;
/// then what is read here has no other bytes.
/// </remarks>
internal static class EntryDecoding
{
    internal readonly record struct Decoded(
        string Task, long Sequence, string Kind, DateTimeOffset Time, EntryBody Body, byte[] Previous);

    // Between a body and what follows it, where no text can hold it: a quote within a text is escaped.
    private static ReadOnlySpan<byte> BodyEnd => "},\"kind\":\""u8;

    public static Decoded Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LedgerLimits.EntryBytesMax)
            throw CanonicalWriter.TooLarge();
        var reader = new CanonicalReader(bytes, "entry");
        reader.BeginObject();
        var bodyBytes = reader.ObjectBytes("body"u8, BodyEnd);
        var kind = reader.Text("kind"u8);
        var previous = reader.Hexadecimal("prev"u8, EntryEncoding.HashBytes);
        var sequence = reader.Integer("seq"u8);
        var task = reader.Text("task"u8);
        var time = reader.Time("time"u8);
        var version = reader.Integer("v"u8);
        if (version != EntryEncoding.Version)
            throw reader.Refused($"its version `{version}` is not known here; use a newer `vetopoint`");
        reader.EndObject();
        reader.End();
        if (sequence < 1)
            throw reader.Refused("the member `seq` is less than 1");
        if (task.Length is 0 or > LedgerLimits.TaskCharsMax)
            throw reader.Refused("the member `task` is empty or too long");

        var bodyReader = new CanonicalReader(bodyBytes, "entry", kind);
        bodyReader.BeginObject();
        var body = ReadBody(ref bodyReader, kind);
        bodyReader.EndObject();
        bodyReader.End();
        return new Decoded(task, sequence, kind, time, body, previous);
    }

    /// <summary>Reads an intent from the canonical bytes of its body alone.</summary>
    /// <exception cref="LedgerException">They are not exactly those of an intent.</exception>
    public static Intent DecodeIntent(ReadOnlySpan<byte> body)
    {
        if (body.Length > LedgerLimits.EntryBytesMax)
            throw CanonicalWriter.TooLarge();
        var reader = new CanonicalReader(body, "intent");
        reader.BeginObject();
        var intent = ReadIntent(ref reader);
        reader.EndObject();
        reader.End();
        return intent;
    }

    private static EntryBody ReadBody(ref CanonicalReader reader, string kind) => kind switch
    {
        EntryKinds.Intent => ReadIntent(ref reader),
        EntryKinds.Outcome => ReadOutcome(ref reader),
        EntryKinds.HoldResolved => ReadHoldResolved(ref reader),
        EntryKinds.TaskOpened => ReadTaskOpened(ref reader),
        EntryKinds.TaskEnded => ReadTaskEnded(ref reader),
        EntryKinds.ApproverEnrolled => ReadApproverEnrolled(ref reader),
        EntryKinds.PolicySetActivated => ReadPolicySetActivated(ref reader),
        EntryKinds.ToolPinned => ReadToolPinned(ref reader),
        EntryKinds.ToolChanged => ReadToolChanged(ref reader),
        EntryKinds.AgentKeyChanged => ReadAgentKeyChanged(ref reader),
        EntryKinds.LeaseChanged => ReadLeaseChanged(ref reader),
        EntryKinds.OperatorAct => ReadOperatorAct(ref reader),
        EntryKinds.PayloadsErased => ReadPayloadsErased(ref reader),
        EntryKinds.EngineStarted => ReadEngineStarted(ref reader),
        EntryKinds.KeysBound => ReadKeysBound(ref reader),
        EntryKinds.KeyRotated => ReadKeyRotated(ref reader),
        EntryKinds.RecordRestored => ReadRecordRestored(ref reader),
        _ => throw reader.Refused("this kind is not known here; use a newer `vetopoint`"),
    };

    // Members are read into locals first, in their canonical order, which is not the order of the records' parameters.
    private static TaskOpened ReadTaskOpened(ref CanonicalReader reader)
    {
        var agent = reader.Text("agent"u8);
        var chain = reader.Texts("chain"u8);
        var credential = reader.OptionalText("credential"u8);
        var gate = reader.Text("gate"u8);
        var keyDigest = reader.OptionalText("key_digest"u8);
        reader.Member("mandate"u8);
        var mandate = ReadMandate(ref reader);
        var owner = reader.Text("owner"u8);
        var parent = reader.OptionalText("parent"u8);
        var payloadKey = reader.OptionalText("payload_key"u8);
        var purpose = reader.Text("purpose"u8);
        var server = reader.Text("server"u8);
        var template = reader.OptionalText("template"u8);
        return new TaskOpened(agent, owner, gate, server, purpose, mandate, chain, keyDigest, credential, payloadKey) { Parent = parent, Template = template };
    }

    private static TaskEnded ReadTaskEnded(ref CanonicalReader reader)
    {
        var reason = reader.Text("reason"u8);
        if (!reader.Has("totals"u8))
            return new TaskEnded(reason);
        reader.Member("totals"u8);
        reader.BeginObject();
        var attempts = reader.Integer("attempts"u8);
        var bytes = reader.Integer("bytes"u8);
        var bytesMax = reader.Integer("bytes_max"u8);
        var calls = reader.Integer("calls"u8);
        var callsMax = reader.Integer("calls_max"u8);
        var denied = reader.Integer("denied"u8);
        var held = reader.Integer("held"u8);
        var objects = reader.Integer("objects"u8);
        var objectsMax = reader.Integer("objects_max"u8);
        var outside = reader.Integer("outside"u8);
        var sensitive = reader.Integer("sensitive"u8);
        var sensitiveMax = reader.OptionalInteger("sensitive_max"u8);
        reader.EndObject();
        return new TaskEnded(reason)
        {
            Totals = new TotalsEntry(
                attempts, denied, held, outside, calls, callsMax, objects, objectsMax, bytes, bytesMax, sensitive, sensitiveMax),
        };
    }

    private static MandateEntry ReadMandate(ref CanonicalReader reader)
    {
        reader.BeginObject();
        var bytesMax = reader.Integer("bytes_max"u8);
        var callsMax = reader.Integer("calls_max"u8);
        var childrenMax = reader.OptionalSmallInteger("children_max"u8);
        var depth = reader.OptionalSmallInteger("depth"u8);
        var destinations = OptionalTexts(ref reader, "destinations"u8);
        var effects = reader.Texts("effects"u8);
        var environments = reader.Texts("environments"u8);
        var expiresAt = reader.Time("expires_at"u8);
        var gates = OptionalTexts(ref reader, "gates"u8);
        var labels = OptionalTexts(ref reader, "labels"u8);
        var objectsMax = reader.Integer("objects_max"u8);
        var resources = OptionalTexts(ref reader, "resources"u8);
        var sensitiveMax = reader.OptionalInteger("sensitive_max"u8);
        var servers = reader.Texts("servers"u8);
        reader.EndObject();
        return new MandateEntry(effects, environments, servers, callsMax, objectsMax, bytesMax, expiresAt)
        {
            Resources = resources,
            Gates = gates,
            Labels = labels,
            Destinations = destinations,
            SensitiveMax = sensitiveMax,
            Depth = depth,
            ChildrenMax = childrenMax,
        };
    }

    private static ImmutableArray<string>? OptionalTexts(ref CanonicalReader reader, ReadOnlySpan<byte> name) =>
        reader.Has(name) ? reader.Texts(name) : null;

    // An object initialiser evaluates in the order written, which here is the canonical order.
    private static Intent ReadIntent(ref CanonicalReader reader) => new()
    {
        ActionDigest = reader.Text("action_digest"u8),
        Assurance = reader.SmallInteger("assurance"u8),
        Attempt = reader.Text("attempt"u8),
        Direction = reader.Text("direction"u8),
        Form = reader.Text("form"u8),
        FormDigest = reader.Text("form_digest"u8),
        Gate = reader.Text("gate"u8),
        HoldExpiresAt = reader.OptionalTime("hold_expires_at"u8),
        Method = reader.Text("method"u8),
        Name = reader.OptionalText("name"u8),
        Observed = reader.Boolean("observed"u8),
        Operations = ReadOperations(ref reader),
        Payload = ReadPayload(ref reader),
        Policies = reader.Texts("policies"u8),
        PolicySet = reader.Text("policy_set"u8),
        Reader = reader.Text("reader"u8),
        Reasons = reader.Texts("reasons"u8),
        RequestDigest = reader.Text("request_digest"u8),
        Rung = reader.OptionalSmallInteger("rung"u8),
        Salted = reader.OptionalTrue("salted"u8),
        Server = reader.Text("server"u8),
        Tool = reader.OptionalText("tool"u8),
        Uses = reader.OptionalText("uses"u8),
        Verdict = reader.Text("verdict"u8),
        WouldAllow = reader.Texts("would_allow"u8),
    };

    private static ImmutableArray<OperationEntry> ReadOperations(ref CanonicalReader reader)
    {
        reader.BeginArray("operations"u8);
        if (reader.TryEndArray())
            return [];
        var operations = ImmutableArray.CreateBuilder<OperationEntry>();
        do
            operations.Add(ReadOperation(ref reader));
        while (!reader.TryEndArray());
        return operations.DrainToImmutable();
    }

    private static OperationEntry ReadOperation(ref CanonicalReader reader)
    {
        reader.BeginObject();
        var bytes = reader.OptionalInteger("bytes"u8);
        TargetEntry? destination = null;
        if (reader.Has("destination"u8))
        {
            reader.Member("destination"u8);
            destination = ReadTarget(ref reader);
        }

        var effect = reader.Text("effect"u8);
        var evidence = reader.Texts("evidence"u8);
        var knowledge = reader.Text("knowledge"u8);
        var objects = reader.OptionalInteger("objects"u8);
        var reversibility = reader.Text("reversibility"u8);
        reader.Member("target"u8);
        var target = ReadTarget(ref reader);
        var understood = reader.Boolean("understood"u8);
        reader.EndObject();
        return new OperationEntry(effect, target, destination, objects, bytes, reversibility, knowledge, understood, evidence);
    }

    private static TargetEntry ReadTarget(ref CanonicalReader reader)
    {
        reader.BeginObject();
        var environment = reader.OptionalText("environment"u8);
        var kind = reader.Text("kind"u8);
        var name = reader.Text("name"u8);
        var sensitivity = reader.Texts("sensitivity"u8);
        reader.EndObject();
        return new TargetEntry(kind, name, environment, sensitivity);
    }

    private static Outcome ReadOutcome(ref CanonicalReader reader)
    {
        var attempt = reader.Text("attempt"u8);
        var bytes = reader.Integer("bytes"u8);
        var notes = reader.OptionalText("notes"u8);
        var payload = ReadPayload(ref reader);
        var resultDigest = reader.OptionalText("result_digest"u8);
        var salted = reader.OptionalTrue("salted"u8);
        var status = reader.Text("status"u8);
        return new Outcome(attempt, status, bytes, resultDigest, notes, salted, payload);
    }

    private static PayloadEntry? ReadPayload(ref CanonicalReader reader)
    {
        if (!reader.Has("payload"u8))
            return null;
        reader.Member("payload"u8);
        reader.BeginObject();
        var bytes = reader.Integer("bytes"u8);
        var commitment = reader.Text("commitment"u8);
        var cutFrom = reader.OptionalInteger("cut_from"u8);
        var masked = reader.Integer("masked"u8);
        reader.EndObject();
        return new PayloadEntry(bytes, commitment, masked, cutFrom);
    }

    private static PayloadsErased ReadPayloadsErased(ref CanonicalReader reader)
    {
        var by = reader.OptionalText("by"u8);
        var proof = ReadProof(ref reader);
        var task = reader.Text("task"u8);
        var why = reader.Text("why"u8);
        return new PayloadsErased(task, why, by, proof);
    }

    private static HoldResolved ReadHoldResolved(ref CanonicalReader reader)
    {
        var attempt = reader.Text("attempt"u8);
        var by = reader.OptionalText("by"u8);
        var proof = ReadProof(ref reader);
        var resolution = reader.Text("resolution"u8);
        var rung = reader.SmallInteger("rung"u8);
        return new HoldResolved(attempt, resolution, by, rung, proof);
    }

    private static ProofEntry? ReadProof(ref CanonicalReader reader)
    {
        if (!reader.Has("proof"u8))
            return null;
        reader.Member("proof"u8);
        reader.BeginObject();
        var keyId = reader.Text("key_id"u8);
        var signature = reader.Text("signature"u8);
        var statement = reader.Text("statement"u8);
        reader.EndObject();
        return new ProofEntry(statement, signature, keyId);
    }

    private static ApproverEnrolled ReadApproverEnrolled(ref CanonicalReader reader)
    {
        var approver = reader.Text("approver"u8);
        var by = reader.OptionalText("by"u8);
        var keyId = reader.Text("key_id"u8);
        var proof = ReadProof(ref reader);
        var publicKey = reader.Text("public_key"u8);
        return new ApproverEnrolled(approver, keyId, publicKey, by, proof);
    }

    private static PolicySetActivated ReadPolicySetActivated(ref CanonicalReader reader)
    {
        var allowsAutomatic = reader.OptionalTrue("allows_automatic"u8);
        var automatic = reader.Boolean("automatic"u8);
        var by = reader.OptionalText("by"u8);
        var policySet = reader.Text("policy_set"u8);
        var previous = reader.OptionalText("previous"u8);
        var proof = ReadProof(ref reader);
        return new PolicySetActivated(policySet, previous, by, automatic, proof, allowsAutomatic);
    }

    private static ToolPinned ReadToolPinned(ref CanonicalReader reader)
    {
        var by = reader.OptionalText("by"u8);
        var definition = reader.Text("definition"u8);
        var proof = ReadProof(ref reader);
        var reviewed = reader.Boolean("reviewed"u8);
        var server = reader.Text("server"u8);
        var tool = reader.Text("tool"u8);
        return new ToolPinned(server, tool, definition, reviewed, by, proof);
    }

    private static ToolChanged ReadToolChanged(ref CanonicalReader reader)
    {
        var offered = reader.Text("offered"u8);
        var pinned = reader.Text("pinned"u8);
        var server = reader.Text("server"u8);
        var tool = reader.Text("tool"u8);
        var what = reader.Text("what"u8);
        return new ToolChanged(server, tool, pinned, offered, what);
    }

    private static AgentKeyChanged ReadAgentKeyChanged(ref CanonicalReader reader)
    {
        var agent = reader.Text("agent"u8);
        var by = reader.OptionalText("by"u8);
        var enrolled = reader.Boolean("enrolled"u8);
        var keyDigest = reader.Text("key_digest"u8);
        var owner = reader.Text("owner"u8);
        var proof = ReadProof(ref reader);
        return new AgentKeyChanged(agent, owner, keyDigest, enrolled, by, proof);
    }

    private static LeaseChanged ReadLeaseChanged(ref CanonicalReader reader)
    {
        var agent = reader.Text("agent"u8);
        var expiresAt = reader.Time("expires_at"u8);
        var lease = reader.Text("lease"u8);
        var name = reader.Text("name"u8);
        var note = reader.OptionalText("note"u8);
        var state = reader.Text("state"u8);
        var task = reader.Text("task"u8);
        return new LeaseChanged(lease, task, agent, name, state, expiresAt, note);
    }

    private static OperatorAct ReadOperatorAct(ref CanonicalReader reader)
    {
        var act = reader.Text("act"u8);
        var by = reader.OptionalText("by"u8);
        var proof = ReadProof(ref reader);
        var subject = reader.Text("subject"u8);
        return new OperatorAct(act, subject, by, proof);
    }

    private static EngineStarted ReadEngineStarted(ref CanonicalReader reader)
    {
        var policySet = reader.Text("policy_set"u8);
        var version = reader.Text("version"u8);
        return new EngineStarted(version, policySet);
    }

    private static KeysBound ReadKeysBound(ref CanonicalReader reader)
    {
        var headKey = reader.Text("head_key"u8);
        var headSignature = reader.Text("head_signature"u8);
        var ledger = reader.Text("ledger"u8);
        var logKey = reader.Text("log_key"u8);
        var logSignature = reader.Text("log_signature"u8);
        return new KeysBound(ledger, headKey, logKey, headSignature, logSignature);
    }

    private static KeyRotated ReadKeyRotated(ref CanonicalReader reader)
    {
        var by = reader.OptionalText("by"u8);
        var key = reader.Text("key"u8);
        var ledger = reader.Text("ledger"u8);
        var next = reader.Text("new"u8);
        var newSignature = reader.Text("new_signature"u8);
        var old = reader.Text("old"u8);
        var oldSignature = reader.Text("old_signature"u8);
        var proof = ReadProof(ref reader);
        return new KeyRotated(ledger, key, old, next, oldSignature, newSignature, by, proof);
    }

    private static RecordRestored ReadRecordRestored(ref CanonicalReader reader)
    {
        var backedUpAt = reader.Time("backed_up_at"u8);
        var ledger = reader.Text("ledger"u8);
        var position = reader.Integer("position"u8);
        var running = reader.Text("running"u8);
        return new RecordRestored(ledger, position, running, backedUpAt);
    }
}
