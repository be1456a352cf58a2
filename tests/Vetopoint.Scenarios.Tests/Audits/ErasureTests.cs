using System.Text;
using System.Text.Json.Nodes;
using Vetopoint.Scenarios.Tests.Clients;
using Vetopoint.Scenarios.Tests.Servers;
using Vetopoint.Testing.Installation.Homes;
using Vetopoint.Testing.Installation.Processes;

namespace Vetopoint.Scenarios.Tests.Audits;

/// <summary>What is kept of real calls, who can read it, and that nothing of it is left once a person had it erased.</summary>
public sealed class ErasureTests
{
    private const string Marker = "born on the first of April in Luebeck";
    private const string Why = "asked for by the person it is about";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_kept_shown_erased_and_proved_all_the_same()
    {
        await using var scenario = await Scenario.StartAsync(
            TimeSpan.Zero, config => config["record"] = new JsonObject { ["payloads"] = "arguments-and-results" });
        var installation = scenario.Installation;
        string attempt;
        await using (var agent = await scenario.ConnectAsync())
        {
            await agent.ListToolsAsync();
            attempt = await SentAsync(installation, agent);
            await agent.CallAsync("query_customers", new { environment = "staging", limit = 1 });
        }

        var task = attempt[..attempt.IndexOf('.', StringComparison.Ordinal)];
        var key = await File.ReadAllBytesAsync(Path.Combine(installation.Home.StateFolder, "task-keys", task + ".key"), Cancellation);

        // Nowhere in clear, and shown from the files alone.
        Assert.Empty(await FilesWithAsync(installation.Home.Root, Encoding.UTF8.GetBytes(Marker)));
        var shown = await installation.RunAsync("ledger", "payload", attempt);
        Assert.True(shown.ExitCode == 0, shown.Output);
        Assert.Contains(Marker, shown.Output, StringComparison.Ordinal);
        var result = await installation.RunAsync("ledger", "payload", attempt, "--result");
        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("structuredContent", result.Output, StringComparison.Ordinal);

        // An agent has no terminal and no passphrase.
        Assert.Equal(4, (await ChildProcess.RunAsync(
            "setsid", ["--wait", Installation.Vetopoint, "ledger", "erase", task, "--why", Why, "--home", installation.Home.Root], null, "")).ExitCode);
        Assert.NotEmpty(await FilesWithAsync(installation.Home.StateFolder, key));

        var erased = await installation.ProveAsync("ledger", "erase", task, "--why", Why);
        Assert.True(erased.ExitCode == 0, erased.Output);
        Assert.Contains("its key is destroyed", erased.Output, StringComparison.Ordinal);

        var gone = await installation.RunAsync("ledger", "payload", attempt);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("VP1422", gone.Output, StringComparison.Ordinal);
        Assert.Contains(Why, gone.Output, StringComparison.Ordinal);
        var again = await installation.ProveAsync("ledger", "erase", task, "--why", Why);
        Assert.Contains("VP6454", again.Output, StringComparison.Ordinal);
        await installation.StopAsync();

        var verified = await installation.RunAsync("ledger", "verify");
        Assert.True(verified.ExitCode == 0, verified.Output);
        Assert.Matches("Payloads: [0-9]+ opened and compared with their entries, [1-9][0-9]* erased", verified.Output);
        Assert.Empty(await FilesWithAsync(installation.Home.Root, key));
        Assert.Empty(await FilesWithAsync(installation.Home.Root, Encoding.UTF8.GetBytes(Marker)));
        Assert.Empty(await FilesWithAsync(installation.Home.Root, Encoding.UTF8.GetBytes(Convert.ToHexStringLower(key))));
    }

    [Fact]
    public async Task Where_the_config_says_none_nothing_is_kept()
    {
        await using var scenario = await Scenario.StartAsync(
            TimeSpan.Zero, config => config["record"] = new JsonObject { ["payloads"] = "none" }, hasApprover: false);
        var installation = scenario.Installation;
        await using var agent = await scenario.ConnectAsync();
        await agent.ListToolsAsync();
        var attempt = await SentAsync(installation, agent);

        var shown = await installation.RunAsync("ledger", "payload", attempt);

        Assert.Equal(1, shown.ExitCode);
        Assert.Contains("VP1421", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_that_was_changed_or_whose_key_is_gone_is_not_shown_and_verification_says_so()
    {
        await using var scenario = await Scenario.StartAsync(TimeSpan.Zero, hasApprover: false);
        var installation = scenario.Installation;
        string attempt;
        await using (var agent = await scenario.ConnectAsync())
        {
            await agent.ListToolsAsync();
            attempt = await SentAsync(installation, agent);
        }

        await installation.StopAsync();
        var key = Path.Combine(installation.Home.StateFolder, "task-keys", attempt[..attempt.IndexOf('.', StringComparison.Ordinal)] + ".key");
        var kept = await File.ReadAllBytesAsync(key, Cancellation);
        File.Delete(key);

        Assert.Contains("VP1423", (await installation.RunAsync("ledger", "payload", attempt)).Output, StringComparison.Ordinal);
        var verified = await installation.RunAsync("ledger", "verify");
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("VP6452", verified.Output, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(key, kept, Cancellation);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", (await installation.RunAsync("ledger", "payload", attempt)).Output, StringComparison.Ordinal);
    }

    /// <summary>Makes the call, and finds its attempt in the record: a call that is allowed is not told its own.</summary>
    private static async Task<string> SentAsync(Installation installation, AgentClient agent)
    {
        await agent.CallAsync("send_report", new { to = "someone@example.org", subject = "q", body = Marker });
        var answer = await installation.RunAsync("ledger", "tail", "-n", "1000", "--json");
        return JsonNode.Parse(answer.Output)!["entries"]!.AsArray()
            .Where(entry => (string?)entry!["kind"] == "intent" && (string?)entry["body"]!["name"] == "send_report")
            .Select(entry => (string)entry!["body"]!["attempt"]!).Last();
    }

    /// <summary>Every file below a folder that holds these bytes; sockets and locked files hold none.</summary>
    private static async Task<List<string>> FilesWithAsync(string folder, byte[] bytes)
    {
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith(".sock", StringComparison.Ordinal) || file.EndsWith(".lock", StringComparison.Ordinal))
                continue;
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Cancellation);
            if (content.ToArray().AsSpan().IndexOf(bytes) >= 0)
                found.Add(file);
        }

        return found;
    }
}
