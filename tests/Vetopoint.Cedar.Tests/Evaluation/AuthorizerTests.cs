using System.Collections.Frozen;
using Vetopoint.Cedar.Compilation;
using Vetopoint.Cedar.Evaluation;
using Vetopoint.Cedar.Values;

namespace Vetopoint.Cedar.Tests.Evaluation;

/// <summary>How policies make an answer together.</summary>
public sealed class AuthorizerTests
{
    private const string Permit = "@id(\"p\") permit(principal, action, resource);";
    private const string Forbid = "@id(\"f\") forbid(principal, action, resource);";
    private const string FailingPermit = "@id(\"pe\") permit(principal, action, resource) when { 1 < \"a\" };";
    private const string FailingForbid = "@id(\"fe\") forbid(principal, action, resource) when { context.none };";
    private const string Elsewhere = "@id(\"x\") permit(principal, action == Action::\"write\", resource);";

    [Theory]
    [InlineData("", "Deny  !")]
    [InlineData(Elsewhere, "Deny  !")]
    [InlineData(Permit, "Allow p !")]
    [InlineData(Forbid, "Deny f !")]
    [InlineData(Permit + Forbid, "Deny f !")]
    [InlineData(Forbid + Permit, "Deny f !")]
    [InlineData(Permit + Elsewhere + "@id(\"p2\") permit(principal is User, action, resource);", "Allow p,p2 !")]
    [InlineData(Permit + FailingPermit, "Deny  !pe")]
    [InlineData(Permit + FailingForbid, "Deny  !fe")]
    [InlineData(FailingForbid + Permit + FailingPermit + Forbid, "Deny f !fe,pe")]
    public void Denies_on_any_error_and_on_any_forbid(string policies, string expected) =>
        Assert.Equal(expected, World.Decide(policies).Ids());

    [Theory]
    [InlineData(Permit + FailingPermit, "Allow p !pe")]
    [InlineData(Permit + FailingForbid, "Allow p !fe")]
    [InlineData(FailingForbid + FailingPermit, "Deny  !fe,pe")]
    [InlineData(FailingForbid + Permit + FailingPermit + Forbid, "Deny f !fe,pe")]
    public void Skips_errors_when_asked_to_as_Cedar_does(string policies, string expected) =>
        Assert.Equal(expected, World.Decide(policies, ErrorMode.Skip).Ids());

    [Theory]
    [InlineData("principal == User::\"ann\", action, resource", true)]
    [InlineData("principal == User::\"bob\", action, resource", false)]
    [InlineData("principal in Group::\"all\", action, resource", true)]
    [InlineData("principal in Group::\"none\", action, resource", false)]
    [InlineData("principal is User, action, resource", true)]
    [InlineData("principal is User in Group::\"all\", action, resource", true)]
    [InlineData("principal is Group in Group::\"all\", action, resource", false)]
    [InlineData("principal, action == Action::\"read\", resource", true)]
    [InlineData("principal, action in Action::\"read\", resource", true)]
    [InlineData("principal, action in Action::\"all\", resource", true)]
    [InlineData("principal, action in [Action::\"write\", Action::\"all\"], resource", true)]
    [InlineData("principal, action in [Action::\"write\"], resource", false)]
    [InlineData("principal, action in [], resource", false)]
    [InlineData("principal, action, resource == File::\"gone\"", true)]
    [InlineData("principal, action, resource == File::\"other\"", false)]
    [InlineData("principal, action, resource in File::\"gone\"", true)]
    [InlineData("principal, action, resource is File", true)]
    [InlineData("principal, action, resource is Folder", false)]
    [InlineData("principal is User, action == Action::\"read\", resource is File,", true)]
    public void Applies_a_policy_when_its_whole_scope_fits(string scope, bool applies)
    {
        var policies = World.Parse($"permit({scope});");
        var compiled = CompiledPolicySet.Compile(policies, World.Schema);
        Assert.Equal(applies, Authorizer.Decide(compiled, World.Request, World.Entities).IsAllowed);
    }

    [Fact]
    public void Denies_when_an_entity_it_must_look_into_is_unavailable()
    {
        var compiled = World.Compile("@id(\"p\") permit(principal, action, resource) when { principal.level == 3 };");
        var decision = Authorizer.Decide(compiled, World.Request, new Unavailable());
        Assert.Equal("Deny  !p", decision.Ids());
        Assert.Contains("unavailable", decision.Errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("principal has level")]
    [InlineData("principal in Group::\"all\"")]
    [InlineData("principal in [Group::\"all\"]")]
    [InlineData("principal.hasTag(\"team\")")]
    public void Tells_unavailable_from_absent_in_every_question(string condition)
    {
        var compiled = World.Compile($"forbid(principal, action, resource) when {{ {condition} }}; permit(principal, action, resource);");
        Assert.Empty(Authorizer.Decide(compiled, World.Request, EntityStore.Empty).Errors);
        Assert.NotEmpty(Authorizer.Decide(compiled, World.Request, new Unavailable()).Errors);
    }

    [Fact]
    public void Does_not_ask_for_entities_that_no_policy_looks_into()
    {
        var compiled = World.Compile("permit(principal == User::\"ann\", action, resource is File) when { principal in User::\"ann\" };");
        Assert.True(Authorizer.Decide(compiled, World.Request, new Unavailable()).IsAllowed);
    }

    [Fact]
    public void Answers_many_contexts_as_one_by_one()
    {
        var compiled = World.Compile("""
            @id("always") permit(principal, action, resource) when { context.number == 7 };
            @id("rung") permit(principal, action, resource) when { context.assurance >= 2 };
            @id("whole") permit(principal, action, resource) when { context == {"assurance": 1} };
            @id("has") forbid(principal, action, resource) when { context has form.name && context.form.name == "bad" };
            @id("error") forbid(principal, action, resource) when { context.assurance > 4 && context.none };
            """);
        ContextVariant[] variants =
        [
            new(CedarRecord.Of(("assurance", 0))),
            new(CedarRecord.Of(("assurance", 3), ("form", CedarRecord.Of(("name", "good"))))),
            new(CedarRecord.Of(("assurance", 3), ("form", CedarRecord.Of(("name", "bad"))))),
            new(CedarRecord.Of(("assurance", 5))),
            new(CedarRecord.Of(("assurance", 2), ("number", 8))),
            new(CedarRecord.Empty),
        ];
        var together = Authorizer.DecideMany(compiled, World.Request, variants, World.Entities);
        Assert.Equal(
            variants.Select(variant => Authorizer.Decide(
                compiled, World.Request with { Context = variant.ApplyTo(World.Request.Context) }, World.Entities).Ids()),
            together.Select(decision => decision.Ids()));
        Assert.Equal(
            ["Allow always !", "Allow always,rung !", "Deny has !", "Deny  !error", "Allow rung !", "Deny  !rung,error"],
            together.Select(decision => decision.Ids()));
    }

    [Fact]
    public void Answers_no_variants_with_no_answers() =>
        Assert.Empty(Authorizer.DecideMany(World.Compile(Permit), World.Request, [], World.Entities));

    [Fact]
    public void Allows_without_allocating_when_one_policy_decides()
    {
        var compiled = World.Compile("""
            permit(principal, action == Action::"read", resource) when { principal.level + 1 > 3 && context.text like "a*" };
            forbid(principal, action == Action::"read", resource) when { context has none || principal in Group::"none" };
            permit(principal, action == Action::"write", resource);
            """);
        for (var i = 0; i < 1_000; i++)
            Assert.True(Authorizer.Decide(compiled, World.Request, World.Entities).IsAllowed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decision = Authorizer.Decide(compiled, World.Request, World.Entities);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(decision.IsAllowed);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void Names_every_policy_that_decides_in_the_order_of_the_set(int policies)
    {
        // Scopes of every kind, so that the index finds them in another order than they stand.
        string[] scopes = ["principal in Group::\"all\", action, resource", "principal, action, resource", "principal, action == Action::\"read\", resource == File::\"gone\""];
        var compiled = World.Compile(string.Concat(Enumerable.Range(0, policies).Select(i => $"permit({scopes[i % scopes.Length]});")));
        var expected = compiled.Policies.Policies;
        for (var round = 0; round < 2; round++)
            Assert.Equal(expected, Authorizer.Decide(compiled, World.Request, World.Entities).Determining);
    }

    [Fact]
    public void Finds_a_policy_among_many_groups_of_one_principal()
    {
        var groups = Enumerable.Range(0, 50).Select(i => new EntityUid("Group", $"g{i}")).ToArray();
        var ann = new CedarEntity(World.Request.Principal, CedarRecord.Empty, groups.ToFrozenSet(), CedarRecord.Empty);
        var compiled = World.Compile(string.Concat(groups.Select(group => $"permit(principal in {group}, action, resource);")));
        Assert.Equal(groups.Length, Authorizer.Decide(compiled, World.Request, new EntityStore(ann)).Determining.Length);
        Assert.Equal("Deny  !", Authorizer.Decide(compiled, World.Request, EntityStore.Empty).Ids());
        Assert.Equal(groups.Length, Authorizer.Decide(compiled, World.Request, new Unavailable()).Errors.Length);
    }

    [Fact]
    public void Puts_the_safe_value_at_zero()
    {
        Assert.Equal(CedarVerdict.Deny, default);
        Assert.Equal(ErrorMode.Deny, default);
        Assert.Equal(EntityPresence.Unavailable, default(EntityLookup).Presence);
        Assert.Equal(PolicyEffect.Forbid, default);
    }

    [Fact]
    public void Uses_the_action_hierarchy_of_the_schema_and_of_the_entities()
    {
        const string Text = "permit(principal, action in Action::\"all\", resource);";
        var action = new CedarEntity(
            World.Request.Action, CedarRecord.Empty, new[] { new EntityUid("Action", "all") }.ToFrozenSet(), CedarRecord.Empty);
        Assert.False(Authorizer.Decide(World.Compile(Text), World.Request, EntityStore.Empty).IsAllowed);
        Assert.True(Authorizer.Decide(World.Compile(Text), World.Request, new EntityStore(action)).IsAllowed);
        Assert.True(Authorizer.Decide(CompiledPolicySet.Compile(World.Parse(Text), World.Schema), World.Request, EntityStore.Empty).IsAllowed);
    }

    private sealed class Unavailable : IEntitySource
    {
        public EntityLookup Find(EntityUid uid) => EntityLookup.Unavailable;
    }
}
