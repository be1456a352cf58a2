using System.Text;
using Vetopoint.Control.Acts;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Policies;
using Vetopoint.Control.Tests.Engines;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Control.Tests.Policies;

public sealed class PolicySetTests
{
    private const string NoReads = TestPolicies.PermitAll + """

        @id("no-reads")
        @reason("Nothing is read.")
        forbid (principal, action == Vetopoint::Action::"read", resource);
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edit_is_staged_and_decides_nothing_until_a_person_activates_it()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var task = await engine.OpenAsync();
        engine.Files = TestPolicies.Of(NoReads);

        var reading = await engine.Policies.StageAsync(engine.Files, Token);
        Assert.Empty(reading.Problems);
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        var diff = engine.Policies.Diff();
        Assert.Equal(("no-reads", null), (Assert.Single(diff.Policies).Id, diff.Policies[0].Before));
        Assert.Contains(diff.Files[0].Lines, line => line.Kind == LineChangeKind.Added && line.Text.Contains("no-reads", StringComparison.Ordinal));
        await engine.RestartAsync();
        Assert.Equal(reading.Set!.Digest, engine.Policies.Staged!.Digest);
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));

        await ada.DoAsync(engine, new Act.Activate(reading.Set.Digest));

        Assert.Equal(["no-reads"], Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read()))).Policies);
        Assert.Null(engine.Policies.Staged);
        var activated = engine.Ledger.Entries.Select(entry => entry.Body).OfType<PolicySetActivated>().ToArray();
        Assert.Equal([true, false], activated.Select(entry => entry.Automatic));
        Assert.Equal((activated[0].PolicySet, "ada"), (activated[1].Previous, activated[1].By));
        await engine.RestartAsync();
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read())));
    }

    [Fact]
    public async Task A_bad_edit_leaves_the_active_set_alone_and_says_all_that_is_wrong()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        var task = await engine.OpenAsync();
        const string Bad = TestPolicies.PermitAll + """

            permit (principal, action == Vetopoint::Action::"reed", resource);
            @id("typo") @reason("There is no such attribute.")
            forbid (principal, action, resource) when { context.amout > 3 };
            @id("all") @reason("The same name again.")
            permit (principal, action, resource);
            """;

        var reading = await engine.Policies.StageAsync(TestPolicies.Of(Bad), Token);

        Assert.Null(reading.Set);
        Assert.Contains(reading.Problems, problem => problem.Code == "VP2020" && problem.Line > 0);
        Assert.Null(engine.Policies.Staged);
        Assert.NotEmpty(engine.Policies.Problems);
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
    }

    [Theory]
    [InlineData("""@reason("x") permit (principal, action, resource);""", "VP2202")]
    [InlineData("""@id("x") permit (principal, action, resource);""", "VP2203")]
    [InlineData("""@id("x") @reason("x") permit (principal, action == Vetopoint::Action::"reed", resource);""", "VP2101")]
    [InlineData("""@id("x") @reason("x") forbid (principal, action, resource) when { context.amout > 3 };""", "VP2107")]
    [InlineData("""@id("x") @reason("x") forbid (principal, action, resource in Vetopoint::Tool::"ops/unknown");""", "VP2102")]
    [InlineData("""@id("x") @reason("x") forbid (principal, action, resource in Vetopoint::Environment::"production");""", "VP2102")]
    [InlineData("""@id("x") @reason("x") forbid (principal, action, resource in Vetopoint::Server::"unknown");""", "VP2102")]
    [InlineData("""@id("x") @reason("x") forbid (principal, action, resource) when { context.assurance >= 2 };""", "VP2150")]
    [InlineData("""@id("x") @reason("x") permit (principal, action, resource) when { context.assurance == 0 };""", "VP2150")]
    [InlineData("""@id("x") @reason("x") forbid (principal, action == Vetopoint::Action::"change_policy", resource);""", "VP2205")]
    public async Task A_policy_that_can_do_harm_or_nothing_is_refused(string policy, string code)
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));

        var reading = await engine.Policies.StageAsync(TestPolicies.Of(TestPolicies.PermitAll + "\n" + policy), Token);

        Assert.Contains(reading.Problems, problem => problem.Code == code);
        Assert.Null(engine.Policies.Staged);
    }

    [Fact]
    public async Task A_config_with_a_problem_refuses_the_whole_set()
    {
        await using var engine = await TestEngine.StartAsync();
        var files = engine.Files.Where(file => file.Name != PolicySetLoader.ConfigName).Append(new(PolicySetLoader.ConfigName, "{"u8.ToArray())).ToList();

        Assert.Null((await engine.Policies.StageAsync(files, Token)).Set);
        Assert.Equal("VP2201", Assert.Single((await engine.Policies.StageAsync([.. files.Take(1)], Token)).Problems.DistinctBy(problem => problem.Code)).Code);
    }

    [Fact]
    public async Task A_first_start_with_a_bad_set_is_refused()
    {
        var refused = await Assert.ThrowsAsync<PolicySetException>(() => TestEngine.StartAsync(TestPolicies.Of("nonsense")));

        Assert.NotEmpty(refused.Problems);
    }

    [Fact]
    public async Task Edits_activate_themselves_only_when_the_active_set_says_so()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        await engine.Policies.StageAsync(TestPolicies.Of(NoReads, new() { Automatic = true }), Token);
        var task = await engine.OpenAsync();
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));

        await using var lax = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll, new() { Automatic = true }));
        await lax.Policies.StageAsync(TestPolicies.Of(NoReads), Token);

        Assert.IsType<Judgement.Denied>(await lax.JudgeAsync((await lax.OpenAsync()).Call(Calls.Read())));
        Assert.All(lax.Ledger.Entries.Select(entry => entry.Body).OfType<PolicySetActivated>(), activated => Assert.True(activated.Automatic));
    }

    [Fact]
    public async Task A_set_that_was_edited_after_it_was_shown_is_not_activated()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(TestPolicies.PermitAll));
        using var ada = await Person.EnrollAsync(engine);
        var shown = (await engine.Policies.StageAsync(TestPolicies.Of(NoReads), Token)).Set!.Digest;
        var proof = await ada.ProveAsync(engine, new Act.Activate(shown));

        await engine.Policies.StageAsync(TestPolicies.Of(NoReads + "\n// and more"), Token);

        Assert.Equal("VP7011", (await Assert.ThrowsAsync<ActException>(() => engine.Acts.PerformAsync(proof, Token))).Code);
        Assert.NotEqual(shown, engine.Policies.Current.Digest);
    }

    [Fact]
    public async Task The_active_set_is_the_recorded_one_whatever_is_done_to_files_and_kept_content()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(NoReads));
        engine.Files = TestPolicies.Of(TestPolicies.PermitAll);
        await engine.RestartAsync();
        var task = await engine.OpenAsync();
        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(task.Call(Calls.Read())));

        foreach (var kept in Directory.EnumerateFiles(engine.ContentsFolder))
        {
            var text = await File.ReadAllTextAsync(kept, Token);
            if (text.Contains("no-reads", StringComparison.Ordinal))
                await File.WriteAllTextAsync(kept, TestPolicies.PermitAll, Token);
        }

        await Assert.ThrowsAsync<PolicySetException>(engine.RestartAsync);
    }

    [Fact]
    public void The_digest_of_a_set_changes_with_every_name_and_byte_and_not_with_their_order()
    {
        var files = TestPolicies.Of(TestPolicies.PermitAll);
        var digests = new[]
        {
            Digest(files),
            Digest([.. files.Select((file, i) => i == 0 ? file with { Name = "policies/other.cedar" } : file)]),
            Digest([.. files.Select((file, i) => i == 0 ? file with { Content = Encoding.UTF8.GetBytes(TestPolicies.PermitAll + " ") } : file)]),
            Digest([.. files, new PolicyFile("policies/z.cedar", default)]),
        };

        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(digests[0], Digest([.. files.Reverse()]));
    }

    private static string Digest(IEnumerable<PolicyFile> files) => Convert.ToHexString(
        PolicySetManifest.Write([.. files.OrderBy(file => file.Name, StringComparer.Ordinal)]));
}
