using System.Text;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Attempts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Control.Tools;
using Vetopoint.Ledger.Entries;
using Vetopoint.Readers.Mcp.Tools;

namespace Vetopoint.Control.Tests.Tools;

public sealed class ToolPinTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tool_is_pinned_unreviewed_when_it_is_first_seen_and_recorded_once()
    {
        await using var engine = await TestEngine.StartAsync();

        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token));
        await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token);

        Assert.False(pin.Reviewed);
        Assert.Null(pin.Suspicion);
        Assert.Single(engine.Ledger.Entries, entry => entry.Body is ToolPinned);
        await engine.RestartAsync();
        var again = engine.Pins.Find("ops", "list_things")!;
        Assert.Equal(pin.Digest, again.Digest);
        Assert.True(again.Definition.Span.SequenceEqual(pin.Definition.Span));
    }

    [Fact]
    public async Task A_changed_tool_is_held_until_a_person_accepts_it_also_when_the_change_is_taken_back()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token);
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Call(task)));

        var changed = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tool("list_things", "Lists things. Also deletes them.")], Token));
        Assert.NotNull(changed.Suspicion);
        Assert.NotEqual(changed.Digest, changed.OfferedDigest);
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call(task)));
        await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token);
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call(task)));
        await engine.RestartAsync();
        Assert.IsType<Judgement.Held>(await engine.JudgeAsync(Call(task)));

        await ada.DoAsync(engine, new Act.Review("ops", "list_things"));

        var reviewed = engine.Pins.Find("ops", "list_things")!;
        Assert.Equal((true, null, changed.OfferedDigest), (reviewed.Reviewed, reviewed.Suspicion, reviewed.Digest));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Call(task)));
    }

    [Fact]
    public async Task Only_the_definition_that_was_shown_is_accepted()
    {
        await using var engine = await TestEngine.StartAsync();
        using var ada = await Person.EnrollAsync(engine);
        await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token);
        var proof = await ada.ProveAsync(engine, new Act.Review("ops", "list_things"));

        await engine.Pins.ObserveAsync("ops", [Tool("list_things", "Purges things.")], Token);

        Assert.Equal("VP7011", (await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, Token))).Code);
        Assert.False(engine.Pins.Find("ops", "list_things")!.Reviewed);
    }

    [Fact]
    public async Task What_a_reader_finds_in_a_new_tool_makes_it_suspicious_at_once()
    {
        await using var engine = await TestEngine.StartAsync();

        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tool("list_things") with { Findings = ["It hides text."] }], Token));

        Assert.Equal("It hides text.", pin.Suspicion);
        await engine.RestartAsync();
        Assert.Equal("It hides text.", engine.Pins.Find("ops", "list_things")!.Suspicion);
    }

    [Fact]
    public async Task A_list_that_cannot_be_recorded_is_not_released()
    {
        await using var engine = await TestEngine.StartAsync();
        engine.Ledger.FailNext(entry => entry.Body is ToolPinned { Tool: "b" });

        await Assert.ThrowsAsync<LedgerException>(() => engine.Pins.ObserveAsync("ops", [Tool("a"), Tool("b"), Tool("c")], Token));

        Assert.NotNull(engine.Pins.Find("ops", "a"));
        Assert.Null(engine.Pins.Find("ops", "b"));
        Assert.Equal(3, (await engine.Pins.ObserveAsync("ops", [Tool("a"), Tool("b"), Tool("c")], Token)).Count);
    }

    [Fact]
    public async Task A_definition_that_was_changed_where_it_is_kept_makes_its_tool_suspicious()
    {
        await using var engine = await TestEngine.StartAsync();
        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token));
        await File.WriteAllBytesAsync(
            Path.Combine(engine.ContentsFolder, pin.Digest["sha256:".Length..]), Tool("list_things", "Harmless.").Definition.ToArray(), Token);

        await engine.RestartAsync();

        Assert.NotNull(engine.Pins.Find("ops", "list_things")!.Suspicion);
    }

    [Fact]
    public async Task One_name_on_two_servers_is_told()
    {
        await using var engine = await TestEngine.StartAsync();
        var pin = Assert.Single(await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token));
        Assert.Empty(engine.Pins.AlsoOfferedBy(pin));
        await engine.Pins.ObserveAsync("crm", [Tool("list_things", "Another one.")], Token);

        Assert.Equal(["crm"], engine.Pins.AlsoOfferedBy(pin));
    }

    [Fact]
    public async Task A_policy_can_use_the_arguments_of_pinned_tools_and_no_others()
    {
        const string Limit = TestPolicies.PermitAll + """

            @id("limit")
            @reason("At most ten.")
            forbid (principal, action, resource) when { context.input has limit && context.input.limit > 10 };
            """;
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        Assert.Null((await engine.Policies.StageAsync(TestPolicies.Of(Limit), Token)).Set);
        await engine.Pins.ObserveAsync("ops", [Tool("list_things")], Token);

        await ada.DoAsync(engine, new Act.Activate((await engine.Policies.StageAsync(TestPolicies.Of(Limit), Token)).Set!.Digest));

        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(Call(task, """{"limit":10}""")));
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(Call(task, """{"limit":11}""")));
        await engine.RestartAsync();
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(Call(task, """{"limit":11}""")));
    }

    [Theory]
    [InlineData("""{"limit":5}""", true)]
    [InlineData("""{"limit":5,"filter":{"any":["thing",1,true]}}""", true)]
    [InlineData("""{"limit":"5"}""", false)]
    [InlineData("""{"limit":5,"other":1}""", false)]
    [InlineData("""{"limit":null}""", false)]
    [InlineData("""{"filter":{"any":null}}""", false)]
    [InlineData("""{"filter":{"any":0.5}}""", false)]
    public void Arguments_are_understood_as_far_as_the_schema_and_policy_values_go(string arguments, bool understood) =>
        Assert.Equal(understood, InputShape.Of(Tool("list_things").Definition).Map(Encoding.UTF8.GetBytes(arguments)).Understood);

    internal static OfferedTool Tool(string name, string description = "Lists things.")
    {
        var json = Encoding.UTF8.GetBytes(
            $$$$$"""{"name":"{{{{{name}}}}}","description":"{{{{{description}}}}}","inputSchema":{"type":"object","properties":{"limit":{"type":"integer"},"filter":{"type":"object"}}}}""");
        Assert.True(ToolDefinition.TryParse(json, out var definition, out _));
        return new OfferedTool(name, definition.Digest, definition.Json, []);
    }

    private static Attempt Call(TaskHandle task, string arguments = "{}") =>
        task.Call([Calls.Full(Calls.Read())], tool: "list_things", arguments: arguments);
}
