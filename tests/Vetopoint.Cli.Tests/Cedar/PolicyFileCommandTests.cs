using System.Text.Json;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Cli.Tests.Cedar;

/// <summary><c>policy check FILE</c>, <c>format</c>, <c>eval</c>, <c>schema</c> and <c>conformance</c>: no home, no engine.</summary>
public sealed class PolicyFileCommandTests : IDisposable
{
    private const string Policies = """
        // Readers.
        @id("read") permit(principal, action == Action::"read", resource) when { principal.level>1 }; // behind
        @id("never") forbid(principal, action == Action::"read", resource) when { context has stop && context.stop };
        """;

    private const string Schema = """
        entity User { level: Long };
        entity File;
        action "read" appliesTo { principal: User, resource: File, context: { stop?: Bool } };
        """;

    private const string Entities = """[{"uid": {"type": "User", "id": "ann"}, "attrs": {"level": 3}, "parents": []}, {"uid": {"type": "File", "id": "f"}, "attrs": {}, "parents": []}]""";

    private readonly TemporaryFolder _folder = new();

    public PolicyFileCommandTests()
    {
        Write("p.cedar", Policies);
        Write("s.cedarschema", Schema);
        Write("e.json", Entities);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_says_that_good_policies_are_in_order()
    {
        var finished = await RunAsync("check", "p.cedar", "--schema", "s.cedarschema");
        Assert.Equal((0, "2 policies and templates are in order.\n"), (finished.ExitCode, finished.Output));
    }

    [Fact]
    public async Task Check_shows_the_line_and_marks_the_place()
    {
        Write("bad.cedar", "permit(principal, action, resource) when { principal.levle > 1 };\npermit(principal, action, resource) when { 1 = 2 };\n");
        Write("typo.cedar", "permit(principal, action, resource)\nwhen { principal.levle > 1 };\n");

        var unread = await RunAsync("check", "bad.cedar", "--schema", "s.cedarschema");
        var unsound = await RunAsync("check", "typo.cedar", "--schema", "s.cedarschema");

        Assert.Equal(1, unread.ExitCode);
        Assert.Contains("bad.cedar:2:46: error VP2001: ", unread.Output, StringComparison.Ordinal);
        Assert.Equal(1, unsound.ExitCode);
        Assert.Contains(
            "typo.cedar:2:18: error VP2107: Policy `policy0` uses undeclared attribute `levle` of entity type `User`.\n"
            + "  2 | when { principal.levle > 1 };\n"
            + "    |                  ^^^^^\n"
            + "  help: Did you mean `level`?\n"
            + "1 problem.\n",
            unsound.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_gives_every_part_of_a_problem_in_JSON()
    {
        Write("typo.cedar", "permit(principal, action, resource) when { principal.levle > 1 };");
        var finished = await RunAsync("check", "typo.cedar", "--schema", "s.cedarschema", "--json");
        Assert.Equal(1, finished.ExitCode);
        var problem = JsonElement.Parse(finished.Output).GetProperty("problems")[0];
        Assert.Equal(
            ("VP2107", "error", 1, 54, 5, "levle", "policy0"),
            (problem.GetProperty("code").GetString(), problem.GetProperty("severity").GetString(), problem.GetProperty("line").GetInt32(),
                problem.GetProperty("column").GetInt32(), problem.GetProperty("length").GetInt32(), problem.GetProperty("text").GetString(), problem.GetProperty("policy").GetString()));
    }

    [Theory]
    [InlineData("0", 1)]
    [InlineData("1", 0)]
    public async Task Check_holds_policies_to_a_level(string level, int exitCode) =>
        Assert.Equal(exitCode, (await RunAsync("check", "p.cedar", "--schema", "s.cedarschema", "--level", level)).ExitCode);

    [Theory]
    [InlineData(1, "check", "none.cedar")]
    [InlineData(2, "check", "p.cedar", "--level", "1")]
    [InlineData(2, "check", "--schema", "s.cedarschema")]
    [InlineData(2, "check", "p.cedar", "e.json")]
    [InlineData(2, "format", "p.cedar", "--write", "--check")]
    [InlineData(2, "format")]
    [InlineData(2, "eval", "p.cedar", "--principal", "ann", "--action", "Action::\"read\"", "--resource", "File::\"f\"")]
    [InlineData(2, "schema", "s.cedarschema", "--to", "xml")]
    [InlineData(2, "conformance", "nowhere")]
    [InlineData(1, "conformance", ".")]
    public async Task A_wrong_use_ends_with_its_code(int exitCode, params string[] arguments) =>
        Assert.Equal(exitCode, (await RunAsync(arguments)).ExitCode);

    [Fact]
    public async Task Format_prints_checks_and_writes()
    {
        const string Neat = """
            // Readers.
            @id("read")
            permit(principal, action == Action::"read", resource)
            when { principal.level > 1 }; // behind

            @id("never")
            forbid(principal, action == Action::"read", resource)
            when { context has stop && context.stop };

            """;
        Assert.Equal(new Finished(0, Neat), await RunAsync("format", "p.cedar"));
        Assert.Equal(new Finished(1, "p.cedar\n"), await RunAsync("format", "--check", "p.cedar"));
        Assert.Equal(Policies, Read("p.cedar"));
        Assert.Equal(0, (await RunAsync("format", "--write", "p.cedar")).ExitCode);
        Assert.Equal(Neat, Read("p.cedar"));
        Assert.Equal(0, (await RunAsync("format", "--check", "p.cedar")).ExitCode);
    }

    [Fact]
    public async Task Format_leaves_a_file_with_a_mistake_as_it_is()
    {
        Write("bad.cedar", "permit(principal , action);");
        Assert.Equal(1, (await RunAsync("format", "--write", "bad.cedar")).ExitCode);
        Assert.Equal("permit(principal , action);", Read("bad.cedar"));
    }

    [Fact]
    public async Task Eval_decides_and_says_by_which_policy()
    {
        var allowed = await EvalAsync("--entities", "e.json", "--schema", "s.cedarschema");
        Assert.Equal((0, "allow\n  permitted by read, p.cedar:2:1\n"), (allowed.ExitCode, allowed.Output));

        Write("c.json", """{"stop": true}""");
        var forbidden = await EvalAsync("--entities", "e.json", "--context", "c.json", "--json");
        Assert.Equal(1, forbidden.ExitCode);
        Assert.Equal("""{"decision":"deny","policies":["never"],"errors":[],"problems":[]}""", forbidden.Output.TrimEnd());
    }

    [Fact]
    public async Task Eval_denies_on_an_error_unless_told_to_skip_it()
    {
        Write("p.cedar", "@id(\"p\") permit(principal, action, resource); @id(\"f\") forbid(principal, action, resource) when { principal.none };");
        var denied = await EvalAsync("--entities", "e.json");
        Assert.Equal(1, denied.ExitCode);
        Assert.Contains("f could not be evaluated", denied.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await EvalAsync("--entities", "e.json", "--skip-errors")).ExitCode);
    }

    [Fact]
    public async Task Eval_refuses_entities_and_requests_that_do_not_fit_the_schema()
    {
        Write("e.json", Entities.Replace("3", "\"3\"", StringComparison.Ordinal));
        var finished = await EvalAsync("--entities", "e.json", "--schema", "s.cedarschema");
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("VP1508", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_goes_to_JSON_and_back()
    {
        var json = await RunAsync("schema", "s.cedarschema", "--to", "json");
        Assert.Equal(0, json.ExitCode);
        Write("s.json", json.Output);
        var text = await RunAsync("schema", "s.json");
        Write("t.cedarschema", text.Output);
        Assert.Equal(json.Output, (await RunAsync("schema", "t.cedarschema", "--to", "json")).Output);
        Assert.Equal(0, (await RunAsync("check", "p.cedar", "--schema", "s.json")).ExitCode);
    }

    [Fact]
    public async Task Conformance_counts_what_passes_and_prints_what_differs()
    {
        const string Case = """
            {"policies": "p.cedar", "entities": "e.json", "schema": "s.cedarschema", "shouldValidate": true, "requests": [
              {"principal": {"type": "User", "id": "ann"}, "action": {"type": "Action", "id": "read"}, "resource": {"type": "File", "id": "f"},
               "context": {}, "decision": "DECISION", "reason": ["policy0"], "errors": []}]}
            """;
        Write("good.json", Case.Replace("DECISION", "allow", StringComparison.Ordinal));
        Assert.Equal(new Finished(0, "1 passed, 0 failed (1 requests, 1 judgements of validators)\n"), await RunAsync("conformance", "."));

        Write("wrong.json", Case.Replace("DECISION", "deny", StringComparison.Ordinal));
        Write("golden.json", Case.Replace("DECISION", "deny", StringComparison.Ordinal));
        Write("golden.validation.json", """{"policyValidation": {"perPolicy": {"policy0": {"strict": true}, "policy1": {"strict": false}}}, "requestValidation": [{"strict": true}]}""");
        var finished = await RunAsync("conformance", ".");
        Assert.Equal(1, finished.ExitCode);
        Assert.Equal(
            "golden.json: policy policy1: expected invalid, got valid \n"
            + "wrong.json: request 0: expected deny because [policy0], errors [], got allow because [policy0], errors []\n"
            + "1 passed, 2 failed (2 requests, 5 judgements of validators)\n",
            finished.Output);
    }

    private Task<Finished> EvalAsync(params string[] more) =>
        RunAsync(["eval", "p.cedar", "--principal", "User::\"ann\"", "--action", "Action::\"read\"", "--resource", "File::\"f\"", .. more]);

    private async Task<Finished> RunAsync(params string[] arguments)
    {
        await using var child = ChildProcess.Start(Installation.Vetopoint, ["policy", .. arguments], folder: _folder.Path);
        return await child.WaitForExitAsync();
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.Path, name), text);

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder.Path, name));
}
