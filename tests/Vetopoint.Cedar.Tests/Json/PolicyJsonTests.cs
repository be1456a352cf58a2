using CsCheck;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Tests.Properties;

namespace Vetopoint.Cedar.Tests.Json;

public sealed class PolicyJsonTests
{
    private const int Iterations = 2_000;

    [Fact]
    public void Any_policy_survives_the_way_through_JSON_and_back() =>
        PolicyGen.Policy.Sample(
            text =>
            {
                var json = PolicyJson.Write(World.Parse(text).Policies[0]);
                var read = PolicyJson.Read(new CedarSource("json", json));
                Assert.Empty(read.Problems);
                Assert.Equal(json, PolicyJson.Write(read.Policies!.Policies[0]));
            },
            iter: Iterations);

    [Fact]
    public void A_long_chain_survives()
    {
        var text = $"permit(principal, action, resource) when {{ {string.Join(" || ", Enumerable.Repeat("context.flag", 4_000))} }};";
        var json = PolicyJson.Write(World.Parse(text).Policies[0]);
        Assert.Equal(json, PolicyJson.Write(PolicyJson.Read(new CedarSource("json", json)).Policies!.Policies[0]));
    }

    [Theory]
    [InlineData("{\"Var\": \"context) || (true\"}")]
    [InlineData("{\"Value\": null}")]
    [InlineData("{\"Value\": 1.5}")]
    [InlineData("{\"Value\": 9223372036854775808}")]
    [InlineData("{\"Value\": {\"__entity\": {\"type\": \"A in B\", \"id\": \"\"}}}")]
    [InlineData("{\"is\": {\"left\": {\"Var\": \"principal\"}, \"entity_type\": \"A || true\"}}")]
    [InlineData("{\"has\": {\"left\": {\"Var\": \"context\"}, \"attr\": [\"a\", \"b || true\"]}}")]
    [InlineData("{\"true || ip\": []}")]
    [InlineData("{\"isInRange\": []}")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"Value\": true, \"Var\": \"context\"}")]
    [InlineData("{\"Value\": true, \"Value\": false}")]
    [InlineData("{\"&&\": {\"left\": {\"Value\": true}}}")]
    [InlineData("{\"Slot\": \"?principal\"}")]
    [InlineData("{\"Value\": \"\\ud800\"}")]
    public void Refuses_what_is_not_of_the_form(string body)
    {
        var read = PolicyJson.Read(new CedarSource("json", PolicyOf(body)));
        Assert.Null(read.Policies);
        Assert.Equal(ProblemCodes.BadPolicyJson, read.Problems[0].Code);
    }

    [Fact]
    public void Refuses_enormous_nesting()
    {
        var body = string.Concat(Enumerable.Repeat("{\"!\": {\"arg\": ", 100_000)) + "{\"Value\": true}" + new string('}', 200_000);
        Assert.Equal(ProblemCodes.BadPolicyJson, PolicyJson.Read(new CedarSource("json", PolicyOf(body))).Problems[0].Code);
    }

    [Fact]
    public void Reads_annotations_with_and_without_a_value()
    {
        var read = PolicyJson.Read(new CedarSource("json", PolicyOf("{\"Value\": true}", ", \"annotations\": {\"id\": \"a\\\"b\", \"bare\": null}")));
        Assert.Equal("a\"b", read.Policies!.Policies[0].Id);
        Assert.Equal("", read.Policies.Policies[0].Annotation("bare"));
    }

    private static string PolicyOf(string body, string more = "") =>
        $$"""{"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": [{"kind": "when", "body": {{body}}}]{{more}}}""";
}
