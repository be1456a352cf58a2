using System.Collections.Immutable;
using Vetopoint.Ledger.Canonical;

namespace Vetopoint.Ledger.Entries;

/// <summary>Entries to canonical JSON (RFC 8785). The way back is <see cref="EntryDecoding"/>.</summary>
internal static class EntryEncoding
{
    /// <summary>Version of the form of entries: the member <c>v</c>.</summary>
    public const int Version = 1;

    public const int HashBytes = 32;

    public static (string Kind, byte[] Canonical) Encode(
        string task, long sequence, ReadOnlySpan<byte> previous, DateTimeOffset time, EntryBody body)
    {
        var writer = CanonicalWriter.ForThisThread();
        var kind = Write(writer, task, sequence, previous, time, body);
        if (writer.Written.Length > LedgerLimits.EntryBytesMax)
            throw CanonicalWriter.TooLarge();
        return (kind, writer.Written.ToArray());
    }

    /// <summary>The canonical form of a body alone.</summary>
    public static ReadOnlySpan<byte> EncodeBody(EntryBody body)
    {
        var writer = CanonicalWriter.ForThisThread();
        WriteBody(writer, body);
        return writer.Written;
    }

    private static string Write(
        CanonicalWriter writer, string task, long sequence, ReadOnlySpan<byte> previous, DateTimeOffset time, EntryBody body)
    {
        if (previous.Length != HashBytes)
            throw new ArgumentException("the hash of the entry before is 32 bytes", nameof(previous));
        writer.BeginObject();
        writer.Name("body"u8);
        var kind = WriteBody(writer, body);
        writer.Member("kind"u8, kind);
        writer.Hexadecimal("prev"u8, previous);
        writer.Member("seq"u8, sequence);
        writer.Member("task"u8, task);
        writer.Member("time"u8, time);
        writer.Member("v"u8, Version);
        writer.EndObject();
        return kind;
    }

    private static string WriteBody(CanonicalWriter writer, EntryBody body)
    {
        writer.BeginObject();
        var kind = WriteMembers(writer, body);
        writer.EndObject();
        return kind;
    }

    private static string WriteMembers(CanonicalWriter writer, EntryBody body)
    {
        switch (body)
        {
            case Intent intent:
                Write(writer, intent);
                return EntryKinds.Intent;
            case Outcome outcome:
                Write(writer, outcome);
                return EntryKinds.Outcome;
            case HoldResolved resolved:
                Write(writer, resolved);
                return EntryKinds.HoldResolved;
            case TaskOpened opened:
                Write(writer, opened);
                return EntryKinds.TaskOpened;
            case TaskEnded ended:
                Write(writer, ended);
                return EntryKinds.TaskEnded;
            case ApproverEnrolled enrolled:
                Write(writer, enrolled);
                return EntryKinds.ApproverEnrolled;
            case PolicySetActivated activated:
                Write(writer, activated);
                return EntryKinds.PolicySetActivated;
            case ToolPinned pinned:
                Write(writer, pinned);
                return EntryKinds.ToolPinned;
            case ToolChanged changed:
                Write(writer, changed);
                return EntryKinds.ToolChanged;
            case AgentKeyChanged key:
                Write(writer, key);
                return EntryKinds.AgentKeyChanged;
            case LeaseChanged lease:
                Write(writer, lease);
                return EntryKinds.LeaseChanged;
            case OperatorAct act:
                Write(writer, act);
                return EntryKinds.OperatorAct;
            case PayloadsErased erased:
                Write(writer, erased);
                return EntryKinds.PayloadsErased;
            case EngineStarted started:
                Write(writer, started);
                return EntryKinds.EngineStarted;
            case KeysBound bound:
                Write(writer, bound);
                return EntryKinds.KeysBound;
            case KeyRotated rotated:
                Write(writer, rotated);
                return EntryKinds.KeyRotated;
            case RecordRestored restored:
                Write(writer, restored);
                return EntryKinds.RecordRestored;
            default:
                throw new InvalidOperationException($"the body `{body.GetType().Name}` has no kind");
        }
    }

    private static void Write(CanonicalWriter writer, TaskOpened opened)
    {
        writer.Member("agent"u8, opened.Agent);
        writer.Member("chain"u8, opened.Chain);
        writer.Optional("credential"u8, opened.Credential);
        writer.Member("gate"u8, opened.Gate);
        writer.Optional("key_digest"u8, opened.KeyDigest);
        writer.Name("mandate"u8);
        Write(writer, opened.Mandate);
        writer.Member("owner"u8, opened.Owner);
        writer.Optional("parent"u8, opened.Parent);
        writer.Optional("payload_key"u8, opened.PayloadKey);
        writer.Member("purpose"u8, opened.Purpose);
        writer.Member("server"u8, opened.Server);
        writer.Optional("template"u8, opened.Template);
    }

    private static void Write(CanonicalWriter writer, TaskEnded ended)
    {
        writer.Member("reason"u8, ended.Reason);
        if (ended.Totals is not { } totals)
            return;
        writer.Name("totals"u8);
        writer.BeginObject();
        writer.Member("attempts"u8, totals.Attempts);
        writer.Member("bytes"u8, totals.Bytes);
        writer.Member("bytes_max"u8, totals.BytesMax);
        writer.Member("calls"u8, totals.Calls);
        writer.Member("calls_max"u8, totals.CallsMax);
        writer.Member("denied"u8, totals.Denied);
        writer.Member("held"u8, totals.Held);
        writer.Member("objects"u8, totals.Objects);
        writer.Member("objects_max"u8, totals.ObjectsMax);
        writer.Member("outside"u8, totals.Outside);
        writer.Member("sensitive"u8, totals.Sensitive);
        writer.Optional("sensitive_max"u8, totals.SensitiveMax);
        writer.EndObject();
    }

    private static void Write(CanonicalWriter writer, MandateEntry mandate)
    {
        writer.BeginObject();
        writer.Member("bytes_max"u8, mandate.BytesMax);
        writer.Member("calls_max"u8, mandate.CallsMax);
        writer.Optional("children_max"u8, mandate.ChildrenMax);
        writer.Optional("depth"u8, mandate.Depth);
        Optional(writer, "destinations"u8, mandate.Destinations);
        writer.Member("effects"u8, mandate.Effects);
        writer.Member("environments"u8, mandate.Environments);
        writer.Member("expires_at"u8, mandate.ExpiresAt);
        Optional(writer, "gates"u8, mandate.Gates);
        Optional(writer, "labels"u8, mandate.Labels);
        writer.Member("objects_max"u8, mandate.ObjectsMax);
        Optional(writer, "resources"u8, mandate.Resources);
        writer.Optional("sensitive_max"u8, mandate.SensitiveMax);
        writer.Member("servers"u8, mandate.Servers);
        writer.EndObject();
    }

    private static void Optional(CanonicalWriter writer, ReadOnlySpan<byte> name, ImmutableArray<string>? values)
    {
        if (values is { } present)
            writer.Member(name, present);
    }

    private static void Write(CanonicalWriter writer, Intent intent)
    {
        writer.Member("action_digest"u8, intent.ActionDigest);
        writer.Member("assurance"u8, intent.Assurance);
        writer.Member("attempt"u8, intent.Attempt);
        writer.Member("direction"u8, intent.Direction);
        writer.Member("form"u8, intent.Form);
        writer.Member("form_digest"u8, intent.FormDigest);
        writer.Member("gate"u8, intent.Gate);
        writer.Optional("hold_expires_at"u8, intent.HoldExpiresAt);
        writer.Member("method"u8, intent.Method);
        writer.Optional("name"u8, intent.Name);
        writer.Member("observed"u8, intent.Observed);
        writer.Name("operations"u8);
        Write(writer, intent.Operations);
        Write(writer, intent.Payload);
        writer.Member("policies"u8, intent.Policies);
        writer.Member("policy_set"u8, intent.PolicySet);
        writer.Member("reader"u8, intent.Reader);
        writer.Member("reasons"u8, intent.Reasons);
        writer.Member("request_digest"u8, intent.RequestDigest);
        writer.Optional("rung"u8, intent.Rung);
        if (intent.Salted)
            writer.Member("salted"u8, true);
        writer.Member("server"u8, intent.Server);
        writer.Optional("tool"u8, intent.Tool);
        writer.Optional("uses"u8, intent.Uses);
        writer.Member("verdict"u8, intent.Verdict);
        writer.Member("would_allow"u8, intent.WouldAllow);
    }

    private static void Write(CanonicalWriter writer, ImmutableArray<OperationEntry> operations)
    {
        writer.BeginArray();
        if (!operations.IsDefault)
        {
            foreach (var operation in operations)
                Write(writer, operation);
        }

        writer.EndArray();
    }

    private static void Write(CanonicalWriter writer, OperationEntry operation)
    {
        writer.BeginObject();
        writer.Optional("bytes"u8, operation.Bytes);
        if (operation.Destination is { } destination)
        {
            writer.Name("destination"u8);
            Write(writer, destination);
        }

        writer.Member("effect"u8, operation.Effect);
        writer.Member("evidence"u8, operation.Evidence);
        writer.Member("knowledge"u8, operation.Knowledge);
        writer.Optional("objects"u8, operation.Objects);
        writer.Member("reversibility"u8, operation.Reversibility);
        writer.Name("target"u8);
        Write(writer, operation.Target);
        writer.Member("understood"u8, operation.Understood);
        writer.EndObject();
    }

    private static void Write(CanonicalWriter writer, TargetEntry target)
    {
        writer.BeginObject();
        writer.Optional("environment"u8, target.Environment);
        writer.Member("kind"u8, target.Kind);
        writer.Member("name"u8, target.Name);
        writer.Member("sensitivity"u8, target.Sensitivity);
        writer.EndObject();
    }

    private static void Write(CanonicalWriter writer, Outcome outcome)
    {
        writer.Member("attempt"u8, outcome.Attempt);
        writer.Member("bytes"u8, outcome.Bytes);
        writer.Optional("notes"u8, outcome.Notes);
        Write(writer, outcome.Payload);
        writer.Optional("result_digest"u8, outcome.ResultDigest);
        if (outcome.Salted)
            writer.Member("salted"u8, true);
        writer.Member("status"u8, outcome.Status);
    }

    private static void Write(CanonicalWriter writer, PayloadEntry? payload)
    {
        if (payload is null)
            return;
        writer.Name("payload"u8);
        writer.BeginObject();
        writer.Member("bytes"u8, payload.Bytes);
        writer.Member("commitment"u8, payload.Commitment);
        writer.Optional("cut_from"u8, payload.CutFrom);
        writer.Member("masked"u8, payload.Masked);
        writer.EndObject();
    }

    private static void Write(CanonicalWriter writer, HoldResolved resolved)
    {
        writer.Member("attempt"u8, resolved.Attempt);
        writer.Optional("by"u8, resolved.By);
        Write(writer, resolved.Proof);
        writer.Member("resolution"u8, resolved.Resolution);
        writer.Member("rung"u8, resolved.Rung);
    }

    private static void Write(CanonicalWriter writer, ProofEntry? proof)
    {
        if (proof is null)
            return;
        writer.Name("proof"u8);
        writer.BeginObject();
        writer.Member("key_id"u8, proof.KeyId);
        writer.Member("signature"u8, proof.Signature);
        writer.Member("statement"u8, proof.Statement);
        writer.EndObject();
    }

    private static void Write(CanonicalWriter writer, ApproverEnrolled enrolled)
    {
        writer.Member("approver"u8, enrolled.Approver);
        writer.Optional("by"u8, enrolled.By);
        writer.Member("key_id"u8, enrolled.KeyId);
        Write(writer, enrolled.Proof);
        writer.Member("public_key"u8, enrolled.PublicKey);
    }

    private static void Write(CanonicalWriter writer, PolicySetActivated activated)
    {
        if (activated.AllowsAutomatic)
            writer.Member("allows_automatic"u8, true);
        writer.Member("automatic"u8, activated.Automatic);
        writer.Optional("by"u8, activated.By);
        writer.Member("policy_set"u8, activated.PolicySet);
        writer.Optional("previous"u8, activated.Previous);
        Write(writer, activated.Proof);
    }

    private static void Write(CanonicalWriter writer, ToolPinned pinned)
    {
        writer.Optional("by"u8, pinned.By);
        writer.Member("definition"u8, pinned.Definition);
        Write(writer, pinned.Proof);
        writer.Member("reviewed"u8, pinned.Reviewed);
        writer.Member("server"u8, pinned.Server);
        writer.Member("tool"u8, pinned.Tool);
    }

    private static void Write(CanonicalWriter writer, ToolChanged changed)
    {
        writer.Member("offered"u8, changed.Offered);
        writer.Member("pinned"u8, changed.Pinned);
        writer.Member("server"u8, changed.Server);
        writer.Member("tool"u8, changed.Tool);
        writer.Member("what"u8, changed.What);
    }

    private static void Write(CanonicalWriter writer, AgentKeyChanged key)
    {
        writer.Member("agent"u8, key.Agent);
        writer.Optional("by"u8, key.By);
        writer.Member("enrolled"u8, key.Enrolled);
        writer.Member("key_digest"u8, key.KeyDigest);
        writer.Member("owner"u8, key.Owner);
        Write(writer, key.Proof);
    }

    private static void Write(CanonicalWriter writer, LeaseChanged lease)
    {
        writer.Member("agent"u8, lease.Agent);
        writer.Member("expires_at"u8, lease.ExpiresAt);
        writer.Member("lease"u8, lease.Lease);
        writer.Member("name"u8, lease.Name);
        writer.Optional("note"u8, lease.Note);
        writer.Member("state"u8, lease.State);
        writer.Member("task"u8, lease.Task);
    }

    private static void Write(CanonicalWriter writer, OperatorAct act)
    {
        writer.Member("act"u8, act.Act);
        writer.Optional("by"u8, act.By);
        Write(writer, act.Proof);
        writer.Member("subject"u8, act.Subject);
    }

    private static void Write(CanonicalWriter writer, PayloadsErased erased)
    {
        writer.Optional("by"u8, erased.By);
        Write(writer, erased.Proof);
        writer.Member("task"u8, erased.Task);
        writer.Member("why"u8, erased.Why);
    }

    private static void Write(CanonicalWriter writer, EngineStarted started)
    {
        writer.Member("policy_set"u8, started.PolicySet);
        writer.Member("version"u8, started.Version);
    }

    private static void Write(CanonicalWriter writer, KeysBound bound)
    {
        writer.Member("head_key"u8, bound.HeadKey);
        writer.Member("head_signature"u8, bound.HeadSignature);
        writer.Member("ledger"u8, bound.Ledger);
        writer.Member("log_key"u8, bound.LogKey);
        writer.Member("log_signature"u8, bound.LogSignature);
    }

    private static void Write(CanonicalWriter writer, KeyRotated rotated)
    {
        writer.Optional("by"u8, rotated.By);
        writer.Member("key"u8, rotated.Key);
        writer.Member("ledger"u8, rotated.Ledger);
        writer.Member("new"u8, rotated.New);
        writer.Member("new_signature"u8, rotated.NewSignature);
        writer.Member("old"u8, rotated.Old);
        writer.Member("old_signature"u8, rotated.OldSignature);
        Write(writer, rotated.Proof);
    }

    private static void Write(CanonicalWriter writer, RecordRestored restored)
    {
        writer.Member("backed_up_at"u8, restored.BackedUpAt);
        writer.Member("ledger"u8, restored.Ledger);
        writer.Member("position"u8, restored.Position);
        writer.Member("running"u8, restored.Running);
    }
}
