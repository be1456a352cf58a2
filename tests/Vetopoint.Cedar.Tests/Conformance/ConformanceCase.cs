using System.Text;
using System.Text.Json;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Conformance;

/// <summary>One case of the corpus: texts, and requests with their answers.</summary>
internal sealed class ConformanceCase(string name, Dictionary<string, byte[]> files)
{
    private readonly JsonElement _json = JsonDocument.Parse(files[name]).RootElement;

    public string Name => name;

    public string PolicyText => Encoding.UTF8.GetString(Part("policies"));

    public string SchemaText => Encoding.UTF8.GetString(Part("schema"));

    public bool ShouldValidate => _json.GetProperty("shouldValidate").GetBoolean();

    public int RequestCount => _json.GetProperty("requests").GetArrayLength();

    public PolicyParseResult ParsePolicies() => PolicySet.Parse(new CedarSource(name, PolicyText));

    public SchemaParseResult ParseSchema() => CedarSchema.Parse(new CedarSource(name, SchemaText));

    /// <summary>The requests in order; a type of the schema stands in for escapes of extensions.</summary>
    public IEnumerable<CedarRequest> Requests(CedarSchema schema) =>
        _json.GetProperty("requests").EnumerateArray().Select(request => Request(request, schema));

    public EntityStore Entities(CedarSchema schema) =>
        CedarJson.ReadEntities(Part("entities"), schema);

    /// <summary>What differs from the expected answers; empty when nothing does.</summary>
    public List<string> Differences()
    {
        var differences = new List<string>();
        var policies = ParsePolicies();
        var schema = ParseSchema();
        if (policies.Policies is null)
            return [$"{name}: policies: {policies.Problems[0]}"];
        if (schema.Schema is null)
            return [$"{name}: schema: {schema.Problems[0]}"];
        var entities = Entities(schema.Schema);
        var compiled = CompiledPolicySet.Compile(policies.Policies, schema.Schema);
        var withoutSchema = CompiledPolicySet.Compile(policies.Policies);
        foreach (var request in _json.GetProperty("requests").EnumerateArray())
        {
            var expected = Expected(request);
            var asked = Request(request, schema.Schema);
            var answer = Shown(Authorizer.Decide(compiled, asked, entities, ErrorMode.Skip), policies.Policies);
            if (answer != expected)
                differences.Add($"{name}: expected {expected}, got {answer}");

            // The corpus gives actions as entities too, so the answer must not depend on the schema's index.
            if (Shown(Authorizer.Decide(withoutSchema, asked, entities, ErrorMode.Skip), policies.Policies) != answer)
                differences.Add($"{name}: another answer without the schema");
            var strict = Authorizer.Decide(compiled, asked, entities);
            if (strict.IsAllowed && expected.Contains("policy", StringComparison.Ordinal) && request.GetProperty("errors").GetArrayLength() > 0)
                differences.Add($"{name}: allowed in spite of an error");
        }

        return differences;
    }

    /// <summary>A file the case names. Those of one folder name it by where it once stood.</summary>
    private byte[] Part(string property)
    {
        var path = _json.GetProperty(property).GetString()!;
        return files[path.StartsWith("testdata/", StringComparison.Ordinal) ? "cedar-go-validate-" + path : path];
    }

    private static CedarRequest Request(JsonElement request, CedarSchema schema)
    {
        var action = Uid(request.GetProperty("action"));
        var type = schema.Actions.TryGetValue(action, out var definition) ? definition.Context : null;
        var context = Encoding.UTF8.GetBytes(request.GetProperty("context").GetRawText());
        return new CedarRequest(
            Uid(request.GetProperty("principal")), action, Uid(request.GetProperty("resource")), CedarJson.ReadRecord(context, type));
    }

    private static EntityUid Uid(JsonElement element) =>
        new(element.GetProperty("type").GetString()!, element.GetProperty("id").GetString()!);

    private static string Expected(JsonElement request) => Shown(
        request.GetProperty("decision").GetString()!,
        request.GetProperty("reason").EnumerateArray().Select(id => id.GetString()!),
        request.GetProperty("errors").EnumerateArray().Select(id => id.GetString()!));

    /// <summary>The corpus names policies by their place, whatever their <c>@id</c> says.</summary>
    private static string Shown(CedarDecision decision, PolicySet policies) => Shown(
        decision.IsAllowed ? "allow" : "deny",
        decision.Determining.Select(policy => $"policy{policies.Policies.IndexOf(policy)}"),
        decision.Errors.Select(error => $"policy{policies.Policies.IndexOf(error.Policy)}"));

    private static string Shown(string decision, IEnumerable<string> reasons, IEnumerable<string> errors) =>
        $"{decision} [{string.Join(' ', reasons.Order(StringComparer.Ordinal))}] ![{string.Join(' ', errors.Order(StringComparer.Ordinal))}]";
}
