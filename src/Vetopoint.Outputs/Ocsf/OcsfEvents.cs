using System.Text.Json;
using Vetopoint.Ledger.Entries;
using Vetopoint.Outputs.Sinks;

namespace Vetopoint.Outputs.Ocsf;

/// <summary>
/// Entries as OCSF 1.8 events of class API Activity, with the verdict as authorization facts. An event carries what its entry does: names,
/// digests and reasons, never a raw argument or result.
/// </summary>
/// <remarks>
/// <c>metadata.uid</c> is the entry's hash, so that an event that came twice can be told; <c>metadata.sequence</c> its place in the record;
/// <c>metadata.correlation_uid</c> the attempt, which intent, approval and outcome share. What OCSF has no word for stands in <c>unmapped</c>.
/// </remarks>
public sealed class OcsfEvents(IRecordContext context, string version)
{
    /// <summary>The event of one entry. Every entry has one.</summary>
    public OutputEvent Of(long position, Entry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using var buffer = new MemoryStream();
        int severity;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            var facts = EventFacts.Of(entry, context);
            severity = facts.Severity;
            WriteBase(json, position, entry, facts);
            WriteWho(json, entry, facts);
            WriteApi(json, facts);
            WriteResources(json, facts);
            if (entry.Body is Intent intent)
                WriteVerdict(json, intent);
            else if (entry.Body is HoldResolved resolved)
                WriteResolution(json, resolved);
            json.WriteEndObject();
        }

        return new OutputEvent(position, entry.Time, severity, entry.Kind, buffer.ToArray());
    }

    private void WriteBase(Utf8JsonWriter json, long position, Entry entry, EventFacts facts)
    {
        json.WriteNumber("activity_id"u8, facts.Activity);
        json.WriteNumber("category_uid"u8, OcsfFacts.Category);
        json.WriteNumber("class_uid"u8, OcsfFacts.Class);
        json.WriteNumber("type_uid"u8, (OcsfFacts.Class * 100) + facts.Activity);
        json.WriteNumber("severity_id"u8, facts.Severity);
        json.WriteNumber("status_id"u8, facts.Status);
        Text(json, "status"u8, facts.StatusText);
        Text(json, "status_code"u8, facts.StatusCode);
        Text(json, "status_detail"u8, facts.Detail);
        Text(json, "message"u8, facts.Message);
        json.WriteNumber("time"u8, entry.Time.ToUnixTimeMilliseconds());

        json.WriteStartObject("metadata"u8);
        json.WriteString("version"u8, OcsfFacts.Version);
        json.WriteString("uid"u8, Convert.ToHexStringLower(entry.Hash.Span));
        json.WriteNumber("sequence"u8, position);
        json.WriteString("event_code"u8, entry.Kind);
        json.WriteString("log_name"u8, "vetopoint ledger");
        Text(json, "correlation_uid"u8, entry.Attempt ?? facts.Attempt ?? entry.Task);
        json.WriteStartArray("profiles"u8);
        json.WriteStringValue("security_control"u8);
        json.WriteEndArray();
        json.WriteStartObject("product"u8);
        json.WriteString("name"u8, "Vetopoint");
        json.WriteString("vendor_name"u8, "Vetopoint");
        json.WriteString("version"u8, version);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteWho(Utf8JsonWriter json, Entry entry, EventFacts facts)
    {
        var opened = entry.Body as TaskOpened ?? context.OpeningOf(entry.Task);
        var agent = opened?.Agent ?? "vetopoint";
        json.WriteStartObject("actor"u8);
        json.WriteString("app_name"u8, agent);
        if (opened is not null)
            json.WriteString("invoked_by"u8, string.Join(" > ", opened.Chain));
        if ((facts.By ?? opened?.Owner) is { Length: > 0 } person)
        {
            json.WriteStartObject("user"u8);
            json.WriteString("name"u8, person);
            json.WriteEndObject();
        }

        json.WriteStartObject("session"u8);
        json.WriteString("uid"u8, entry.Task);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("src_endpoint"u8);
        json.WriteString("name"u8, agent);
        json.WriteEndObject();
        if (facts.Service is not null)
        {
            json.WriteStartObject("dst_endpoint"u8);
            json.WriteString("svc_name"u8, facts.Service);
            json.WriteEndObject();
        }
    }

    private static void WriteApi(Utf8JsonWriter json, EventFacts facts)
    {
        json.WriteStartObject("api"u8);
        json.WriteString("operation"u8, facts.Operation);
        Text(json, "group"u8, facts.Group);
        if (facts.Attempt is not null)
        {
            json.WriteStartObject("request"u8);
            json.WriteString("uid"u8, facts.Attempt);
            json.WriteEndObject();
        }

        if (facts.Service is not null)
        {
            json.WriteStartObject("service"u8);
            json.WriteString("name"u8, facts.Service);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteResources(Utf8JsonWriter json, EventFacts facts)
    {
        if (facts.Operations.IsDefaultOrEmpty)
            return;
        json.WriteStartArray("resources"u8);
        foreach (var operation in facts.Operations)
        {
            Resource(json, operation.Target, 1, "Target");
            if (operation.Destination is { } destination)
                Resource(json, destination, 3, "Affected");
        }

        json.WriteEndArray();
    }

    private static void Resource(Utf8JsonWriter json, TargetEntry target, int role, string caption)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, target.Name);
        json.WriteString("type"u8, target.Kind);
        Text(json, "namespace"u8, target.Environment);
        json.WriteNumber("role_id"u8, role);
        json.WriteString("role"u8, caption);
        if (!target.Sensitivity.IsDefaultOrEmpty)
            Texts(json, "labels"u8, target.Sensitivity);
        json.WriteEndObject();
    }

    private static void WriteVerdict(Utf8JsonWriter json, Intent intent)
    {
        var (action, disposition, caption) = OcsfFacts.ControlOf(intent.Verdict, intent.Observed);
        json.WriteNumber("action_id"u8, action);
        json.WriteNumber("disposition_id"u8, disposition);
        json.WriteString("disposition"u8, caption);
        json.WriteStartArray("authorizations"u8);
        foreach (var policy in intent.Policies)
        {
            json.WriteStartObject();
            json.WriteString("decision"u8, intent.Verdict);
            json.WriteStartObject("policy"u8);
            json.WriteString("uid"u8, policy);
            json.WriteBoolean("is_applied"u8, !intent.Observed);
            json.WriteString("version"u8, intent.PolicySet);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (intent.Policies.Length == 0)
        {
            json.WriteStartObject();
            json.WriteString("decision"u8, intent.Verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        json.WriteStartObject("unmapped"u8);
        json.WriteString("verdict"u8, intent.Verdict);
        json.WriteString("form"u8, intent.Form);
        json.WriteBoolean("observed"u8, intent.Observed);
        json.WriteNumber("assurance"u8, intent.Assurance);
        if (intent.Rung is { } rung)
            json.WriteNumber("rung"u8, rung);
        Text(json, "uses"u8, intent.Uses);
        json.WriteString("direction"u8, intent.Direction);
        if (intent.Salted)
            json.WriteBoolean("salted"u8, true);
        json.WriteString("request_digest"u8, intent.RequestDigest);
        json.WriteString("action_digest"u8, intent.ActionDigest);
        json.WriteString("form_digest"u8, intent.FormDigest);
        json.WriteString("policy_set"u8, intent.PolicySet);
        json.WriteString("reader"u8, intent.Reader);
        Texts(json, "would_allow"u8, intent.WouldAllow);
        json.WriteStartArray("operations"u8);
        foreach (var operation in intent.Operations)
        {
            json.WriteStartObject();
            json.WriteString("effect"u8, operation.Effect);
            if (operation.Objects is { } objects)
                json.WriteNumber("objects"u8, objects);
            if (operation.Bytes is { } bytes)
                json.WriteNumber("bytes"u8, bytes);
            json.WriteString("reversibility"u8, operation.Reversibility);
            json.WriteString("knowledge"u8, operation.Knowledge);
            json.WriteBoolean("understood"u8, operation.Understood);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResolution(Utf8JsonWriter json, HoldResolved resolved)
    {
        var (action, disposition, caption) = resolved.Resolution switch
        {
            "approved" => (1, 8, "Approved"),
            "denied" => (2, 25, "Rejected"),
            _ => (2, OcsfFacts.Other, resolved.Resolution),
        };
        json.WriteNumber("action_id"u8, action);
        json.WriteNumber("disposition_id"u8, disposition);
        json.WriteString("disposition"u8, caption);
        json.WriteStartObject("unmapped"u8);
        json.WriteNumber("rung"u8, resolved.Rung);
        Text(json, "key_id"u8, resolved.Proof?.KeyId);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    private static void Texts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
