using System.Text.Json.Nodes;
using Vetopoint.Cedar;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;
using Vetopoint.Testing.Cedar.Interpretation;

namespace Vetopoint.Testing.Cedar.Cases;

/// <summary>Compares what this engine answers to a case with what the reference engine answered.</summary>
public static class Differential
{
    /// <param name="test">The case.</param>
    /// <param name="reference">The other engine's answers, as its script writes them.</param>
    /// <returns>One sentence per difference.</returns>
    public static IReadOnlyList<string> Differences(CedarCase test, JsonNode reference)
    {
        PolicySet policies;
        EntityStore entities;
        try
        {
            policies = test.ReadPolicies();
            entities = test.ReadEntities();
        }
        catch (InvalidOperationException refusal)
        {
            return reference["refused"] is null ? [$"refused here only: {refusal.Message}"] : [];
        }

        if (reference["refused"] is { } refused)
            return [$"refused there only: {refused}"];
        var schema = test.ReadSchema();
        var withSchema = CompiledPolicySet.Compile(policies, schema);
        var without = CompiledPolicySet.Compile(policies);
        var interpreter = new Interpreter(policies, schema);
        var differences = new List<string>();
        var requests = test.ReadRequests();
        for (var i = 0; i < requests.Length; i++)
        {
            var expected = Text(reference["answers"]![i]!);
            Compare("compiled with the schema", Text(Authorizer.Decide(withSchema, requests[i], entities, ErrorMode.Skip)));
            Compare("compiled without it", Text(Authorizer.Decide(without, requests[i], entities, ErrorMode.Skip)));
            Compare("one of two contexts", Text(AsOneOfTwo(withSchema, requests[i], entities)));
            var plain = interpreter.Decide(requests[i], entities);
            Compare("interpreted", Text(plain.IsAllowed, plain.Determining, plain.Errors));

            void Compare(string how, string actual)
            {
                if (actual != expected)
                    differences.Add($"request {i}, {how}: {actual}, but the reference says {expected}");
            }
        }

        return differences;
    }

    /// <summary>The answer when half of the context comes with a variant, and another variant is asked about first.</summary>
    private static CedarDecision AsOneOfTwo(CompiledPolicySet policies, CedarRequest request, EntityStore entities)
    {
        var attributes = request.Context.Names.ToArray().Zip(request.Context.Values.ToArray(), KeyValuePair.Create).ToList();
        var always = CedarRecord.Of(attributes.Where((_, index) => index % 2 == 0));
        var varying = CedarRecord.Of(attributes.Where((_, index) => index % 2 == 1));
        ContextVariant[] variants = [new(CedarRecord.Empty), new(varying)];
        return Authorizer.DecideMany(policies, request with { Context = always }, variants, entities, ErrorMode.Skip)[1];
    }

    private static string Text(CedarDecision decision) =>
        Text(decision.IsAllowed, decision.Determining, decision.Errors.Select(error => error.Policy));

    private static string Text(bool isAllowed, IEnumerable<Policy> reasons, IEnumerable<Policy> errors) =>
        $"{(isAllowed ? "allow" : "deny")} [{Ids(reasons)}] errors [{Ids(errors)}]";

    private static string Text(JsonNode answer) => answer["refused"] is { } refused
        ? $"refused ({refused})"
        : $"{answer["decision"]} [{string.Join(',', answer["reasons"]!.AsArray())}] errors [{string.Join(',', answer["errors"]!.AsArray())}]";

    private static string Ids(IEnumerable<Policy> policies) => string.Join(',', policies.Select(policy => policy.Id).Order(StringComparer.Ordinal));
}
