using System.Collections.Immutable;
using System.Text;
using Vetopoint.Control.Agents;
using Vetopoint.Control.Decisions;
using Vetopoint.Control.Mandates;
using Vetopoint.Control.Tasks;
using Vetopoint.Control.Tests.Engines;

namespace Vetopoint.Control.Tests.Tasks;

/// <summary>Tasks that tasks create.</summary>
internal static class Children
{
    /// <summary>Agents that may get tasks, and a mandate that can be handed on.</summary>
    public static TestPolicies.Config Config { get; } = new()
    {
        Depth = 3,
        Children = 20,
        Agents = ImmutableDictionary<string, AgentRegistration>.Empty
            .Add("planner", new AgentRegistration("ada")).Add("executor", new AgentRegistration("bea")).Add("validator", new AgentRegistration("ada")),
    };

    public static Task<TestEngine> StartAsync(TestPolicies.Config? config = null, string policies = TestPolicies.PermitAll) =>
        TestEngine.StartAsync(TestPolicies.Of(policies, config ?? Config));

    public static MandateRequest Request(string json)
    {
        var (request, problems) = MandateReader.Read("request", Encoding.UTF8.GetBytes(json));
        Assert.Empty(problems);
        return request!;
    }

    public static Task<ChildAnswer> AskAsync(this TestEngine engine, TaskHandle parent, string json = "{}", string? agent = null) =>
        engine.Get<TaskDelegation>().CreateAsync(
            parent, new ChildTask(agent, null, ImmutableDictionary<string, string>.Empty, Request(json)), TestContext.Current.CancellationToken);

    public static async Task<ChildAnswer.Created> CreateAsync(this TestEngine engine, TaskHandle parent, string json = "{}", string? agent = null) =>
        Assert.IsType<ChildAnswer.Created>(await engine.AskAsync(parent, json, agent));

    public static async Task<string> CodeAsync(this TestEngine engine, Attempts.Attempt attempt) =>
        await engine.JudgeAsync(attempt) is Judgement.Denied denied ? denied.Code : "";
}
