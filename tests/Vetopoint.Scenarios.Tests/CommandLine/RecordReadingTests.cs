using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Approvals;

namespace Vetopoint.Scenarios.Tests.CommandLine;

/// <summary>The record of a real engine, read by the command while the engine runs and after it has ended.</summary>
public sealed class RecordReadingTests(HeldCall held) : IClassFixture<HeldCall>
{
    [Fact]
    public async Task A_held_call_is_found_shown_and_drawn_while_the_engine_runs_and_after_it_ended()
    {
        await ReadAsync("not ended in the record", "open");
        await held.Agent.DisposeAsync();
        await held.Scenario.Installation.StopAsync();
        await ReadAsync("cancelled", "ended");
    }

    private async Task ReadAsync(string hold, string state)
    {
        var installation = held.Scenario.Installation;
        var found = await installation.RunAsync("ledger", "query", "--verdict", "hold", "--tool", "restart_service", "--environment", "prod", "--jsonl");
        var line = JsonNode.Parse(Assert.Single(found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!;
        Assert.Equal(held.Hold, (string?)line["entry"]!["body"]!["attempt"]);

        var shown = await installation.RunAsync("ledger", "show", held.Hold);
        Assert.StartsWith($"{held.Hold}  hold", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"hold        {hold}", shown.Output, StringComparison.Ordinal);
        Assert.Contains("restart_service", shown.Output, StringComparison.Ordinal);

        var task = held.Hold[..held.Hold.LastIndexOf('.')];
        var drawn = await installation.RunAsync("task", "show", task);
        Assert.StartsWith($"{task}  {state}  {(string?)line["agent"]} of {(string?)line["owner"]}", drawn.Output, StringComparison.Ordinal);
        Assert.Matches("#[0-9]+ hold +.*restart_service: ", drawn.Output);
        var listed = await installation.RunAsync("task", "list", "--json");
        Assert.Equal(1, (int?)JsonNode.Parse(listed.Output)!["tasks"]!.AsArray().Single(one => (string?)one!["task"] == task)!["used"]!["held"]);

        var verified = await installation.RunAsync("ledger", "verify", "--check-index");
        Assert.True(verified.ExitCode == 0, verified.Output);
    }
}
