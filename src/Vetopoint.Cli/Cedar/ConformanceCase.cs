using System.Globalization;
using System.Text;
using System.Text.Json;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Schema;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cli.Cedar;

/// <summary>One case of Cedar's integration tests: texts, requests with answers, and what a validator should say.</summary>
internal sealed class ConformanceCase(string root, string path, JsonElement json)
{
    private const string ValidationEnding = ".validation.json";

    private readonly CedarFiles _files = new();
    private readonly List<string> _differences = [];

    /// <summary>How many requests were decided.</summary>
    public int Requests { get; private set; }

    /// <summary>How many verdicts of a validator were compared.</summary>
    public int Judgements { get; private set; }

    public static bool IsCase(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("policies", out _) && json.TryGetProperty("requests", out _);

    /// <summary>What differs from what the case expects; empty when nothing does.</summary>
    public List<string> Differences()
    {
        var policies = _files.Policies([Part("policies")]);
        var schema = _files.Schema([Part("schema")]);
        if (policies is null || schema is null)
            return [_files.Problems[0].ToString()];
        var golden = Golden(out var isBeside);
        if (golden is null)
            Validate(policies, schema);
        if (_files.Entities(Part("entities"), schema) is not { } entities)
        {
            // A golden may want just that: entities a validator refuses.
            if (golden is { } refusing && HasBadEntity(refusing))
                return _differences;
            return [.. _differences, _files.Problems[^1].ToString()];
        }

        if (golden is { } judged)
            Judge(judged, policies, schema, entities);
        if (!isBeside)
            Decide(policies, schema, entities);
        return _differences;
    }

    private void Decide(PolicySet policies, CedarSchema schema, EntityStore entities)
    {
        var compiled = CompiledPolicySet.Compile(policies, schema);
        foreach (var request in json.GetProperty("requests").EnumerateArray())
        {
            var expected = Shown(request.GetProperty("decision").GetString()!, Ids(request, "reason"), Ids(request, "errors"));
            var decision = Authorizer.Decide(compiled, Request(request, schema), entities, ErrorMode.Skip);
            var answer = Shown(
                decision.IsAllowed ? "allow" : "deny",
                decision.Determining.Select(policy => Positional(policies, policy)),
                decision.Errors.Select(error => Positional(policies, error.Policy)));
            if (answer != expected)
                _differences.Add($"request {Requests}: expected {expected}, got {answer}");
            Requests++;
        }
    }

    private void Validate(PolicySet policies, CedarSchema schema)
    {
        if (!json.TryGetProperty("shouldValidate", out var should))
            return;
        var errors = Errors(policies, schema);
        if (should.GetBoolean() != (errors.Count == 0))
            _differences.Add($"validation: expected {Word(should.GetBoolean())}, got {Word(errors.Count == 0)} {errors.FirstOrDefault()}");
        Judgements++;
    }

    private void Judge(JsonElement golden, PolicySet policies, CedarSchema schema, EntityStore entities)
    {
        if (golden.TryGetProperty("policyValidation", out var validation) && validation.TryGetProperty("perPolicy", out var perPolicy))
        {
            var errors = Errors(policies, schema);
            foreach (var verdict in perPolicy.EnumerateObject())
            {
                var index = int.Parse(verdict.Name.AsSpan("policy".Length), NumberStyles.None, CultureInfo.InvariantCulture);
                Compare($"policy {verdict.Name}", verdict.Value.GetProperty("strict").GetBoolean(), errors.Find(error => error.PolicyId == policies.Policies[index].Id)?.ToString());
            }
        }

        var conformity = new Conformity(schema);
        if (golden.TryGetProperty("requestValidation", out var perRequest))
        {
            var requests = json.GetProperty("requests").EnumerateArray().ToList();
            foreach (var (verdict, i) in perRequest.EnumerateArray().Select((verdict, i) => (verdict, i)))
                Compare($"validity of request {i}", verdict.GetProperty("strict").GetBoolean(), conformity.Check(Request(requests[i], schema)).FirstOrDefault()?.Why);
        }

        if (!golden.TryGetProperty("entityValidation", out var ofEntities) || !ofEntities.TryGetProperty("perEntity", out var perEntity))
            return;
        var byName = entities.Entities.ToDictionary(entity => $"{entity.Uid.Type}::{entity.Uid.Id}", StringComparer.Ordinal);
        foreach (var verdict in perEntity.EnumerateObject())
            if (byName.TryGetValue(verdict.Name, out var entity))
                Compare($"entity {verdict.Name}", !verdict.Value.TryGetProperty("errors", out _), conformity.Check(entity).FirstOrDefault()?.Why);
    }

    private void Compare(string what, bool expected, string? found)
    {
        Judgements++;
        if (expected != found is null)
            _differences.Add($"{what}: expected {Word(expected)}, got {Word(found is null)} {found}");
    }

    /// <summary>What Cedar calls an error. Cedar 4.13 only warns of a scope that never applies; the cases' goldens do not.</summary>
    private static List<Problem> Errors(PolicySet policies, CedarSchema schema) =>
    [
        .. Validator.Validate(policies, schema, new ValidationOptions { ImpossiblePolicies = ProblemSeverity.Warning })
            .Where(problem => problem.Severity == ProblemSeverity.Error || problem.Code == ProblemCodes.NoActionApplies),
    ];

    private static bool HasBadEntity(JsonElement golden) =>
        golden.TryGetProperty("entityValidation", out var entities) && entities.TryGetProperty("perEntity", out var perEntity)
        && perEntity.EnumerateObject().Any(verdict => verdict.Value.TryGetProperty("errors", out _));

    /// <summary>What a validator should find; finer than the case's own <c>shouldValidate</c>.</summary>
    /// <param name="isBeside">
    /// Whether it stands beside the case. Such a case is about the validator alone: its answers are not those of an authorizer.
    /// </param>
    private JsonElement? Golden(out bool isBeside)
    {
        var folder = Path.GetDirectoryName(path)!;
        var name = Path.GetFileNameWithoutExtension(path) + ValidationEnding;
        var file = new[] { Path.Combine(folder, name), Path.Combine(folder + "-validation", name) }.FirstOrDefault(File.Exists);
        isBeside = file is not null && Path.GetDirectoryName(file) == folder;
        return file is null ? null : JsonDocument.Parse(File.ReadAllBytes(file)).RootElement;
    }

    /// <summary>A file the case names: from the root or a folder above the case, else by its name beside the case.</summary>
    private string Part(string property)
    {
        var named = json.GetProperty(property).GetString()!;
        var folder = Path.GetDirectoryName(path)!;
        var candidates = new List<string> { Path.Combine(root, named) };
        for (var above = folder; above is not null && above.Length >= root.Length; above = Path.GetDirectoryName(above))
            candidates.Add(Path.Combine(above, named));
        candidates.Add(Path.Combine(folder, Path.GetFileName(named)));
        return candidates.Find(File.Exists)
            ?? throw new CliException("VP1505", $"The case names `{named}`, which is not there.", "", ExitCodes.Problem);
    }

    private static CedarRequest Request(JsonElement request, CedarSchema schema)
    {
        var action = Uid(request.GetProperty("action"));
        var type = schema.Actions.TryGetValue(action, out var definition) ? definition.Context : null;
        var context = Encoding.UTF8.GetBytes(request.GetProperty("context").GetRawText());
        return new CedarRequest(Uid(request.GetProperty("principal")), action, Uid(request.GetProperty("resource")), CedarJson.ReadRecord(context, type));
    }

    private static EntityUid Uid(JsonElement uid) => new(uid.GetProperty("type").GetString()!, uid.GetProperty("id").GetString()!);

    private static IEnumerable<string> Ids(JsonElement request, string property) =>
        request.GetProperty(property).EnumerateArray().Select(id => id.GetString()!);

    /// <summary>Cases name policies by their place, whatever their <c>@id</c> says.</summary>
    private static string Positional(PolicySet policies, Policy policy) => string.Create(CultureInfo.InvariantCulture, $"policy{policies.Policies.IndexOf(policy)}");

    private static string Shown(string decision, IEnumerable<string> reasons, IEnumerable<string> errors) =>
        $"{decision} because [{string.Join(' ', reasons.Order(StringComparer.Ordinal))}], errors [{string.Join(' ', errors.Order(StringComparer.Ordinal))}]";

    private static string Word(bool isGood) => isGood ? "valid" : "invalid";
}
