using System.Text.Json.Nodes;
using Vetopoint.Control.Attempts;
using Vetopoint.Gates.Tests.Harness;
using Vetopoint.Ledger.Entries;

namespace Vetopoint.Gates.Tests.Mcp;

/// <summary>Every verdict over every pair of transports.</summary>
public sealed class VerdictTests
{
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var client in (string[])["lines", "http 2025-11-25", "http 2026-07-28"])
        {
            foreach (var server in (string[])["process", "http", "sse"])
                pairs.Add(client, server);
        }

        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Every_verdict_holds_whatever_the_transports(string client, string server)
    {
        await using var upstream = await HttpUpstreamServer.StartAsync();
        await using var host = await GateHost.StartAsync();
        var task = await host.OpenAsync();
        var governed = server switch
        {
            "process" => host.GovernProcess(),
            "http" => host.Govern("http", upstream.Http),
            _ => host.Govern("sse", upstream.Sse),
        };
        await using IAgent agent = client == "lines"
            ? new LineConnection(host, task, governed)
            : new HttpAgent(host, governed.Name, client.EndsWith("2026-07-28", StringComparison.Ordinal));
        await agent.OpenAsync();
        var isStateless = client.EndsWith("2026-07-28", StringComparison.Ordinal);

        // Allow: the answer is the server's own, unknown members and all.
        var allowed = await agent.CallAsync("read_note", """{"id":1}""");
        Assert.Equal("read_note ran", Text(allowed));
        Assert.Equal("1.50", allowed["result"]!["x-extra"]!["kept"]!.ToJsonString());

        // Deny: the server hears nothing, and the agent hears why and by which policy.
        var denied = await agent.CallAsync("grant_role", """{"role":"admin"}""");
        Assert.True(denied["result"]!["isError"]!.GetValue<bool>());
        Assert.Contains("Nobody grants here.", Text(denied), StringComparison.Ordinal);
        var facts = denied["result"]!["structuredContent"]!["vetopoint"]!;
        Assert.Equal("deny", facts["verdict"]!.GetValue<string>());
        Assert.Contains("no-grants", facts["policies"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(isStateless ? "complete" : null, denied["result"]!["resultType"]?.GetValue<string>());

        // Downgrade: the weaker form ran, and the agent hears what ran.
        var weaker = await agent.CallAsync("purge_notes", "{}");
        Assert.Equal("{\"dry_run\":true}", weaker["result"]!["structuredContent"]!["arguments"]!.ToJsonString());
        Assert.Equal("downgrade", weaker["result"]!["_meta"]!["vetopoint"]!["verdict"]!.GetValue<string>());
        Assert.Contains("Only a rehearsal ran.", weaker["result"]!["content"]![1]!["text"]!.GetValue<string>(), StringComparison.Ordinal);

        // Hold: after the wait the agent gets the hold's id.
        var held = await agent.CallAsync("delete_note", """{"id":7}""");
        Assert.Equal("hold", held["result"]!["structuredContent"]!["vetopoint"]!["verdict"]!.GetValue<string>());
        var hold = held["result"]!["structuredContent"]!["vetopoint"]!["hold"]!.GetValue<string>();
        Assert.Contains($"`vetopoint approve {hold}`", Text(held), StringComparison.Ordinal);
        Assert.True(AttemptId.TryParse(hold, out var id));
        Assert.Equal(id, Assert.Single(host.Holds.List()).Attempt);

        if (server != "process")
            Assert.Equal(["read_note", "purge_notes"], upstream.Script.Called);

        // The record has an intent for each, and an outcome for what ran.
        var recorded = host.Recorded(task);
        var intents = recorded.OfType<Intent>().Where(static intent => intent.Method == "tools/call").ToList();
        Assert.Equal(["read_note", "grant_role", "purge_notes", "delete_note"], intents.Select(static intent => intent.Name));
        Assert.Equal(["allow", "deny", "downgrade", "hold"], intents.Select(static intent => intent.Verdict));
    }

    internal static string Text(JsonNode answer) => answer["result"]!["content"]![0]!["text"]!.GetValue<string>();
}
