using System.Collections.Immutable;
using System.Text;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Operations;

namespace Vetopoint.Control.Tests.Tasks;

public sealed class TaskStartTests
{
    private static readonly Act.StartTask Start = new("executor", "refund", ImmutableDictionary<string, string>.Empty.Add("order", "4711"));

    [Fact]
    public async Task A_person_gives_an_agent_a_task_with_what_the_template_says()
    {
        await using var engine = await TestEngine.StartAsync(Files());
        using var person = await Person.EnrollAsync(engine);

        var result = await person.DoAsync(engine, Start);

        var task = (await engine.Get<TaskCredentials>().ResolveAsync(result.AgentKey!, TestContext.Current.CancellationToken))!;
        Assert.Equal(("executor", "bea"), (task.Agent, task.Owner));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Operation(Effect.Delete, kind: "order", name: "4711"))));
        Assert.Equal("VP4004", await engine.CodeAsync(task.Call(Calls.Operation(Effect.Delete, kind: "order", name: "4712"))));
        var opened = Assert.Single(engine.Ledger.Entries, entry => entry.Body is TaskOpened);
        Assert.Equal(("refund", "Refund the order 4711"), (((TaskOpened)opened.Body).Template, ((TaskOpened)opened.Body).Purpose));
        var act = Assert.Single(engine.Ledger.Entries.Select(entry => entry.Body).OfType<OperatorAct>());
        Assert.Equal(("start", "task of \"executor\" by \"refund\" \"order\"=\"4711\"", "ada"), (act.Act, act.Subject, act.By));

        // Restarted, the record is believed: the act is proved.
        await engine.RestartAsync();
        Assert.NotNull(await engine.Get<TaskCredentials>().ResolveAsync(result.AgentKey!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nobody_gives_a_task_by_a_template_that_is_not_active_nor_with_other_values_than_it_asks_for()
    {
        await using var engine = await TestEngine.StartAsync(Files());
        using var person = await Person.EnrollAsync(engine);

        await RefusedAsync("VP4104", Start with { Template = "absent" });
        await RefusedAsync("VP4103", Start with { Values = [] });
        await RefusedAsync("VP4103", Start with { Values = Start.Values.SetItem("order", "*") });
        await RefusedAsync("VP7012", Start with { Agent = "a b" });
        await engine.Acts.QuarantineAsync("executor", TestContext.Current.CancellationToken);
        await RefusedAsync("VP4003", Start);

        async Task RefusedAsync(string code, Act act) =>
            Assert.StartsWith(code, (await Assert.ThrowsAsync<ActException>(() => person.ProveAsync(engine, act))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_for_one_task_gives_no_other_and_none_twice()
    {
        await using var engine = await TestEngine.StartAsync(Files());
        using var person = await Person.EnrollAsync(engine);
        var proof = await person.ProveAsync(engine, Start);

        await engine.Acts.PerformAsync(proof, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, TestContext.Current.CancellationToken));
        Assert.Single(engine.Ledger.Entries, entry => entry.Body is TaskOpened);
    }

    [Fact]
    public async Task What_was_shown_has_to_be_so_still_when_it_is_signed()
    {
        await using var engine = await TestEngine.StartAsync(Files());
        using var person = await Person.EnrollAsync(engine);
        var proof = await person.ProveAsync(engine, Start);
        var staged = await engine.Policies.StageAsync(Files("""["read","delete","purge"]"""), TestContext.Current.CancellationToken);
        await person.DoAsync(engine, new Act.Activate(staged.Set!.Digest));

        var refused = await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, TestContext.Current.CancellationToken));
        Assert.Equal("VP7011", refused.Code);
    }

    [Fact]
    public async Task A_template_with_a_problem_keeps_the_set_from_being_activated_and_every_problem_is_told()
    {
        await using var engine = await TestEngine.StartAsync(Files());

        var staged = await engine.Policies.StageAsync(
            [.. Files(), new PolicyFile("policies/mandates/bad.json", Encoding.UTF8.GetBytes("""{"effects":["raed"],"calls":-1,"money":5}"""))],
            TestContext.Current.CancellationToken);

        Assert.Null(staged.Set);
        Assert.Equal(4, staged.Problems.Count(problem => problem.Code == "VP4103" && problem.File == "policies/mandates/bad.json"));
    }

    [Fact]
    public async Task A_child_by_a_template_that_was_approved_with_the_policies_needs_no_further_person()
    {
        await using var engine = await TestEngine.StartAsync(
            [.. TestPolicies.Default(Children.Config), Template("refund", """["read","delete"]""", approved: true), Template("careful", """["read","delete"]""")]);
        var planner = await engine.OpenAsync("planner");

        Assert.IsType<ChildAnswer.Created>(await AskAsync("refund"));
        Assert.IsType<ChildAnswer.Held>(await AskAsync("careful"));

        Task<ChildAnswer> AskAsync(string template) => engine.Get<TaskDelegation>().CreateAsync(
            planner, new ChildTask("executor", template, Start.Values, null), TestContext.Current.CancellationToken);
    }

    private static IReadOnlyList<PolicyFile> Files(string effects = """["read","delete"]""") =>
        [.. TestPolicies.Of(TestPolicies.PermitAll, Children.Config), Template("refund", effects)];

    private static PolicyFile Template(string name, string effects, bool approved = false) => new($"policies/mandates/{name}.json", Encoding.UTF8.GetBytes(
        $$"""{"purpose":"Refund the order {order}","effects":{{effects}},"resources":["order:{order}"],"calls":20,"parameters":["order"],"approved":{{(approved ? "true" : "false")}}}"""));
}
