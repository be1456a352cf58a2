using System.Text.Json;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Syntax;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Json;

/// <summary>Cedar's JSON form of a whole set: <c>staticPolicies</c>, <c>templates</c> and <c>templateLinks</c>.</summary>
internal static class PolicySetJson
{
    private const string StaticPolicies = "staticPolicies";
    private const string Templates = "templates";
    private const string Links = "templateLinks";
    private const string TemplateId = "templateId";
    private const string NewId = "newId";
    private const string Values = "values";

    public static void Write(PolicySet policies, Utf8JsonWriter json)
    {
        var writer = new PolicyJsonWriter(json);
        json.WriteStartObject();
        json.WriteStartObject(StaticPolicies);
        foreach (var policy in policies.Policies)
        {
            if (policy.Link is not null)
                continue;
            json.WritePropertyName(policy.Id);
            writer.Write(policy.Syntax);
        }

        json.WriteEndObject();
        json.WriteStartObject(Templates);
        foreach (var template in policies.Templates)
        {
            json.WritePropertyName(template.Id);
            writer.Write(template.Syntax);
        }

        json.WriteEndObject();
        json.WriteStartArray(Links);
        foreach (var policy in policies.Policies)
            if (policy.Link is { } link)
                Write(link, json, writer);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static PolicyParseResult Read(JsonText json, string file, ProblemList problems)
    {
        var texts = new List<PolicyText>();
        var links = new List<(TemplateLink, Location?)>();
        try
        {
            JsonShape.RequireMembers(json.Root, StaticPolicies, Templates, Links);
            ReadPolicies(json, StaticPolicies, file, texts, problems);
            ReadPolicies(json, Templates, file, texts, problems);
            if (JsonShape.Optional(json.Root, Links) is { } all)
                foreach (var link in JsonShape.Items(all))
                    ReadLink(json, link, links, problems);
        }
        catch (JsonFormException exception)
        {
            json.Report(exception, ProblemCodes.BadPolicyJson, problems);
        }

        var parsed = PolicyReader.Read(texts);
        if (parsed.Policies is null || problems.HasErrors)
            return new PolicyParseResult(null, [.. problems.ToImmutable(), .. parsed.Problems]);
        RequirePlaces(json, parsed.Policies, problems);
        return problems.HasErrors ? new PolicyParseResult(null, problems.ToImmutable()) : TemplateLinker.Link(parsed.Policies, links);
    }

    private static void ReadPolicies(JsonText json, string member, string file, List<PolicyText> texts, ProblemList problems)
    {
        if (JsonShape.Optional(json.Root, member) is not { } all)
            return;
        foreach (var policy in JsonShape.Members(all))
            if (PolicyJson.ToText(json, policy.Value, file, policy.Name, problems) is { } text)
                texts.Add(text);
    }

    /// <summary>A template among the policies would decide nothing, and no one would notice.</summary>
    private static void RequirePlaces(JsonText json, PolicySet policies, ProblemList problems)
    {
        if (JsonShape.Optional(json.Root, StaticPolicies) is { } written)
        {
            foreach (var member in written.EnumerateObject())
            {
                if (policies.TryGetTemplate(member.Name, out _))
                {
                    problems.Error(
                        ProblemCodes.BadPolicyJson, json.At(member), $"`{member.Name}` has a slot, so it is no policy but a template.",
                        $"Put it into `{Templates}`.");
                }
            }
        }

        if (JsonShape.Optional(json.Root, Templates) is { } templates)
        {
            foreach (var member in templates.EnumerateObject())
            {
                if (policies.TryGet(member.Name, out _))
                {
                    problems.Error(
                        ProblemCodes.BadPolicyJson, json.At(member), $"`{member.Name}` has no slot, so it is no template but a policy.",
                        $"Put it into `{StaticPolicies}`.");
                }
            }
        }
    }

    private static void ReadLink(JsonText json, JsonElement link, List<(TemplateLink Link, Location? Place)> links, ProblemList problems)
    {
        try
        {
            JsonShape.RequireMembers(link, TemplateId, NewId, Values);
            EntityUid? principal = null;
            EntityUid? resource = null;
            foreach (var value in JsonShape.Members(JsonShape.Member(link, Values)))
            {
                if (value.Name == TemplateSlots.Principal)
                    principal = ReadUid(value.Value);
                else if (value.Name == TemplateSlots.Resource)
                    resource = ReadUid(value.Value);
                else
                    throw new JsonFormException(value, $"`{value.Name}` is not a slot.", $"The slots are `{TemplateSlots.Principal}` and `{TemplateSlots.Resource}`.");
            }

            var made = new TemplateLink(
                JsonShape.Text(JsonShape.Member(link, TemplateId)), JsonShape.Text(JsonShape.Member(link, NewId)), principal, resource);
            links.Add((made, json.At(link) with { Length = 0 }));
        }
        catch (JsonFormException exception)
        {
            json.Report(exception, ProblemCodes.BadPolicyJson, problems);
        }
    }

    private static EntityUid ReadUid(JsonElement uid)
    {
        JsonShape.Require(uid, JsonValueKind.Object);
        if (uid.TryGetProperty("__entity", out var inner))
            uid = inner;
        return new EntityUid(JsonShape.Path(JsonShape.Member(uid, "type"), "an entity type"), JsonShape.Text(JsonShape.Member(uid, "id")));
    }

    private static void Write(TemplateLink link, Utf8JsonWriter json, PolicyJsonWriter writer)
    {
        json.WriteStartObject();
        json.WriteString(TemplateId, link.TemplateId);
        json.WriteString(NewId, link.Id);
        json.WriteStartObject(Values);
        if (link.Principal is not null)
        {
            json.WritePropertyName(TemplateSlots.Principal);
            writer.WriteUid(link.Principal);
        }

        if (link.Resource is not null)
        {
            json.WritePropertyName(TemplateSlots.Resource);
            writer.WriteUid(link.Resource);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
