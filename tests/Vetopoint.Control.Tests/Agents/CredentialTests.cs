using Vetopoint.Control.Acts;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;

namespace Vetopoint.Control.Tests.Agents;

public sealed class CredentialTests
{
    private const string OnlyBound = TestPolicies.PermitAll + """

        @id("bound-only")
        @reason("A copied key may not do this.")
        forbid (principal, action, resource) unless { context.credential.bound };
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Policies_tell_a_task_of_a_bearer_key_from_one_of_a_bound_credential()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(OnlyBound));
        using var ada = await Person.EnrollAsync(engine);
        var key = (await ada.DoAsync(engine, new Act.Enroll("deploy-bot", "bob"))).AgentKey!;
        var byKey = (await engine.Keys.ResolveAsync(key, "mcp", Token))!;

        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync(byKey.Call(Calls.Read())));
        foreach (var credential in new[] { Credential.Local, Credential.Dpop, Credential.Mtls })
        {
            var task = await engine.Tasks.OpenAsync(new TaskOpening("a", "ada", "mcp", "ops", "tests") { Credential = credential }, Token);
            Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync(task.Call(Calls.Read())));
        }
    }

    [Fact]
    public async Task A_task_keeps_its_kind_of_credential_over_a_restart()
    {
        await using var engine = await TestEngine.StartAsync(TestPolicies.Of(OnlyBound));
        var weak = await engine.Tasks.OpenAsync(new TaskOpening("a", "ada", "mcp", "ops", "tests"), Token);
        var bound = await engine.Tasks.OpenAsync(new TaskOpening("b", "ada", "mcp", "ops", "tests") { Credential = Credential.Dpop }, Token);
        await engine.RestartAsync();

        Assert.IsType<Judgement.Denied>(await engine.JudgeAsync((await engine.Tasks.ResumeAsync(weak.Id, Token))!.Call(Calls.Read())));
        Assert.IsType<Judgement.Allowed>(await engine.JudgeAsync((await engine.Tasks.ResumeAsync(bound.Id, Token))!.Call(Calls.Read())));
    }
}
