using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Api.Client;
using Vetopoint.Api.Messages;
using Vetopoint.Ledger.Approvals;
using Vetopoint.Server.Tests.Engines;
using Vetopoint.Server.Tests.Mcp;

namespace Vetopoint.Server.Tests.Api;

/// <summary>Whatever widens what agents may do needs a person's proof; each of these tries to do without.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ActTests
{
    private const string Trivial = "@id(\"mine\")\n@reason(\"Mine.\")\nforbid (principal, action == Vetopoint::Action::\"send\", resource);\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_approved_call_runs_once_and_the_record_says_by_whom()
    {
        await using var home = await StartAsync();
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        await client.CallAsync(2, "delete_note", """{"id":1}""");
        var held = Assert.Single((await home.Client.HoldsAsync(Cancellation)).Holds).Attempt;

        var done = await home.ActAsync(ActNames.Approve, held);

        Assert.Contains(held, done.Message, StringComparison.Ordinal);
        Assert.NotEqual(true, (bool?)(await client.CallAsync(3, "delete_note", """{"id":1}"""))["result"]!["isError"]);
        Assert.True((bool?)(await client.CallAsync(4, "delete_note", """{"id":1}"""))["result"]!["isError"]);
        Assert.Equal(EngineHome.Approver, (await home.Client.AttemptAsync(held, Cancellation)).Resolution!.By);
    }

    [Fact]
    public async Task A_statement_signed_by_a_key_that_nobody_enrolled_does_nothing()
    {
        await using var home = await StartAsync();
        using var stranger = ApproverKey.Create();
        var challenge = await home.ChallengeAsync(ActNames.Observe, "ops");

        await RefusedAsync(home, EngineHome.Sign(challenge, stranger));
        await RefusedAsync(home, new ActRequest
        {
            Statement = challenge.Statement,
            Signature = EngineHome.Sign(challenge, stranger).Signature,
            KeyId = home.Key.Public.Id,
        });

        Assert.DoesNotContain((await home.Client.StatusAsync(Cancellation)).Servers, server => server.Mode == "observe");
    }

    [Fact]
    public async Task A_statement_counts_once()
    {
        await using var home = await StartAsync();
        var signed = EngineHome.Sign(await home.ChallengeAsync(ActNames.Observe, "ops"), home.Key);
        await home.Client.ActAsync(signed, Cancellation);
        await home.Client.EnforceAsync("ops", Cancellation);

        await RefusedAsync(home, signed);

        Assert.DoesNotContain((await home.Client.StatusAsync(Cancellation)).Servers, server => server.Mode == "observe");
    }

    [Fact]
    public async Task A_statement_of_an_earlier_engine_does_not_count()
    {
        await using var home = await StartAsync();
        var signed = EngineHome.Sign(await home.ChallengeAsync(ActNames.Observe, "ops"), home.Key);
        await home.StopEngineAsync();
        await home.StartEngineAsync();

        await RefusedAsync(home, signed);
    }

    [Fact]
    public async Task A_statement_that_a_program_made_up_does_not_count_however_it_is_signed()
    {
        await using var home = await StartAsync();
        var statement = ApprovalStatement.Decode(Convert.FromBase64String(
            (await home.ChallengeAsync(ActNames.Observe, "ops")).Statement));

        foreach (var forged in new[]
        {
            statement with { Subject = "operator server crm" },
            statement with { Act = ApprovalAct.Enroll },
            statement with { Challenge = ApprovalStatement.NewChallenge() },
            statement with { Rung = 4 },
            statement with { Digest = new string('0', statement.Digest.Length) },
        })
        {
            var proof = forged.Sign(home.Key);
            await RefusedAsync(home, new ActRequest { Statement = proof.Statement, Signature = proof.Signature, KeyId = proof.KeyId });
        }
    }

    [Fact]
    public async Task The_details_are_what_the_statement_names()
    {
        await using var home = await StartAsync();
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);
        await client.CallAsync(2, "delete_note", """{"id":4711}""");
        var held = Assert.Single((await home.Client.HoldsAsync(Cancellation)).Holds).Attempt;

        var challenge = await home.ChallengeAsync(ActNames.Approve, held);

        var details = Convert.FromBase64String(challenge.Details);
        Assert.True(ApprovalStatement.Decode(Convert.FromBase64String(challenge.Statement)).Shows(details));
        Assert.Contains("4711", Encoding.UTF8.GetString(details), StringComparison.Ordinal);
        Assert.Contains("delete_note", Encoding.UTF8.GetString(details), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_approver_is_not_free()
    {
        await using var home = await StartAsync();
        using var stranger = ApproverKey.Create();

        var refused = await Assert.ThrowsAsync<EngineRefusalException>(() => home.Client.EnrollFirstApproverAsync(
            new FirstApprover { Approver = "mallory", PublicKey = stranger.Public.Text }, Cancellation));

        Assert.StartsWith("VP7", refused.Refusal.Code, StringComparison.Ordinal);
        Assert.Equal([EngineHome.Approver], (await home.Client.StatusAsync(Cancellation)).Approvers.Select(approver => approver.Name));
    }

    [Fact]
    public async Task An_edited_policy_set_decides_only_after_a_person_activated_exactly_it()
    {
        await using var home = await StartAsync();
        var before = (await home.Client.StatusAsync(Cancellation)).PolicySet;
        home.WritePolicy("mine.cedar", Trivial);
        var staged = (await home.Client.PoliciesAsync(Cancellation)).Staged!.Digest;
        var signed = EngineHome.Sign(await home.ChallengeAsync(ActNames.Activate, staged), home.Key);
        home.WritePolicy("mine.cedar", Trivial + "@id(\"sly\")\n@reason(\"Sly.\")\npermit (principal, action, resource);\n");
        await home.Client.PoliciesAsync(Cancellation);

        await RefusedAsync(home, signed);
        Assert.Equal(before, (await home.Client.StatusAsync(Cancellation)).PolicySet);

        var edited = await home.Client.PoliciesAsync(Cancellation);
        Assert.Contains(edited.Changes, change => change is { Kind: "added", What: "sly" });
        await home.ActAsync(ActNames.Activate, edited.Staged!.Digest);
        Assert.Equal(edited.Staged.Digest, (await home.Client.StatusAsync(Cancellation)).PolicySet);

        await home.StopEngineAsync();
        await home.StartEngineAsync();
        Assert.Equal(edited.Staged.Digest, (await home.Client.StatusAsync(Cancellation)).PolicySet);
    }

    [Fact]
    public async Task An_edit_is_noticed_and_staged_by_itself_and_decides_nothing()
    {
        await using var home = await StartAsync();
        var before = (await home.Client.StatusAsync(Cancellation)).PolicySet;

        home.WritePolicy("mine.cedar", Trivial);
        await home.Engine.ExpectAsync("is staged");

        var status = await home.Client.StatusAsync(Cancellation);
        Assert.Equal(before, status.PolicySet);
        Assert.NotNull(status.StagedPolicySet);
    }

    [Fact]
    public async Task Automatic_activation_counts_when_the_active_set_says_so_and_is_flagged()
    {
        await using var home = await EngineHome.StartAsync(new JsonObject { ["policies"] = new JsonObject { ["activation"] = "automatic" } });
        var before = await home.Client.StatusAsync(Cancellation);
        Assert.True(before.ActivatesAutomatically);
        Assert.Contains(before.Warnings, warning => warning.Contains("automatic", StringComparison.Ordinal));

        home.WritePolicy("mine.cedar", Trivial);
        await home.Engine.ExpectAsync("DEVELOPMENT SETTING");

        Assert.NotEqual(before.PolicySet, (await home.Client.StatusAsync(Cancellation)).PolicySet);
    }

    [Fact]
    public async Task An_agent_cannot_switch_automatic_activation_on_by_editing()
    {
        await using var home = await StartAsync();
        var before = await home.Client.StatusAsync(Cancellation);

        home.WriteConfig(new JsonObject { ["policies"] = new JsonObject { ["activation"] = "automatic" } });
        home.WritePolicy("mine.cedar", Trivial);
        var policies = await home.Client.PoliciesAsync(Cancellation);
        await home.StopEngineAsync();
        await home.StartEngineAsync();

        Assert.NotNull(policies.Staged);
        var after = await home.Client.StatusAsync(Cancellation);
        Assert.Equal(before.PolicySet, after.PolicySet);
        Assert.False(after.ActivatesAutomatically);
    }

    [Fact]
    public async Task Observing_survives_a_restart_and_is_flagged_and_reported()
    {
        await using var home = await StartAsync();
        await home.ActAsync(ActNames.Observe, "notes");
        await home.StopEngineAsync();
        await home.StartEngineAsync();
        using var client = await StdioClient.OpenAsync(home);
        await client.ListAsync(1);

        var answer = await client.CallAsync(2, "delete_note", """{"id":1}""");

        Assert.NotEqual(true, (bool?)answer["result"]!["isError"]);
        Assert.Contains((await home.Client.StatusAsync(Cancellation)).Warnings, warning => warning.Contains("`notes` is only observed", StringComparison.Ordinal));
        var report = Assert.Single((await home.Client.ObserveReportAsync(Cancellation)).Servers);
        Assert.Equal((1, "delete_note"), (report.Held + report.Denied, Assert.Single(report.Stopped).Name));
    }

    private static async Task<EngineHome> StartAsync()
    {
        var home = await EngineHome.StartAsync(new JsonObject
        {
            ["holds"] = new JsonObject { ["wait"] = "00:00:00" },
            ["mcpServers"] = JsonNode.Parse("""{ "ops": { "command": "/bin/true" }, "crm": { "command": "/bin/true" } }"""),
        });
        await home.EnrollApproverAsync();
        return home;
    }

    private static async Task RefusedAsync(EngineHome home, ActRequest request)
    {
        var refused = await Assert.ThrowsAsync<EngineRefusalException>(() => home.Client.ActAsync(request, Cancellation));

        Assert.StartsWith("VP7", refused.Refusal.Code, StringComparison.Ordinal);
    }
}
