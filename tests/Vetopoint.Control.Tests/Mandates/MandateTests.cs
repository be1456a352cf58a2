using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Mandates;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Mandates;

public sealed class MandateTests
{
    [Theory]
    [InlineData("table:orders", "table", "orders", true)]
    [InlineData("table:orders", "table", "Orders", false)]
    [InlineData("table:orders", "tables", "orders", false)]
    [InlineData("table:orders", "table", "orders2", false)]
    [InlineData("table:ord*", "table", "orders", true)]
    [InlineData("table:ord*", "table", "ord", true)]
    [InlineData("table:ord*", "table", "or", false)]
    [InlineData("file:/srv/data/*", "file", "/srv/data/x", true)]
    [InlineData("file:/srv/data/*", "file", "/srv/data/../../etc/passwd", false)]
    [InlineData("file:/srv/data/*", "file", "/srv/data/%2e%2e/passwd", false)]
    [InlineData("file:/srv/data/*", "file", @"/srv/data/..\passwd", false)]
    [InlineData("file:/srv/data/*", "file", "/srv/database", false)]
    [InlineData("file:*", "file", "/srv/../etc", true)]
    [InlineData("file:/srv/../etc", "file", "/srv/../etc", true)]
    [InlineData("*", "anything", "", true)]
    [InlineData("*:orders", "view", "orders", true)]
    [InlineData("orders", "table", "orders", false)]
    [InlineData(":orders", "", "orders", false)]
    [InlineData("table:", "table", "", false)]
    [InlineData("url:https://a.example/*", "url", "https://a.example.evil/", false)]
    public void A_pattern_covers_what_it_names_and_no_spelling_of_anything_else(string pattern, string kind, string name, bool covers) =>
        Assert.Equal(covers, ResourcePattern.Covers(pattern, kind, name));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a*b", "only stand at its end")]
    [InlineData("**", "only stand at its end")]
    [InlineData("a\nb", "cannot be seen")]
    [InlineData("a\u200b", "cannot be seen")]
    [InlineData("\u202ea", "cannot be seen")]
    [InlineData("\ufffd", "no Unicode")]
    public void A_text_that_cannot_be_decided_is_no_pattern(string text, string why) => Assert.Contains(why, NamePattern.WhyNot(text), StringComparison.Ordinal);

    [Fact]
    public void Half_of_a_pair_of_surrogates_is_no_pattern() => Assert.NotNull(NamePattern.WhyNot(new string('\ud800', 1)));

    [Theory]
    [InlineData("orders")]
    [InlineData("file:/a/../*")]
    [InlineData("file:a*b")]
    [InlineData(":a")]
    [InlineData("a:")]
    public void A_text_of_no_kind_and_name_is_no_resource(string text) => Assert.NotNull(ResourcePattern.WhyNot(text));

    [Fact]
    public async Task What_is_outside_is_denied_though_policies_permit_it_and_is_counted_as_drift()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Effects = ["read"] }));
        var task = await engine.OpenAsync();

        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete))));

        Assert.Equal("VP4004", denied.Code);
        Assert.Contains("`delete`", denied.Reasons[0], StringComparison.Ordinal);
        Assert.Contains("mandate/effects", Assert.Single(engine.IntentsOf(task.Id)).Policies);
    }

    [Fact]
    public async Task What_is_outside_waits_for_a_person_where_the_set_says_so_and_runs_once_when_one_agrees()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Effects = ["read"], Outside = "hold" }));
        using var person = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        var call = task.Call(Calls.Operation(Effect.Delete));

        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(call));
        Assert.Equal(2, held.Rung);
        await person.ApproveAsync(engine, held.Hold);

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(call));
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(call));
    }

    [Fact]
    public async Task A_budget_stays_a_limit_where_what_is_outside_waits_for_a_person()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Calls = 0, Outside = "hold" }));
        var task = await engine.OpenAsync();

        Assert.Equal("VP4005", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read()))).Code);
    }

    [Fact]
    public void A_mandate_is_said_in_plain_words()
    {
        var mandate = new Mandate(["read", "update"], ["staging"], ["*"], 10, 20, 4096, MandateCases.Time)
        {
            Resources = ["table:orders"],
            Labels = [],
            Destinations = [],
            SensitiveMax = 5,
            Depth = 1,
            ChildrenMax = 2,
        };
        Assert.Equal(
            [
                "It may read and update.",
                "On `table:orders`.",
                "In `staging`, through every server.",
                "It may touch no labelled data, and send data to no destination.",
                "It may make 10 calls on 20 objects, 5 of them labelled, and take 4,096 bytes of results.",
                "It may hand on parts of this to 2 child tasks, 1 deep.",
                "It ends by 2026-11-22 12:00:00 UTC.",
            ],
            MandateText.Of(mandate.ToEntry()));
    }
}
