using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Decisions;

public sealed class VerdictTests
{
    private const string DeletesNeedAPerson = TestPolicies.PermitAll + """

        @id("deletes")
        @reason("Deleting needs a person.")
        forbid (principal, action == Vetopoint::Action::"delete", resource) unless { context.assurance >= 2 };

        @id("never")
        @reason("Purging is never done.")
        forbid (principal, action == Vetopoint::Action::"purge", resource);
        """;

    [Fact]
    public async Task A_read_in_a_known_environment_is_allowed_with_its_exact_bytes()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();
        var attempt = task.Call(Calls.Read());

        var judgement = await engine.JudgeAsync(attempt);

        var allowed = Assert.IsType<Judgement.Allowed>(judgement);
        Assert.Equal(Verdict.Allow, allowed.Verdict);
        Assert.Equal(["allow-unless-forbidden"], allowed.Policies);
        Assert.True(allowed.Permit.Redeem().Span.SequenceEqual(attempt.Reading.Forms[0].Bytes.Span));
        await engine.CompleteAsync(allowed.Permit);
    }

    [Fact]
    public async Task A_forbidden_action_that_a_person_may_allow_is_held_at_the_lowest_rung()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();

        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete))));

        Assert.Equal(2, held.Rung);
        Assert.Equal(FormKind.Full, held.Form);
        Assert.Equal(["deletes"], held.Policies);
        Assert.Equal(["Deleting needs a person."], held.Reasons);
        Assert.Equal(engine.Time.GetUtcNow() + TimeSpan.FromHours(1), held.ExpiresAt);
    }

    [Fact]
    public async Task An_action_that_no_one_may_allow_is_denied_and_told_what_would_be_allowed()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();

        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Purge))));

        Assert.Equal("VP4006", denied.Code);
        Assert.Equal(["never"], denied.Policies);
        Assert.Contains(denied.WouldAllow, sentence => sentence.Contains("`read`", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_weaker_form_that_is_permitted_runs_instead()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();
        var weaker = Calls.Weaker(FormKind.Recoverable, Calls.Operation(Effect.Update));

        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(
            task.Call([Calls.Full(Calls.Operation(Effect.Delete)), weaker])));

        Assert.Equal(Verdict.Downgrade, allowed.Verdict);
        Assert.Equal(FormKind.Recoverable, allowed.Form);
        Assert.Equal("only the Recoverable form ran", allowed.Change);
        Assert.True(allowed.Permit.Redeem().Span.SequenceEqual(weaker.Bytes.Span));
    }

    [Fact]
    public async Task A_policy_set_can_ask_a_person_before_it_tries_a_weaker_form()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson, new() { First = "hold" }));
        var task = await engine.OpenAsync();
        var weaker = Calls.Weaker(FormKind.Recoverable, Calls.Operation(Effect.Update));

        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(
            task.Call([Calls.Full(Calls.Operation(Effect.Delete)), weaker])));
        Assert.Equal(FormKind.Full, held.Form);

        // Where no person could help, the weaker form is still there.
        var allowed = Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(
            task.Call([Calls.Full(Calls.Operation(Effect.Purge)), weaker], arguments: """{"other":1}""")));
        Assert.Equal(Verdict.Downgrade, allowed.Verdict);
    }

    [Fact]
    public async Task A_weaker_form_that_a_person_may_allow_is_held_where_the_full_one_never_is()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();

        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call(
            [Calls.Full(Calls.Operation(Effect.Purge)), Calls.Weaker(FormKind.Recoverable, Calls.Operation(Effect.Delete))])));

        Assert.Equal(FormKind.Recoverable, held.Form);
        Assert.Equal(2, held.Rung);
    }

    [Fact]
    public async Task One_operation_that_is_not_permitted_decides_for_all()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(
            [Calls.Full(Calls.Read(), Calls.Operation(Effect.Purge), Calls.Operation(Effect.Delete))])));
    }

    [Fact]
    public async Task Nothing_is_permitted_without_a_policy_that_permits_it()
    {
        const string ReadsOnly = """
            @id("reads")
            @reason("Reads are permitted.")
            permit (principal, action == Vetopoint::Action::"read", resource);

            @id("operators")
            @reason("Operators change policies.")
            permit (principal, action == Vetopoint::Action::"change_policy", resource in Vetopoint::Environment::"vetopoint");
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(ReadsOnly));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        Assert.Equal("VP4007", Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Create)))).Code);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_evaluated_denies_and_no_person_can_help()
    {
        const string Overflows = TestPolicies.PermitAll + """

            @id("overflow")
            @reason("Never mind.")
            forbid (principal, action == Vetopoint::Action::"read", resource) when { context.task.calls + 9223372036854775807 < 0 };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(Overflows));
        var task = await engine.OpenAsync();
        await engine.CompleteAsync(Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read()))).Permit);

        var denied = Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read())));

        Assert.Equal("VP4008", denied.Code);
        Assert.Equal(["overflow"], denied.Policies.Where(policy => policy != "all"));
    }

    [Fact]
    public async Task An_environment_that_the_config_does_not_list_counts_as_production()
    {
        const string ProductionIsClosed = TestPolicies.PermitAll + """

            @id("closed")
            @reason("Production is closed.")
            forbid (principal, action, resource) when { resource.environment == "prod" && !resource.environment_known };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(ProductionIsClosed));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read("Staging"))));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read("live"))));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read(null))));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read("prod"))));
    }

    [Fact]
    public async Task A_suspicious_tool_needs_a_person_whatever_the_policies_say()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        var task = await engine.OpenAsync();

        var held = Assert.IsType<Judgement.Held>(await engine.JudgeAsync(task.Call(Calls.Read(), suspicion: "It changed.")));

        Assert.Equal(2, held.Rung);
        Assert.Contains("It changed.", held.Reasons);
    }

    [Fact]
    public async Task Arguments_that_no_policy_value_can_hold_are_not_understood()
    {
        const string UnderstoodOnly = TestPolicies.PermitAll + """

            @id("understood")
            @reason("Only what is understood runs.")
            forbid (principal, action, resource) unless { context.understood };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(UnderstoodOnly));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read(), """{"limit":5}""")));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read(), """{"limit":null}""")));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read(), """{"limit":0.1}""")));
    }

    [Fact]
    public async Task What_the_model_chose_sets_no_trusted_attribute()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(DeletesNeedAPerson));
        var task = await engine.OpenAsync();

        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(
            task.Call(Calls.Operation(Effect.Delete), """{"assurance":4,"context":{"assurance":4},"approved":true}""")));
    }

    [Fact]
    public async Task A_message_of_the_closed_table_is_passed_and_nothing_else_is()
    {
        await using var engine = await TestEngine.StartAsync();
        var task = await engine.OpenAsync();

        Assert.Throws<ArgumentException>(() => engine.Decisions.Pass(task.Call(Calls.Read())));
    }
}
