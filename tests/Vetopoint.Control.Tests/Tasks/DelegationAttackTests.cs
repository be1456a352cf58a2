using System.Collections.Immutable;
using System.Text;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;

namespace Vetopoint.Control.Tests.Tasks;

/// <summary>Tries to get more by handing on than there was.</summary>
public sealed class DelegationAttackTests
{
    private const string Parent = """
        {"effects":["read","update"],"resources":["table:a*","file:/srv/data/*","row:7"],"environments":["staging","dev"],"servers":["ops"],"gates":["mcp"],
         "labels":["pii"],"destinations":["email:team@*"],"calls":10,"objects":100,"bytes":1000,"sensitive":5,"expiresAfter":"01:00:00","depth":1,"children":3}
        """;

    [Theory]
    [InlineData("""{"effects":["read","update","send"]}""", "The effect `send` is too wide: the parent has `read`, `update`.")]
    [InlineData("""{"effects":["*"]}""", "The effect `*` is too wide")]
    [InlineData("""{"resources":["table:a*","table:b"]}""", "The resource `table:b` is too wide")]
    [InlineData("""{"resources":["table:*"]}""", "The resource `table:*`")]
    [InlineData("""{"resources":["*"]}""", "The resource `*`")]
    [InlineData("""{"resources":["tab*:a"]}""", "The resource `tab*:a`")]
    [InlineData("""{"resources":["table:A*"]}""", "The resource `table:A*`")]
    [InlineData("""{"resources":["Table:a"]}""", "The resource `Table:a`")]
    [InlineData("""{"resources":["table:à"]}""", "The resource `table:à`")]
    [InlineData("""{"resources":["table:а"]}""", "The resource `table:а`")] // Cyrillic
    [InlineData("""{"resources":["table:ａ"]}""", "The resource `table:ａ`")] // full width
    [InlineData("""{"resources":["file:/srv/data"]}""", "The resource `file:/srv/data`")]
    [InlineData("""{"resources":["file:/srv/*"]}""", "The resource `file:/srv/*`")]
    [InlineData("""{"resources":["file:/srv/data/../x"]}""", "The resource `file:/srv/data/../x`")]
    [InlineData("""{"resources":["file:/srv/data/%2e%2e/x"]}""", "The resource `file:/srv/data/%2e%2e/x`")]
    [InlineData("""{"resources":["row:7*"]}""", "The resource `row:7*`")]
    [InlineData("""{"resources":["row:70"]}""", "The resource `row:70`")]
    [InlineData("""{"environments":["staging","prod"]}""", "The environment `prod`")]
    [InlineData("""{"environments":["s*"]}""", "The environment `s*`")]
    [InlineData("""{"servers":["ops","crm"]}""", "The server `crm`")]
    [InlineData("""{"servers":["ops*"]}""", "The server `ops*`")]
    [InlineData("""{"gates":["*"]}""", "The gate `*`")]
    [InlineData("""{"labels":["pii","secret"]}""", "The label `secret`")]
    [InlineData("""{"labels":["*"]}""", "The label `*`")]
    [InlineData("""{"destinations":["email:*"]}""", "The destination `email:*`")]
    [InlineData("""{"destinations":["http:team@x"]}""", "The destination `http:team@x`")]
    [InlineData("""{"calls":11}""", "11 calls are too many: the parent has 10.")]
    [InlineData("""{"objects":101}""", "101 objects are too many")]
    [InlineData("""{"bytes":1001}""", "1,001 bytes are too many")]
    [InlineData("""{"sensitive":6}""", "6 sensitive objects are too many")]
    [InlineData("""{"calls":9223372036854775807}""", "9,223,372,036,854,775,807 calls are too many")]
    [InlineData("""{"expiresAfter":"01:00:00.0000001"}""", "It would end after its parent")]
    [InlineData("""{"expiresAfter":"366.00:00:00"}""", "It would end after its parent")]
    [InlineData("""{"depth":1}""", "A depth of 1 below it is too wide: the parent has 0 to hand on.")]
    [InlineData("""{"children":4}""", "4 child tasks are too many")]
    public async Task What_is_wider_in_one_thing_is_refused_and_named(string json, string said)
    {
        await using var engine = await Children.StartAsync();
        var parent = await engine.CreateAsync(await engine.OpenAsync("planner"), Parent, "executor");

        var refused = Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(parent.Task, json, "validator"));

        Assert.Equal("VP4102", refused.Code);
        Assert.StartsWith(said, Assert.Single(refused.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"effects":[]}""")]
    [InlineData("""{"resources":[]}""")]
    [InlineData("""{"resources":["table:a","table:ab*","file:/srv/data/x*","row:7"]}""")]
    [InlineData("""{"environments":["dev"],"labels":[],"destinations":["email:team@example*"],"calls":0,"children":3}""")]
    public async Task What_is_as_wide_or_narrower_is_not_refused(string json)
    {
        await using var engine = await Children.StartAsync();
        var parent = await engine.CreateAsync(await engine.OpenAsync("planner"), Parent, "executor");

        await engine.CreateAsync(parent.Task, json, "validator");
    }

    [Theory]
    [InlineData("""{"calls":-1}""")]
    [InlineData("""{"calls":1.0}""")]
    [InlineData("""{"calls":1e3}""")]
    [InlineData("""{"calls":9223372036854775808}""")]
    [InlineData("""{"calls":"1"}""")]
    [InlineData("""{"calls":null}""")]
    [InlineData("""{"calls":1,"calls":1000}""")]
    [InlineData("""{"depth":9}""")]
    [InlineData("""{"children":10000}""")]
    [InlineData("""{"effects":"*"}""")]
    [InlineData("""{"effects":["Read"]}""")]
    [InlineData("""{"effects":["re*"]}""")]
    [InlineData("""{"effects":[1]}""")]
    [InlineData("""{"resources":["orders"]}""")]
    [InlineData("""{"resources":["table:a*b"]}""")]
    [InlineData("""{"resources":["table:a\u0000"]}""")]
    [InlineData("""{"resources":["table:a\u200b"]}""")]
    [InlineData("""{"resources":["table:\ud800"]}""")]
    [InlineData("""{"resources":["file:/srv/../*"]}""")]
    [InlineData("""{"labels":["p*"]}""")]
    [InlineData("""{"expiresAfter":"-01:00:00"}""")]
    [InlineData("""{"expiresAfter":"00:00:00"}""")]
    [InlineData("""{"expiresAfter":3600}""")]
    [InlineData("""{"expiresAfter":"9999999.00:00:00"}""")]
    [InlineData("""{"effect":["read"]}""")]
    [InlineData("""{"money":1}""")]
    [InlineData("""{"approved":true}""")]
    [InlineData("""{"parent":"t-0123456789"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{} {}")]
    public void What_cannot_be_decided_is_no_mandate(string json)
    {
        var (request, problems) = MandateReader.Read("request", Encoding.UTF8.GetBytes(json));
        Assert.Null(request);
        Assert.All(problems, problem => Assert.Equal("VP4103", problem.Code));
    }

    [Fact]
    public void A_set_of_more_patterns_than_can_be_decided_is_no_mandate()
    {
        var names = string.Join(",", Enumerable.Range(0, ControlLimits.MandatePatternsMax + 1).Select(i => $"\"s{i}\""));
        Assert.NotEmpty(MandateReader.Read("request", Encoding.UTF8.GetBytes($$"""{"servers":[{{names}}]}""")).Problems);
    }

    [Theory]
    [InlineData("stranger", "VP4106")]
    [InlineData("Executor", "VP4106")]
    public async Task An_agent_for_which_nobody_answers_gets_no_part(string agent, string code)
    {
        await using var engine = await Children.StartAsync();
        Assert.Equal(code, Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(await engine.OpenAsync("planner"), agent: agent)).Code);
    }

    [Fact]
    public async Task A_quarantined_agent_gets_no_part()
    {
        await using var engine = await Children.StartAsync();
        await engine.Acts.QuarantineAsync("executor", TestContext.Current.CancellationToken);
        Assert.Equal("VP4003", Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(await engine.OpenAsync("planner"), agent: "executor")).Code);
    }

    [Fact]
    public async Task A_task_that_may_create_none_creates_none()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        Assert.Equal("VP4102", Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(await engine.OpenAsync())).Code);
    }

    [Fact]
    public async Task Ten_thousand_children_at_once_are_as_many_as_the_mandate_says()
    {
        await using var engine = await Children.StartAsync(Children.Config with { Calls = 100_000, Objects = 100_000 });
        var planner = await engine.OpenAsync("planner");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => engine.AskAsync(planner)));

        Assert.Equal(Children.Config.Children, answers.Count(answer => answer is ChildAnswer.Created));
        Assert.All(answers.OfType<ChildAnswer.Refused>(), refused => Assert.Equal("VP4101", refused.Code));
    }

    [Fact]
    public async Task A_task_that_is_over_and_one_that_never_was_create_nothing()
    {
        await using var engine = await Children.StartAsync();
        var planner = await engine.OpenAsync("planner");
        await engine.Tasks.EndAsync(planner.Id, "done", TestContext.Current.CancellationToken);
        Assert.Equal("VP4001", Assert.IsType<ChildAnswer.Refused>(await engine.AskAsync(planner)).Code);
    }

    [Fact]
    public async Task A_task_cannot_be_put_below_one_that_did_not_create_it()
    {
        await using var engine = await Children.StartAsync();
        var planner = await engine.OpenAsync("planner");
        var child = await engine.CreateAsync(planner, agent: "executor");
        var opened = engine.Ledger.Entries.Select(entry => entry.Body).OfType<Vetopoint.Ledger.Entries.TaskOpened>().Last();

        // A stranger's child, itself as its own parent, and a parent of which it is said to be another child.
        foreach (var parent in (ReadOnlySpan<string>)["t-0000000000.2", $"{child.Task.Id}.2", $"{planner.Id}.3", "engine.1", "nonsense"])
        {
            var id = TaskId.Draw();
            Assert.Throws<InvalidDataException>(() => new TaskState(id).Apply(
                new TaskState(id).Seal(engine.Time.GetUtcNow(), opened with { Parent = parent }, default)));
        }
    }

    [Fact]
    public async Task A_sibling_has_no_use_of_a_siblings_budget_or_key()
    {
        await using var engine = await Children.StartAsync();
        var planner = await engine.OpenAsync("planner");
        var one = await engine.CreateAsync(planner, """{"calls":1}""", "executor");
        var other = await engine.CreateAsync(planner, """{"calls":1}""", "executor");

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(one.Task.Call(Calls.Read())));
        Assert.Equal("VP4005", await engine.CodeAsync(one.Task.Call(Calls.Read())));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(other.Task.Call(Calls.Read())));
        Assert.Equal(other.Task.Id, (await engine.Get<TaskCredentials>().ResolveAsync(other.Key, TestContext.Current.CancellationToken))!.Id);
        Assert.Null(await engine.Get<TaskCredentials>().ResolveAsync(one.Key[..^1] + "x", TestContext.Current.CancellationToken));
        Assert.Null(await engine.Keys.ResolveAsync(one.Key, "mcp", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("x*")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a:b")]
    [InlineData("{other}")]
    [InlineData("a\nb")]
    public void A_value_of_a_template_cannot_widen_it(string value)
    {
        var (template, problems) = MandateReader.ReadTemplate("t", "t.json", Encoding.UTF8.GetBytes(
            """{"purpose":"for {customer}","effects":["read"],"resources":["order:{customer}"],"parameters":["customer","other"]}"""));
        Assert.Empty(problems);
        var values = ImmutableDictionary<string, string>.Empty.Add("other", "o");

        Assert.Null(template!.Fill(values.Add("customer", value), out var problem));
        Assert.NotNull(problem);
        Assert.Null(template.Fill(values, out _));
        Assert.Null(template.Fill(values.Add("customer", "a").Add("more", "b"), out _));
        Assert.Equal(["order:4711"], template.Fill(values.Add("customer", "4711"), out _)!.Resources!.Value);
    }
}
