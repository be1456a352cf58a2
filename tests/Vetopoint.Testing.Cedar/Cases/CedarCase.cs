using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Testing.Cedar.Cases;

/// <summary>Policies, entities and requests in the forms that every Cedar engine reads, so that each gets the same.</summary>
/// <param name="Name">What a failing test calls it.</param>
/// <param name="Schema">In the human syntax; null when there is none.</param>
/// <param name="Policies">One text each. The policy at <c>n</c> is called <c>policyN</c> by every engine.</param>
/// <param name="Entities">In Cedar's JSON form, with <c>__entity</c> and <c>__extn</c> spelled out.</param>
/// <param name="Requests">In order.</param>
public sealed record CedarCase(
    string Name, string? Schema, ImmutableArray<string> Policies, JsonArray Entities, ImmutableArray<CaseRequest> Requests)
{
    /// <summary>The template at <c>n</c> is called <c>templateN</c>.</summary>
    public ImmutableArray<string> Templates { get; init; } = [];

    /// <summary>Policies made of the templates.</summary>
    public ImmutableArray<TemplateLink> Links { get; init; } = [];

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public PolicySet ReadPolicies()
    {
        var templates = Templates.Select((text, index) => $"@id(\"template{index}\") {text}");
        var parsed = PolicySet.Parse(new CedarSource(Name, string.Join('\n', Policies.Concat(templates))));
        var linked = Links.IsEmpty ? parsed : parsed.Policies?.Link(Links) ?? parsed;
        return linked.Policies ?? throw new InvalidOperationException($"{Name}: {linked.Problems[0]}");
    }

    public CedarSchema? ReadSchema()
    {
        if (Schema is null)
            return null;
        var parsed = CedarSchema.Parse(new CedarSource(Name, Schema));
        return parsed.Schema ?? throw new InvalidOperationException($"{Name}: {parsed.Problems[0]}");
    }

    public EntityStore ReadEntities() => CedarJson.ReadEntities(Bytes(Entities));

    public ImmutableArray<CedarRequest> ReadRequests() => [.. Requests.Select(request => new CedarRequest(
        request.Principal, request.Action, request.Resource, CedarJson.ReadRecord(Bytes(request.Context))))];

    /// <summary>The case as the script beside the other engine reads it, and as it is kept in the corpus.</summary>
    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["schema"] = Schema,
        ["policies"] = Texts(Policies),
        ["templates"] = Texts(Templates),
        ["links"] = new JsonArray([.. Links.Select(CaseJson.Link)]),
        ["entities"] = Entities.DeepClone(),
        ["requests"] = new JsonArray([.. Requests.Select(request => request.ToJson())]),
    };

    /// <summary>The layout of cases in the corpus.</summary>
    public static string Write(JsonObject test) => test.ToJsonString(Layout) + "\n";

    public static CedarCase Read(string text)
    {
        var json = JsonNode.Parse(text)!;
        return new CedarCase(
            (string)json["name"]!, (string?)json["schema"],
            [.. json["policies"]!.AsArray().Select(policy => (string)policy!)],
            json["entities"]!.DeepClone().AsArray(),
            [.. json["requests"]!.AsArray().Select(request => CaseRequest.Read(request!))])
        {
            Templates = [.. json["templates"]!.AsArray().Select(template => (string)template!)],
            Links = [.. json["links"]!.AsArray().Select(link => CaseJson.ReadLink(link!))],
        };
    }

    private static JsonArray Texts(ImmutableArray<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}

/// <summary>One request of a case.</summary>
public sealed record CaseRequest(EntityUid Principal, EntityUid Action, EntityUid Resource, JsonObject Context)
{
    public JsonObject ToJson() => new()
    {
        ["principal"] = CaseJson.Uid(Principal),
        ["action"] = CaseJson.Uid(Action),
        ["resource"] = CaseJson.Uid(Resource),
        ["context"] = Context.DeepClone(),
    };

    public static CaseRequest Read(JsonNode json) => new(
        CaseJson.ReadUid(json["principal"]!), CaseJson.ReadUid(json["action"]!), CaseJson.ReadUid(json["resource"]!),
        json["context"]!.DeepClone().AsObject());
}

/// <summary>Cedar's JSON spellings.</summary>
public static class CaseJson
{
    public static JsonObject Uid(EntityUid uid) => new() { ["type"] = uid.Type, ["id"] = uid.Id };

    public static EntityUid ReadUid(JsonNode json) => new((string)json["type"]!, (string)json["id"]!);

    public static JsonObject Link(TemplateLink link)
    {
        var values = new JsonObject();
        if (link.Principal is not null)
            values["?principal"] = Uid(link.Principal);
        if (link.Resource is not null)
            values["?resource"] = Uid(link.Resource);
        return new JsonObject { ["templateId"] = link.TemplateId, ["newId"] = link.Id, ["values"] = values };
    }

    public static TemplateLink ReadLink(JsonNode json) => new(
        (string)json["templateId"]!, (string)json["newId"]!,
        json["values"]!["?principal"] is { } principal ? ReadUid(principal) : null,
        json["values"]!["?resource"] is { } resource ? ReadUid(resource) : null);

    /// <summary>A reference inside an attribute.</summary>
    public static JsonObject Reference(EntityUid uid) => new() { ["__entity"] = Uid(uid) };

    public static JsonObject Entity(EntityUid uid, JsonObject attributes, params IEnumerable<EntityUid> parents) => new()
    {
        ["uid"] = Uid(uid),
        ["attrs"] = attributes,
        ["parents"] = new JsonArray([.. parents.Select(Uid)]),
        ["tags"] = new JsonObject(),
    };
}
