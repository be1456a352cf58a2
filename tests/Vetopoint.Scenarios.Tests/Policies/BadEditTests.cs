using Vetopoint.Scenarios.Tests.Servers;

namespace Vetopoint.Scenarios.Tests.Policies;

/// <summary>A bad edit changes nothing but what is said about it.</summary>
public sealed class BadEditTests(BadEditTests.Governed governed) : IClassFixture<BadEditTests.Governed>
{
    [Theory]
    [InlineData("forbid (principal, action, resource) when { resource.kidn == \"order\" };", "kind")]
    [InlineData("@id(\"x\") @reason(\"y\") forbid (principal, action == Vetopoint::Action::\"updaet\", resource);", "update")]
    [InlineData("@id(\"x\") @reason(\"y\") forbid (principal, action, resource", "")]
    [InlineData("@id(\"x\") @reason(\"y\") forbid (principal, action, resource) when { resource in Vetopoint::Tool::\"operations/nothing\" };", "")]
    public async Task A_bad_edit_leaves_the_active_set_alone_and_says_where_it_is_wrong(string policy, string suggestion)
    {
        await using var agent = await governed.Scenario.ConnectAsync();
        await agent.ListToolsAsync();
        var active = (await governed.Scenario.Installation.StatusAsync()).PolicySet;

        governed.Scenario.Installation.WritePolicies(new Dictionary<string, string> { ["bad.cedar"] = "// A comment.\n" + policy });
        var activation = await governed.Scenario.Installation.ProveAsync("policy", "activate");
        var policies = await governed.Scenario.Installation.Client.PoliciesAsync(TestContext.Current.CancellationToken);
        var result = await agent.CallAsync("update_order", new { environment = "staging", order = 11, status = "returned" });

        Assert.NotEqual(0, activation.ExitCode);
        Assert.Contains(policies.Problems, problem => problem.File?.EndsWith("bad.cedar", StringComparison.Ordinal) == true
            && problem.Line >= 2 && problem.Column >= 1
            && (problem.Message + problem.Help).Contains(suggestion, StringComparison.Ordinal));
        Assert.Equal(active, (await governed.Scenario.Installation.StatusAsync()).PolicySet);
        Assert.NotEqual(true, result.IsError);
        await governed.Scenario.VerifyAsync();
    }

    /// <summary>One engine for all edits: none of them may change it.</summary>
    public sealed class Governed : IAsyncLifetime
    {
        internal Scenario Scenario { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Scenario = await Scenario.StartAsync(TimeSpan.Zero);

        public ValueTask DisposeAsync() => Scenario.DisposeAsync();
    }
}
