using System.Text.Json.Nodes;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.CommandLine;

/// <summary>What a person does on the command line, with the exit codes that docs/cli.md promises.</summary>
public sealed class ActsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_gets_a_key_loses_it_is_stopped_and_let_go_on()
    {
        await using var installation = await Installation.StartAsync();

        var unproved = await installation.RunAsync("agents", "enroll", "deploy-bot");
        await installation.EnrollAsync("deploy-bot");
        var listed = await installation.RunAsync("agents", "--json");
        var quarantined = await installation.RunAsync("agents", "quarantine", "deploy-bot");
        var stopped = Assert.Single((await installation.Client.AgentsAsync(Cancellation)).Agents);
        var restoredWithout = await installation.RunAsync("agents", "restore", "deploy-bot");
        var restored = await installation.ProveAsync("agents", "restore", "deploy-bot");
        var goesOn = Assert.Single((await installation.Client.AgentsAsync(Cancellation)).Agents);
        var revoked = await installation.RunAsync("agents", "revoke", "deploy-bot");

        Assert.Equal(4, unproved.ExitCode);
        Assert.Equal("deploy-bot", (string?)JsonNode.Parse(listed.Output)!["agents"]![0]!["agent"]);
        Assert.Equal((0, true), (quarantined.ExitCode, stopped.Quarantined));
        Assert.Equal(4, restoredWithout.ExitCode);
        Assert.Equal((0, false), (restored.ExitCode, goesOn.Quarantined));
        Assert.Equal(0, revoked.ExitCode);
        Assert.DoesNotContain((await installation.Client.AgentsAsync(Cancellation)).Agents, agent => agent.Keys > 0);
        await installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task An_edit_is_shown_and_put_in_force_by_a_person_only()
    {
        await using var installation = await Installation.StartAsync();
        var unchanged = await installation.RunAsync("policy", "diff", "--json");
        installation.WritePolicies(new Dictionary<string, string>
        {
            ["mine.cedar"] = """
                @id("no-mail")
                @reason("Nothing is sent here.")
                forbid (principal, action == Vetopoint::Action::"send", resource);
                """,
        });
        var check = await installation.RunAsync("policy", "check");
        await installation.WaitForAsync(status => status.StagedPolicySet is not null);

        var diff = await installation.RunAsync("policy", "diff");
        var unproved = await installation.RunAsync("policy", "activate");
        var before = (await installation.StatusAsync()).PolicySet;
        var proved = await installation.ProveAsync("policy", "activate");
        var after = (await installation.StatusAsync()).PolicySet;
        var nothing = await installation.RunAsync("policy", "activate");

        Assert.Empty(JsonNode.Parse(unchanged.Output)!["changes"]!.AsArray());
        Assert.Equal(0, check.ExitCode);
        Assert.Contains("no-mail", diff.Output, StringComparison.Ordinal);
        Assert.Equal(4, unproved.ExitCode);
        Assert.True(proved.ExitCode == 0, proved.Output);
        Assert.NotEqual(before, after);
        Assert.Equal(after, (await installation.StatusAsync()).PolicySet);
        Assert.True(nothing.ExitCode == 0, nothing.Output);
        await installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task A_second_approver_needs_the_first_and_can_then_approve()
    {
        const string Second = "cobalt ferry almond quartz lantern";
        await using var installation = await Installation.StartAsync();
        string[] add = ["approvers", "add", "bob@example.com", "--home", installation.Home.Root];

        var wrong = await TerminalSession.RunAsync(
            Installation.Vetopoint, add, [("for approvals: ", Second), ("again: ", Second), (Installation.PassphrasePrompt, "not the passphrase")]);
        var one = (await installation.StatusAsync()).Approvers;
        File.Delete(Path.Combine(installation.Home.ApproverKeysFolder, "bob@example.com.pem"));
        var added = await TerminalSession.RunAsync(
            Installation.Vetopoint, add, [("for approvals: ", Second), ("again: ", Second), (Installation.PassphrasePrompt, Installation.Passphrase)]);
        var listed = await installation.RunAsync("approvers", "--json");
        var whose = await installation.ProveAsync("observe", "on", "ops");
        var signed = await installation.ProveAsync(Second, ["observe", "on", "ops", "--as", "bob@example.com"]);

        Assert.Equal(4, wrong.ExitCode);
        Assert.Single(one);
        Assert.True(added.ExitCode == 0, added.Output);
        Assert.Equal(2, JsonNode.Parse(listed.Output)!["approvers"]!.AsArray().Count);
        Assert.Equal(4, whose.ExitCode);
        Assert.True(signed.ExitCode == 0, signed.Output);
        await installation.VerifyLedgerAsync();
    }

    [Fact]
    public async Task The_record_is_checked_against_a_key_and_a_head_that_were_kept_elsewhere()
    {
        await using var installation = await Installation.StartUnattendedAsync();
        using var elsewhere = new TemporaryFolder();
        var (head, key) = (elsewhere["head"], elsewhere["key.pub"]);
        File.Copy(Path.Combine(installation.Home.StateFolder, "ledger-key.pub"), key);

        var saved = await installation.RunAsync("ledger", "verify", "--save-head", head);
        var again = await installation.RunAsync("ledger", "verify", "--save-head", head);
        await installation.RestartAsync();
        var kept = await installation.RunAsync("ledger", "verify", "--key", key, "--head", head, "--json");
        await using var other = await Installation.StartUnattendedAsync();
        var foreign = await other.RunAsync("ledger", "verify", "--key", key, "--head", head);

        Assert.True(saved.ExitCode == 0 && File.Exists(head), saved.Output);
        Assert.NotEqual(0, again.ExitCode);
        Assert.True(kept.ExitCode == 0, kept.Output);
        Assert.True((bool?)JsonNode.Parse(kept.Output)!["sound"]);
        Assert.Equal(1, foreign.ExitCode);
    }

    [Fact]
    public async Task Exit_codes_tell_a_wrong_line_from_an_engine_that_is_not_there()
    {
        using var folder = new TemporaryFolder();

        var wrong = await ChildProcess.RunAsync(Installation.Vetopoint, ["tools", "--no-such-option"]);
        var absent = await ChildProcess.RunAsync(Installation.Vetopoint, ["holds", "--home", folder["home"], "--json"]);

        Assert.Equal(2, wrong.ExitCode);
        Assert.Equal(3, absent.ExitCode);
        Assert.StartsWith("VP1", (string?)JsonNode.Parse(absent.Output.Split('\n')[0])!["error"]!["code"], StringComparison.Ordinal);
    }
}
