using System.Text.Json;
using CsCheck;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Diagnostics;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Formatting;
using Vetopoint.Cedar.Json;
using Vetopoint.Cedar.Tests.Properties;
using Vetopoint.Cedar.Validation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Policies;

/// <summary>Templates, and the policies made of them.</summary>
public sealed class TemplateTests
{
    private const int Iterations = 2_000;

    private const string Owner = """
        @id("owner")
        permit(principal == ?principal, action == Action::"read", resource in ?resource) // both
        when { context.number == 7 };
        """;

    private static readonly EntityUid Ann = new("User", "ann");
    private static readonly EntityUid Gone = new("File", "gone");

    private static readonly PolicyTemplate[] Kinds =
    [
        .. World.Parse("""
            @id("principal") permit(principal in ?principal, action, resource);
            @id("resource") permit(principal, action, resource == ?resource);
            @id("both") permit(principal is User in ?principal, action, resource in ?resource);
            """).Templates,
    ];

    [Fact]
    public void A_template_decides_nothing_until_it_is_linked()
    {
        var set = World.Parse(Owner);
        Assert.Empty(set.Policies);
        Assert.Equal("Deny  !", Decide(set).Ids());
        var template = Assert.Single(set.Templates);
        Assert.True(template.HasPrincipalSlot && template.HasResourceSlot);

        var linked = set.Link(new TemplateLink("owner", "ann-owns", Ann, Gone)).Policies!;
        Assert.Equal("Allow ann-owns !", Decide(linked).Ids());
        Assert.Equal("Deny  !", Decide(set.Link(new TemplateLink("owner", "bob-owns", new EntityUid("User", "bob"), Gone)).Policies!).Ids());
        Assert.Empty(set.Policies);
    }

    [Fact]
    public void A_linked_policy_reads_as_if_it_had_been_written_out()
    {
        var set = World.Parse("permit(principal, action, resource);" + Owner);
        var policy = set.Link(new TemplateLink("owner", "o", new EntityUid("User", "a \"?resource\""), Gone)).Policies!.Policies[1];
        Assert.Equal(
            """
            @id("owner")
            permit(principal == User::"a \"?resource\"", action == Action::"read", resource in File::"gone") // both
            when { context.number == 7 };
            """,
            policy.Text);
        Assert.Equal("owner", policy.Annotation("id"));
        Assert.Equal("owner", policy.Link!.TemplateId);
        Assert.Equal(PolicyJson.Write(policy), PolicyJson.Write(World.Parse(policy.Text).Policies[0]));
    }

    [Fact]
    public void Templates_and_policies_share_their_ids_and_their_count()
    {
        var set = World.Parse("permit(principal == ?principal, action, resource); permit(principal, action, resource);");
        Assert.Equal("policy0", set.Templates[0].Id);
        Assert.Equal("policy1", set.Policies[0].Id);
        var same = PolicySet.Parse(new CedarSource("same", Owner + "@id(\"owner\") permit(principal, action, resource);"));
        Assert.Equal(ProblemCodes.DuplicatePolicyId, Assert.Single(same.Problems).Code);
    }

    [Fact]
    public void Reports_every_link_that_does_not_fit()
    {
        var linked = World.Parse(Owner + "permit(principal, action, resource == ?resource);").Link(
            new TemplateLink("ownr", "a", Ann, Gone),
            new TemplateLink("owner", "b", Ann),
            new TemplateLink("owner", "c"),
            new TemplateLink("policy1", "d", Ann, Gone),
            new TemplateLink("owner", "owner", Ann, Gone),
            new TemplateLink("owner", "good", Ann, Gone),
            new TemplateLink("owner", "good", Ann, Gone));
        Assert.Null(linked.Policies);
        Assert.Equal(
            [
                "links:1:1: VP2024: The link `a` names the template `ownr`, which the set does not have. Did you mean `owner`?",
                "test.cedar:1:1: VP2025: The link `b` gives no entity for `?resource` of the template `owner`. Give one.",
                "test.cedar:1:1: VP2025: The link `c` gives no entity for `?principal` of the template `owner`. Give one.",
                "test.cedar:1:1: VP2025: The link `c` gives no entity for `?resource` of the template `owner`. Give one.",
                "test.cedar:3:30: VP2025: The link `d` gives an entity for `?principal`, which the template `policy1` does not have. Leave it out.",
                "test.cedar:1:1: VP2020: A policy or template has the id `owner` already. Give the link an id of its own.",
                "test.cedar:1:1: VP2020: A policy or template has the id `good` already. Give the link an id of its own.",
            ],
            linked.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_template_without_a_link_is_refused_unless_the_caller_allows_rules_that_do_nothing()
    {
        var set = World.Parse(Owner.Replace("context.number == 7", "true", StringComparison.Ordinal));
        var problem = Assert.Single(Validator.Validate(set, World.Schema, ValidationOptions.Default));
        Assert.Equal((ProblemCodes.UnlinkedTemplate, ProblemSeverity.Error), (problem.Code, problem.Severity));
        var allowed = Validator.Validate(set, World.Schema, new ValidationOptions { ImpossiblePolicies = ProblemSeverity.Warning });
        Assert.Equal(ProblemSeverity.Warning, Assert.Single(allowed).Severity);
        Assert.Empty(Validator.Validate(set.Link(new TemplateLink("owner", "o", Ann, Gone)).Policies!, World.Schema, ValidationOptions.Default));
    }

    [Theory]
    [InlineData("Usr", "ann", "File", ProblemCodes.UnknownEntityType)]
    [InlineData("Group", "ann", "File", ProblemCodes.NoActionApplies)]
    [InlineData("User", "ann", "Server", ProblemCodes.UnknownEntity)]
    [InlineData("User", "ann", "Folder", null)]
    public void Links_are_validated_against_the_schema(string principalType, string id, string resourceType, string? code)
    {
        var set = World.Parse(Owner.Replace("context.number == 7", "true", StringComparison.Ordinal));
        var linked = set.Link(new TemplateLink("owner", "o", new EntityUid(principalType, id), new EntityUid(resourceType, "x"))).Policies!;
        var problems = Validator.Validate(linked, World.Schema, ValidationOptions.Default);
        Assert.Equal(code, problems.Select(problem => problem.Code).FirstOrDefault());
        Assert.All(problems, problem => Assert.Equal("o", problem.PolicyId));
    }

    [Fact]
    public void A_set_with_templates_and_links_survives_the_way_through_JSON_and_back()
    {
        var set = World.Parse(Owner + "@id(\"x\") forbid(principal, action, resource in ?resource); permit(principal, action, resource);").Link(
            new TemplateLink("owner", "ann", Ann, Gone), new TemplateLink("x", "nothing", Resource: Gone)).Policies!;
        var json = PolicyJson.Write(set);
        var read = PolicyJson.ReadSet(new CedarSource("set.json", json));
        Assert.Empty(read.Problems);
        Assert.Equal(json, PolicyJson.Write(read.Policies!));
        Assert.Equal(["policy2", "ann", "nothing"], read.Policies!.Policies.Select(policy => policy.Id));
        Assert.Equal(Decide(set).Ids(), Decide(read.Policies).Ids());
        using var document = JsonDocument.Parse(json);
        Assert.Equal("?resource", document.RootElement.GetProperty("templates").GetProperty("x").GetProperty("resource").GetProperty("slot").GetString());
    }

    [Fact]
    public void Any_link_of_any_template_decides_as_its_text_does() =>
        Gen.Select(Gen.Int[0, Kinds.Length - 1], PolicyGen.Expression, PolicyGen.Request, PolicyGen.Request).Sample(
            (kind, condition, request, given) =>
            {
                var text = Kinds[kind].Text[..^1] + $" when {{ {condition} }};";
                var template = World.Parse(text).Templates[0];
                var link = new TemplateLink(
                    template.Id, "link", template.HasPrincipalSlot ? given.Principal : null, template.HasResourceSlot ? given.Resource : null);
                var linked = World.Parse(text).Link(link).Policies!;
                var written = World.Parse(linked.Policies[0].Text);
                Assert.Equal(PolicyJson.Write(linked.Policies[0]), PolicyJson.Write(written.Policies[0]));
                var answers = new[] { linked, written }.Select(set =>
                    Authorizer.Decide(CompiledPolicySet.Compile(set), request, PolicyGen.Entities, ErrorMode.Skip)).ToList();
                Assert.Equal(answers[0].Verdict, answers[1].Verdict);
                Assert.Equal(answers[0].Errors.Select(error => error.Message), answers[1].Errors.Select(error => error.Message));

                var json = PolicyJson.Write(template);
                Assert.Equal(json, PolicyJson.Write(PolicyJson.Read(new CedarSource("json", json)).Policies!.Templates[0]));
                var formatted = PolicyFormatter.Format(new CedarSource("text", text)).Text!;
                Assert.Equal(json, PolicyJson.Write(World.Parse(formatted).Templates[0]));
                Assert.Equal(formatted, PolicyFormatter.Format(new CedarSource("text", formatted)).Text);
            },
            iter: Iterations);

    [Fact]
    public void Reports_every_mistake_of_a_set_in_JSON_at_its_place()
    {
        const string Json = """
            {
              "staticPolicies": {
                "a": {"effect": "allow", "principal": {"op": "All"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []},
                "b": {"effect": "permit", "principal": {"op": "==", "slot": "?resource"}, "action": {"op": "All"}, "resource": {"op": "All"}, "conditions": []}
              },
              "templates": {
                "c": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "in", "slot": "?action"}, "resource": {"op": "All"}, "conditions": []}
              },
              "templateLinks": [
                {"templateId": "t", "newId": "n", "values": {"?action": {"type": "User", "id": "a"}}},
                {"templateId": "t", "id": "n", "values": {}}
              ]
            }
            """;
        Assert.Equal(
            [
                "set.json:3:21: VP2023: `allow` is not an effect. It is `permit` or `forbid`.",
                "set.json:4:65: VP2023: The slot `?resource` cannot stand for the principal.",
                "set.json:7:90: VP2023: The slot `?action` cannot stand for the action.",
                "set.json:10:50: VP2023: `?action` is not a slot. The slots are `?principal` and `?resource`.",
                "set.json:11:25: VP2023: `id` is not a member of this form.",
            ],
            PolicyJson.ReadSet(new CedarSource("set.json", Json)).Problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("staticPolicies", "{\"op\": \"==\", \"slot\": \"?principal\"}", "set.json:1:21: VP2023: `p` has a slot, so it is no policy but a template. Put it into `templates`.")]
    [InlineData("templates", "{\"op\": \"All\"}", "set.json:1:16: VP2023: `p` has no slot, so it is no template but a policy. Put it into `staticPolicies`.")]
    public void Refuses_a_policy_among_templates_and_a_template_among_policies(string member, string principal, string expected)
    {
        var json = "{\"" + member + "\": {\"p\": {\"effect\": \"permit\", \"principal\": " + principal
            + ", \"action\": {\"op\": \"All\"}, \"resource\": {\"op\": \"All\"}, \"conditions\": []}}}";
        Assert.Equal(expected, Assert.Single(PolicyJson.ReadSet(new CedarSource("set.json", json)).Problems).ToString());
    }

    private static CedarDecision Decide(PolicySet set) =>
        Authorizer.Decide(CompiledPolicySet.Compile(set, World.Schema), World.Request, World.Entities);
}
